"""The list, the writing screen with its reading, and an item with its history."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from barqia import desk
from barqia.delivery.account.board import accounts
from barqia.desk.states import OUT, verbs_for
from barqia.desk.words import LONGEST_TEXT
from barqia.errors import InputError, VerbRefused
from barqia.newsroom.access import screen, user_of
from barqia.newsroom.forms import DispatchForm, initial_of, with_headline
from barqia.reading import read, suggest_sections, topic_label
from barqia.rendering.marked import marked, speakers_of
from barqia.text.stems import stems
from barqia.text.tokens import words
from barqia.wire.corrections import Review, review
from barqia.wire.models import Dispatch, Draft, Picture, Section, State

NEWEST = 100
MOST_EVIDENCE = 4
LONGEST_NUMBER = 9
GROUPS: dict[str, tuple[State, ...]] = {
    "drafts": (State.DRAFT, State.IN_PROGRESS, State.SCHEDULED, State.UNPUBLISHED),
    "out": (State.PUBLISHED, State.CORRECTED),
    "ended": (State.KILLED, State.RECALLED, State.SPIKED),
}


def item_of(public_id: str) -> Dispatch:
    return get_object_or_404(Dispatch.objects.select_related("current"), public_id=public_id)


def reviewed(text: str, item: Dispatch | None) -> Review:
    """The text as it would be read in this item: what editors set right in it stays so."""
    return review(read(text), text, item.reading_corrections.all() if item else ())


def reading_context(text: str, found: Review) -> dict[str, object]:
    """A text as it is read, for the templates: what it says, and where it may belong, with the words that say so."""
    language, reading = get_language() or "ar", found.reading
    sections = {section.slug: section for section in Section.objects.all()}
    names = {slug: section.name_en if language == "en" else section.name_ar for slug, section in sections.items()}
    return {
        "reading": reading,
        "set_right": len(found.fitting),
        "stale": len(found.stale),
        "paragraphs": marked(text, reading),
        "speakers": speakers_of(reading),
        "topics": [topic_label(topic.code, language) for topic in reading.topics],
        "suggestions": [
            (names[one.section], evidence_in(text, one.evidence))
            for one in suggest_sections(text)
            if one.section in names
        ],
    }


def evidence_in(text: str, folded: Sequence[str]) -> list[str]:
    """The words of the text that these folded ones are, as they are written there."""
    written = {stem: word.text for word in reversed(words(text)) for stem in stems(word.folded)}
    return list(dict.fromkeys(written.get(one, one) for one in folded))[:MOST_EVIDENCE]


@require_GET
@screen
def home(request: HttpRequest) -> HttpResponse:
    """The newest items, by group and words."""
    group, wanted = request.GET.get("group", ""), request.GET.get("q", "").strip()
    items = Dispatch.objects.select_related("current", "draft").prefetch_related("sections").order_by("-updated_at")
    if group in GROUPS:
        items = items.filter(state__in=GROUPS[group])
    if wanted:
        in_words = Q(current__headline__icontains=wanted) | Q(draft__headline__icontains=wanted)
        items = items.filter((in_words & ~Q(state=State.RECALLED)) | Q(public_id=wanted))
    context = {"items": items[:NEWEST], "group": group, "groups": GROUPS, "q": wanted}
    return render(request, "newsroom/list.html", context)


@require_http_methods(["GET", "POST"])
@screen
def write(request: HttpRequest, public_id: str | None = None) -> HttpResponse:
    """Write or paste an item; its reading stands beside it."""
    item = item_of(public_id) if public_id else None
    if item and item.state in OUT:
        return redirect("newsroom:verb", public_id=item.public_id, verb="correct")
    user = user_of(request)
    if request.method == "GET":
        form = DispatchForm(initial=initial_of(item) if item else None, language=user.language)
        return _writing(request, form, item)
    form = DispatchForm(request.POST, request.FILES, language=user.language)
    if not form.is_valid():
        return _writing(request, form, item, status=400)
    try:
        key = request.POST.get("intake_key", "") or None
        saved = desk.save(
            user, form.words(), form.slot(), dispatch=item, seen=seen_of(request) if item else 0,
            intake_key=f"desk:{key}"[:64] if key and item is None else None,
        )  # fmt: skip
    except (InputError, VerbRefused) as error:
        form.add_error(None, str(error))
        return _writing(request, form, item, status=error.http_status)
    if "publish" in request.POST:
        return redirect("newsroom:verb", public_id=saved.public_id, verb="publish")
    messages.success(request, _("Saved."))
    return redirect("newsroom:write", public_id=saved.public_id)


def _writing(request: HttpRequest, form: DispatchForm, item: Dispatch | None, status: int = 200) -> HttpResponse:
    text = str(form["text"].value() or "")[:LONGEST_TEXT]
    # after a refusal the sequence the editor saw stays: the same button again is refused again
    seen = request.POST.get("seen") or (item.sequence if item else 0)
    may_review = item is not None and user_of(request).may("review")
    context = {
        "form": form,
        "item": item,
        "seen": seen,
        "may_review": may_review,
        **reading_context(text, reviewed(text, item)),
    }
    return render(request, "newsroom/write.html", context, status=status)


def seen_of(request: HttpRequest) -> int:
    """The sequence the editor saw. Raises InputError."""
    seen = request.POST.get("seen", "")
    if not seen.isdecimal() or len(seen) > LONGEST_NUMBER:
        raise InputError(_("The page is incomplete: load it again."))
    return int(seen)


@require_GET
@screen
def picture(request: HttpRequest, digest: str) -> HttpResponse:  # noqa: ARG001 - the screen's
    """A picture as its editor sees it before it is out."""
    found = get_object_or_404(Picture.objects.defer(None).only("small"), pk=digest)
    return HttpResponse(bytes(found.small), content_type="image/jpeg")


@require_POST
@screen
def live_reading(request: HttpRequest) -> HttpResponse:
    """The reading of the text as it stands in the editor, as a fragment; `item` names the one it is written for."""
    given = request.POST.get("text", "").replace("\r\n", "\n")
    if len(given) > LONGEST_TEXT:
        return render(request, "newsroom/_reading.html", {"too_long": True})
    headline, text = with_headline(request.POST.get("headline", ""), given)
    proposed = "" if request.POST.get("headline", "").strip() else headline
    written = Dispatch.objects.filter(public_id=request.GET.get("item", "")).first()
    context = {"proposed": proposed, "item": written, **reading_context(text, reviewed(text, written))}
    return render(request, "newsroom/_reading.html", context)


@require_GET
@screen
def item(request: HttpRequest, public_id: str) -> HttpResponse:
    """One item: its text as read, what may be done with it, where it went, what was done."""
    found = item_of(public_id)
    draft = Draft.objects.filter(dispatch=found).first()
    copy = draft or found.current
    assert copy is not None, "an item has a draft until it has a revision"
    releases = list(found.releases.select_related("revision", "author").order_by("-pk"))
    by_release = accounts([release.pk for release in releases])
    context = {
        "item": found,
        "copy": copy,
        "draft": draft,
        "verbs": [verb for verb in verbs_for(found) if verb != "save" and user_of(request).may(verb)],
        "releases": [(release, by_release[release.pk]) for release in releases],
        "audit": found.audit.select_related("actor")[:50],
        **reading_context(copy.text, copy.review()),
    }
    return render(request, "newsroom/item.html", context)
