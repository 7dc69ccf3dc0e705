"""The delivery board: every mailing's account, and an editor's hand on it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from barqia.delivery import clients
from barqia.delivery.account import board, resend
from barqia.delivery.account.looks import lately
from barqia.delivery.clock import now_ms
from barqia.delivery.costs.bill import Bill, bill
from barqia.desk.steps import allow
from barqia.errors import InputError
from barqia.newsroom.access import screen, user_of
from barqia.subscribers.models import Lane
from barqia.wire.models import Release

NEWEST = 20
LEFT: tuple[resend.Left, ...] = ("failed", "unknown")


@require_GET
@screen
def mailings(request: HttpRequest) -> HttpResponse:
    """The newest mailings and the lanes; as a fragment for the page that polls."""
    may = user_of(request).may("deliveries")
    fragment = request.headers.get("X-Fragment") == "1"
    context = {
        "rows": lately("board", lambda: board.mailings(NEWEST), fresh=not fragment),
        "lanes": Lane.objects.all(),
        "clients": clients.troubled(),
        "clients_there": not fragment and clients.there_are(),
        "may": may,
        "unknown_answers": board.unknown_answers() if may else [],
    }
    return render(request, "newsroom/_board.html" if fragment else "newsroom/board.html", context)


@require_GET
@screen
def mailing(request: HttpRequest, release: int) -> HttpResponse:
    found = get_object_or_404(Release.objects.select_related("dispatch", "revision", "author"), pk=release)
    fragment = request.headers.get("X-Fragment") == "1"
    seen, account, again, bills = lately(f"mailing:{found.pk}", lambda: _look(found.pk), fresh=not fragment)
    context = {
        "release": found,
        "account": account,
        "again": again,
        "bills": bills,
        "seen": seen,
        "may": user_of(request).may("deliveries"),
    }
    return render(request, "newsroom/_mailing.html" if fragment else "newsroom/mailing.html", context)


def _look(release: int) -> tuple[int, board.Account, dict[resend.Left, resend.Again], list[Bill]]:
    """When it was looked, the account, what of it can be sent again, and what was billed for it."""
    seen = now_ms()
    account = board.accounts([release], counted=False)[release]
    again = {left: resend.again(release, left) for left in LEFT if account.counts[left]}
    return seen, account, again, bill(release)


@require_POST
@screen
def act(request: HttpRequest, release: int, action: str) -> HttpResponseBase:
    """pause, resume, cancel; resend-failed, resend-unknown; give-up: what is unknown counts as failed."""
    user = user_of(request)
    allow(user, "deliveries")
    found = get_object_or_404(Release, pk=release)
    match action:
        case "pause" | "resume":
            board.pause(user, found.pk, action == "pause")
        case "cancel":
            messages.info(request, _("Cancelled; not sent to: %s.") % board.cancel(user, found.pk))
        case "resend-failed":
            messages.info(request, _("Sent again: %s.") % resend.resend(user, found.pk, "failed", _seen(request)))
        case "resend-unknown":
            messages.info(request, _("Sent again: %s.") % resend.resend(user, found.pk, "unknown", _seen(request)))
        case "give-up":
            messages.info(request, _("Settled: %s.") % board.give_up(user, found.pk))
        case _:
            raise Http404
    return redirect("newsroom:mailing", release=found.pk)


def _seen(request: HttpRequest) -> int:
    """When the page of the click was made. Raises InputError for a click without it."""
    try:
        return int(request.POST["seen"])
    except (KeyError, ValueError):
        raise InputError(_("The page is incomplete: load it again.")) from None


@require_POST
@screen
def answers(request: HttpRequest, action: str) -> HttpResponseBase:
    """resend or fail: the answers nobody can vouch for."""
    user = user_of(request)
    allow(user, "deliveries")
    if action not in {"resend", "fail"}:
        raise Http404
    messages.info(request, _("Settled: %s.") % board.settle_answers(user, action == "resend"))
    return redirect("newsroom:board")


@require_POST
@screen
def lane(request: HttpRequest, lane: int, action: str) -> HttpResponseBase:
    """pause or resume a lane; resuming takes its alert back."""
    user = user_of(request)
    allow(user, "deliveries")
    found = get_object_or_404(Lane, pk=lane)
    if action not in {"pause", "resume"}:
        raise Http404
    board.pause_lane(user, found.pk, action == "pause")
    return redirect("newsroom:board")
