"""What every page of the site needs: the newsroom, its language, its sections and its follow lines."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

from barqia.subscribers.lanes import mail_lane
from barqia.subscribers.models import Lane
from barqia.wire.models import Newsroom, Section
from barqia.wire.setup import default_language

P = ParamSpec("P")
WORD = {"ar": "اشتراك", "en": "subscribe"}


@dataclass(frozen=True, slots=True)
class Follow:
    """One way to follow the newsroom. `qr` is an SVG of the link."""

    kind: str
    link: str
    shown: str

    @property
    def qr(self) -> str:
        made: str = segno.make(self.link, error="m").svg_inline(border=4, omitsize=True, dark="#111", light="#fff")
        return made


def follow_of(language: str) -> list[Follow]:
    """Channel, bot and number, from the lanes as they are set now."""
    found = []
    for lane in Lane.objects.filter(active=True):
        channel, bot = lane.settings.get("channel_username"), lane.settings.get("bot_username")
        number = lane.settings.get("display_number")
        if channel:
            found.append(Follow("telegram_channel", f"https://t.me/{channel}", f"t.me/{channel}"))
        if bot:
            found.append(Follow("telegram_bot", f"https://t.me/{bot}?start=site", f"@{bot}"))
        if number:
            word = quote(WORD.get(language, WORD["ar"]))
            found.append(Follow("whatsapp", f"https://wa.me/{number.lstrip('+')}?text={word}", number))
    return found


def context_of(request: HttpRequest, language: str) -> dict[str, Any]:
    newsroom = Newsroom.objects.first() or Newsroom(name_ar="برقية", name_en="Barqia", languages=["ar"])
    default = newsroom.languages[0] if newsroom.languages else "ar"
    other = next((code for code in newsroom.languages if code != language), None)
    path = request.path_info.removeprefix(f"/{language}") if language != default else request.path_info
    prefix = "" if language == default else f"/{language}"
    return {
        "newsroom": newsroom,
        "name": newsroom.name_en if language == "en" else newsroom.name_ar,
        "language": language,
        "direction": "ltr" if language == "en" else "rtl",
        "prefix": prefix,
        "other": other,
        "other_path": path if other == default else f"/{other}{path}",
        "sections": Section.objects.all(),
        "follow": follow_of(language),
        "mail": mail_lane() is not None,
        "base_url": settings.BARQIA_BASE_URL,
    }


def in_language(
    view: Callable[Concatenate[HttpRequest, dict[str, Any], P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """The view in the language its address names, else the newsroom's first; it gets the page's context."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        named = kwargs.pop("language", None)
        language = str(named or default_language())
        with translation.override(language):
            response = view(request, context_of(request, language), *args, **kwargs)
        # kept by anyone, and asked for again each time: a kill must show at once, an unchanged page costs a 304
        patch_cache_control(response, public=True, no_cache=True)
        return response

    return wrapped
