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
from barqia.newsroom.expired import keep
from barqia.staff.models import User

P = ParamSpec("P")


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)


def screen(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A screen of the desk: logged in, in the user's language, never cached; a refusal is a page that says so.

    What someone sends whose session has ended is kept for them.
    """

    @wraps(view)
    def spoken(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with translation.override(user_of(request).language):
            try:
                return view(request, *args, **kwargs)
            except BarqiaError as error:
                return render(request, "newsroom/refused.html", {"error": str(error)}, status=error.http_status)

    for_who_is_in = login_required(spoken)

    @wraps(view)
    def kept(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return keep(request)
        return for_who_is_in(request, *args, **kwargs)

    wrapped: Callable[..., HttpResponseBase] = never_cache(kept)
    return wrapped
