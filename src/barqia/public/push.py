"""Notifications of the browser: the site's service worker, and where a browser says that it wants them, or no more.

What is said here acts on the browser that says it and on nobody else: an endpoint is known to it and to us alone. The
site's own pages say it, as JSON: a form of another site cannot, and a script of another site is not let.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from barqia.delivery.lanes_db import lane_config
from barqia.delivery.push import PushAddress, public_key
from barqia.inbox import browsers
from barqia.public.site import in_language
from barqia.subscribers.interests import sections_of
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Section

KIND = "webpush"
WORKER = Path(__file__).parent / "static" / "public" / "push-worker.js"
LARGEST = 4096
# so many words of one address in an hour: a household's phones, and no more
MOST_AN_HOUR, HOUR = 60, 3600


def push_lane() -> Lane | None:
    return Lane.objects.filter(kind=KIND, active=True).order_by("pk").first()


def server_key() -> str:
    """What a browser subscribes with; empty where the newsroom sends no notifications."""
    lane = push_lane()
    return public_key(lane_config(lane).secrets["vapid_key"]) if lane else ""


@require_safe
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    """At the site's root, for only what lies there may show notifications for the whole site."""
    response = HttpResponse(WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@in_language
def manifest(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:  # noqa: ARG001 - Django's
    """What iPhones ask for: they show notifications of sites that were added to the home screen as an app."""
    about = {
        "name": context["name"],
        "short_name": context["newsroom"].agency or context["name"],
        "start_url": f"{context['prefix']}/",
        "scope": "/",
        "display": "standalone",
        "lang": context["language"],
        "dir": context["direction"],
    }
    return JsonResponse(about, content_type="application/manifest+json")


@csrf_exempt
@require_POST
def say(request: HttpRequest, what: str) -> HttpResponse:
    """subscribe, move, state or unsubscribe. The answer: {"active", "sections"}, or {"error"}."""
    lane = push_lane()
    if lane is None:
        return JsonResponse({"error": "no notifications here"}, status=404)
    if not _is_ours(request):
        return JsonResponse({"error": "not from this site"}, status=403)
    if _too_often(request):
        return JsonResponse({"error": "too often"}, status=429)
    try:
        said = _said(request)
        try:
            return JsonResponse(_done(lane, what, said))
        except IntegrityError:
            # the same browser said the same at the same moment: now it is there to be found
            return JsonResponse(_done(lane, what, said))
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)


def _is_ours(request: HttpRequest) -> bool:
    """Of a page of this site: browsers say whose page asks, and ask before they send JSON for another's."""
    origin = urlsplit(request.headers.get("origin", ""))
    hosts = {request.get_host(), urlsplit(settings.BARQIA_BASE_URL).netloc}
    return request.content_type == "application/json" and origin.netloc in hosts


def _too_often(request: HttpRequest) -> bool:
    key = f"push:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, HOUR)
    return int(cache.incr(key)) > MOST_AN_HOUR


def _said(request: HttpRequest) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        raise ValueError("too large")
    try:
        match json.loads(request.read(LARGEST)):
            case dict() as said:
                return said
            case _:
                raise ValueError("not an object")
    except RecursionError:
        raise ValueError("not JSON") from None


def _done(lane: Lane, what: str, said: dict[str, Any]) -> dict[str, Any]:
    services = lane.settings.get("services", "")
    if what == "subscribe":
        address = PushAddress.of_browser(said.get("subscription"), services)
        language = "en" if said.get("language") == "en" else "ar"
        wording = _("Notifications of new dispatches, until you end them.")
        browsers.subscribe(lane, address, _sections(said.get("sections")), language, wording)
        return _state(lane, address.endpoint)
    if what == "move":
        address = PushAddress.of_browser(said.get("subscription"), services)
        browsers.move(lane, _endpoint(said.get("old")), address)
        return _state(lane, address.endpoint)
    endpoint = _endpoint(said.get("endpoint"))
    if what == "unsubscribe":
        browsers.unsubscribe(lane, endpoint)
    return _state(lane, endpoint)


def _state(lane: Lane, endpoint: str) -> dict[str, Any]:
    known = browsers.found(lane, endpoint)
    active = known is not None and known.status == Recipient.Status.ACTIVE
    return {"active": active, "sections": sections_of(known) if known and active else []}


def _endpoint(given: object) -> str:
    match given:
        case str():
            return given
        case _:
            raise ValueError("no endpoint")


def _sections(given: object) -> list[str]:
    """Those of the slugs that are sections."""
    slugs = [slug for slug in given if isinstance(slug, str)] if isinstance(given, list) else []
    return list(Section.objects.filter(slug__in=slugs).values_list("slug", flat=True))
