"""Where everything is on the web."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/", include("barqia.inbox.urls")),
    path("desk/", include("barqia.newsroom.urls")),
    path("", include("barqia.public.urls")),
]
handler404 = "barqia.public.views.not_found"
handler500 = "barqia.public.views.server_error"
