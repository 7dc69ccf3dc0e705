"""Who may see a screen, and in which language it speaks."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache

from barqia.errors import BarqiaError
from barqia.staff.models import User

P = ParamSpec("P")


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)


def screen(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A screen of the desk: logged in, in the user's language, never cached; a refusal is a page that says so."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with translation.override(user_of(request).language):
            try:
                return view(request, *args, **kwargs)
            except BarqiaError as error:
                return render(request, "newsroom/refused.html", {"error": str(error)}, status=error.http_status)

    wrapped: Callable[..., HttpResponseBase] = never_cache(login_required(spoken))
    return wrapped
