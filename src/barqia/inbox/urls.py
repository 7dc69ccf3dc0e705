"""`/hooks/<lane>`: where providers bring updates."""

from django.urls import path

from barqia.inbox import views

app_name = "inbox"
urlpatterns = [path("<slug:lane>", views.webhook, name="webhook")]
