"""A verb's page: whom it reaches, whom it cannot and why, how long it takes; then the button."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from barqia import desk
from barqia.delivery.clock import now_ms
from barqia.delivery.costs.preview import FOLLOWING, Asked, preview, shape
from barqia.desk.states import require
from barqia.desk.steps import allow
from barqia.desk.words import LONGEST_TEXT
from barqia.errors import InputError, VerbRefused
from barqia.newsroom.access import screen, user_of
from barqia.newsroom.forms import CorrectionForm, initial_of
from barqia.newsroom.items import item_of, reading_context, reviewed, seen_of
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Draft

VERBS = ("test", "publish", "correct", "kill", "takedown", "unpublish", "update")


@require_http_methods(["GET", "POST"])
@screen
def verb(request: HttpRequest, public_id: str, verb: str) -> HttpResponseBase:
    """Ask, then do. The same button twice does it once; an item that changed meanwhile is not touched."""
    if verb not in VERBS:
        raise Http404
    item, user = item_of(public_id), user_of(request)
    form = _form(request, verb, item, user)
    if request.method == "GET":
        allow(user, verb)
        require(item, verb)
        return _page(request, item, verb, form)
    try:
        seen = seen_of(request)
        if form is not None and not form.is_valid():
            return _page(request, item, verb, form, status=400)
        if form is not None and (asked := _to_confirm(request, item, form)):
            return _page(request, item, verb, form, asked=asked)
        return _done(request, item, verb, seen, _carry_out(request, user, item, verb, seen, form))
    except (InputError, VerbRefused) as error:
        return _page(request, item, verb, form, error=str(error), status=error.http_status)


def _asked(item: Dispatch, form: CorrectionForm) -> Asked:
    """The correction as it is typed."""
    words = Draft(dispatch=item, **form.words().fields())
    return Asked(words, form.slot().sections, form.cleaned_data["note"].strip())


def _to_confirm(request: HttpRequest, item: Dispatch, form: CorrectionForm) -> Asked | None:
    """The correction, where it reaches others or takes other messages than what the editor was shown: that is shown
    once more before it goes."""
    asked, now = _asked(item, form), now_ms()
    is_now = shape(item, "correct", asked, now)
    shown = {shape(item, "correct", Asked(), now), request.POST.get("confirm")}
    return None if is_now in shown else asked


def _form(request: HttpRequest, verb: str, item: Dispatch, user: User) -> CorrectionForm | None:
    if verb != "correct":
        return None
    if request.method == "POST":
        return CorrectionForm(request.POST, request.FILES, language=user.language)
    return CorrectionForm(initial=initial_of(item), language=user.language)


def _carry_out(
    request: HttpRequest, user: User, item: Dispatch, verb: str, seen: int, form: CorrectionForm | None
) -> Any:
    reason = request.POST.get("reason", "")
    match verb:
        case "publish":
            return desk.publish(user, item, seen)
        case "correct":
            assert form is not None
            return desk.correct(user, item, seen, form.words(), form.cleaned_data["note"].strip(), form.slot())
        case "kill":
            return desk.kill(user, item, seen, reason)
        case "takedown":
            return desk.takedown(user, item, seen, reason)
        case "unpublish":
            return desk.unpublish(user, item, seen)
        case "test":
            return desk.test(user, item, seen)
    return desk.update(user, item, seen)


def _done(request: HttpRequest, item: Dispatch, verb: str, seen: int, result: Any) -> HttpResponseBase:
    if verb == "update":
        return redirect("newsroom:write", public_id=result.public_id)
    if verb == "unpublish":
        messages.success(request, _("It is off the site."))
        return redirect("newsroom:item", public_id=item.public_id)
    if result.seen != seen or result.verb != verb:
        messages.info(request, _("Nothing changed, so nothing was sent: this stands already."))
    return redirect("newsroom:mailing", release=result.pk)


def _page(
    request: HttpRequest, item: Dispatch, verb: str, form: CorrectionForm | None, *,
    error: str = "", status: int = 200, asked: Asked | None = None,
) -> HttpResponse:  # fmt: skip
    copy = Draft.objects.filter(dispatch=item).first() or item.current
    text = str(form["text"].value() or "")[:LONGEST_TEXT] if form else ""
    found = preview(item, verb, asked=asked) if verb != "update" else None
    context = {
        "item": item,
        "verb": verb,
        # after a refusal the sequence the editor saw stays: the same button again is refused again
        "seen": request.POST.get("seen") or item.sequence,
        "copy": copy,
        "form": form,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "confirm": shape(item, verb, asked, now_ms()) if asked else "",
        "follows": verb in FOLLOWING or any(lane.in_place for lane in (found.lanes if found else ())),
        "preview": found,
        "may_test": verb == "publish" and user_of(request).may("test"),
        **(reading_context(text, reviewed(text, item)) if form else {}),
    }
    return render(request, "newsroom/verb.html", context, status=status)
