"""Subscribing by e-mail: the form, the link that confirms, one click to leave, other sections. Works without script.

What changes anything is a POST, for mail scanners open links. None asks for a cookie: a form of this site needs no
proof that it was on this site, and a link's token is its own. Nothing says whether an address is known.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from barqia.delivery.clock import now_ms
from barqia.delivery.lane import lane_kind
from barqia.delivery.links import Purpose
from barqia.inbox import by_link
from barqia.inbox.effects import wordings
from barqia.inbox.limits import may_ask
from barqia.public.site import in_language
from barqia.subscribers import interests, recipients
from barqia.subscribers.lanes import mail_lane
from barqia.subscribers.models import Lane
from barqia.text.addresses import MAIL_ADDRESS
from barqia.wire.models import Section

P = ParamSpec("P")
Context = dict[str, Any]
LONGEST = 254


def private(
    view: Callable[Concatenate[HttpRequest, Context, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page of one reader's: kept by nobody, found by no search, its address told to no other site."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = in_language(view)(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@private
def subscribe(request: HttpRequest, context: Context) -> HttpResponse:
    """The form, for the newsroom's mail lane. 429 for a client that sends too many."""
    lane = mail_lane()
    if lane is None:
        raise Http404
    address = request.POST.get("address", "").strip()
    marked, daily = _marked(request), _daily(request)
    context |= {"address": address, "marked": marked, "daily": daily, "digest_at": _digest_at(lane), "wrong": ""}
    if request.method != "POST":
        return render(request, "public/subscribe.html", context)
    if len(address) > LONGEST or not MAIL_ADDRESS.fullmatch(address):
        context["wrong"] = _("This is no e-mail address: write it like name@example.org.")
        return render(request, "public/subscribe.html", context, status=400)
    now = now_ms()
    if not may_ask(request.META.get("REMOTE_ADDR", ""), now):
        context["wrong"] = _("Too many forms came from here. Try again in an hour.")
        return render(request, "public/subscribe.html", context, status=429)
    by_link.ask(lane, address.lower(), "digest" if daily else "subscribe", marked, wordings(context["language"]), now)
    says = _("Open the link in it to confirm. If nothing comes within a few minutes, look among the unwanted messages.")
    return _said(request, context, _("A message is on its way to you"), says)


@private
def confirm(request: HttpRequest, context: Context, lane_id: int, token: str) -> HttpResponse:
    asked = by_link.confirmed(lane_id, token, now_ms())
    if asked is None:
        says = _("It was used already, or is older than three days. What you had confirmed is as it was.")
        return _said(request, context, _("This link is no good any more"), says, again=True, status=410)
    leaving = asked.wish == "leave"
    title = _("Leave the list") if leaving else _("Your subscription")
    daily = _digest_at(asked.recipient.lane) if asked.wish == "digest" else ""
    says = _("You will get no more news from us.") if leaving else _what(context, asked.sections, daily)
    if request.method != "POST":
        context |= {"title": title, "says": says, "button": _("Confirm")}
        return render(request, "public/press.html", context)
    by_link.carry_out(asked, f"{title}. {says}", now_ms())
    done = _("You have left the list") if leaving else _("You are subscribed")
    return _said(request, context, done, says, again=leaving)


@private
def unsubscribe(request: HttpRequest, context: Context, lane_id: int, token: str) -> HttpResponse:
    """One click: mail programs send the POST themselves (RFC 8058), people press the button."""
    recipient = by_link.reader_of(lane_id, Purpose.LEAVE, token)
    if recipient is None:
        raise Http404
    says = _("You will get no more news from us.")
    if request.method != "POST":
        context |= {"title": _("Leave the list"), "says": says, "button": _("Unsubscribe")}
        return render(request, "public/press.html", context)
    recipients.leave(recipient, "one_click", now_ms())
    return _said(request, context, _("You have left the list"), says, again=True)


@private
def choose(request: HttpRequest, context: Context, lane_id: int, token: str) -> HttpResponse:
    recipient = by_link.reader_of(lane_id, Purpose.CHOOSE, token)
    if recipient is None:
        raise Http404
    if request.method != "POST":
        context |= {"marked": interests.sections_of(recipient), "daily": recipient.digest}
        context["digest_at"] = _digest_at(recipient.lane)
        return render(request, "public/choose.html", context)
    marked, daily = _marked(request), _daily(request)
    says = _what(context, marked, _digest_at(recipient.lane) if daily else "")
    if by_link.choose(recipient, marked, says, digest=daily):
        return _said(request, context, _("Saved"), says)
    return _said(request, context, _("You are not subscribed"), _("Nothing was changed."), again=True, status=409)


def _marked(request: HttpRequest) -> tuple[str, ...]:
    known = set(Section.objects.values_list("slug", flat=True))
    return tuple(slug for slug in dict.fromkeys(request.POST.getlist("section")) if slug in known)


def _daily(request: HttpRequest) -> bool:
    return request.POST.get("how") == "digest"


def _digest_at(lane: Lane) -> str:
    """When the lane's digest goes, as 18:00; empty where it has none."""
    at = lane_kind(lane.kind).terms(lane.settings).digest_at
    return f"{at:%H:%M}" if at else ""


def _what(context: Context, slugs: tuple[str, ...], digest_at: str) -> str:
    """What the reader will get, in words; with a time, as one mail a day."""
    what = _which(context, slugs)
    if not digest_at:
        return what
    how = _("It comes in one mail a day, at %(time)s.") % {"time": digest_at}
    return f"{what} {how}"


def _which(context: Context, slugs: tuple[str, ...]) -> str:
    name = "name_en" if context["language"] == "en" else "name_ar"
    names = [getattr(one, name) for one in context["sections"] if one.slug in slugs]
    if not names:
        return _("You will get all news of %(newsroom)s.") % {"newsroom": context["name"]}
    listed = (", " if context["language"] == "en" else "، ").join(names)
    return _("You will get this news: %(sections)s.") % {"sections": listed}


def _said(
    request: HttpRequest, context: Context, title: str, says: str, *, again: bool = False, status: int = 200
) -> HttpResponse:
    context |= {"title": title, "says": says, "again": again}
    return render(request, "public/said.html", context, status=status)
