"""Logging in, and the language of the desk."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from barqia.newsroom.access import screen, user_of
from barqia.wire.models import Newsroom


class Login(LoginView):
    """In the newsroom's first language, or in English with ?language=en."""

    template_name = "newsroom/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        newsroom = Newsroom.objects.first()
        default = newsroom.languages[0] if newsroom and newsroom.languages else "ar"
        language = request.GET.get("language", default)
        with translation.override(language if language in {"ar", "en"} else default):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            return response


@require_POST
@screen
def language(request: HttpRequest) -> HttpResponse:
    """Switch the desk between Arabic and English."""
    user = user_of(request)
    user.language = "en" if request.POST.get("language") == "en" else "ar"
    user.save(update_fields=["language"])
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if safe else "newsroom:home")
