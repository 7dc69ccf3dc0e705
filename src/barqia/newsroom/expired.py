"""What was typed is kept when the session or the page has expired: it is shown, and may be sent again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from barqia.wire.setup import default_language

NOT_KEPT = frozenset({"csrfmiddlewaretoken", "password"})


def keep(request: HttpRequest) -> HttpResponse:
    """A page with all that was submitted, to be sent again once its editor is logged in."""
    fields = [(name, value) for name in request.POST if name not in NOT_KEPT for value in request.POST.getlist(name)]
    with translation.override(getattr(request.user, "language", default_language())):
        context = {"fields": fields, "text": request.POST.get("text", "")}
        return render(request, "newsroom/expired.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    return keep(request)
