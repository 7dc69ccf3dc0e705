"""The review of a reading: each statement with its evidence, set aside or given to another; names that are none."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from barqia import desk
from barqia.desk.review import LONGEST_NAME, reviewed_copy
from barqia.desk.states import require
from barqia.desk.steps import allow
from barqia.errors import InputError, Stale
from barqia.newsroom.access import screen, user_of
from barqia.newsroom.items import item_of, seen_of
from barqia.reading import Reading, Statement
from barqia.rendering.marked import speakers_of
from barqia.wire.corrections import PERSON, PLACE, STATEMENT, Marks, Review, Target, sentence_of
from barqia.wire.models import Dispatch

ANOTHER = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """One statement to be judged. `pieces` are its sentence as (words, cue, source, content or nothing).

    `speaker` is who is chosen instead, `others` are those who may be; `typed` is in neither list.
    """

    cue: int
    statement: Statement
    pieces: tuple[tuple[str, str], ...]
    hue: int
    aside: bool
    speaker: str
    typed: str
    others: tuple[str, ...]


@require_http_methods(["GET", "POST"])
@screen
def review(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what was read; keep what the editor says of it."""
    item, user = item_of(public_id), user_of(request)
    allow(user, "review")
    require(item, "review")
    if request.method == "GET":
        return _page(request, item)
    try:
        seen = seen_of(request)
        done = desk.review(user, item, seen, _marks(request.POST), _forgotten(request.POST))
    except (InputError, Stale) as error:
        return _page(request, item, str(error), error.http_status)
    if done.sequence == item.sequence:
        messages.info(request, _("Nothing changed: the reading stands so already."))
    else:
        messages.success(request, _("The reading is set right. Nothing was sent."))
    return redirect("newsroom:item", public_id=item.public_id)


def _marks(given: QueryDict) -> Marks:
    """What the form says of statements by their cue, and of names. Raises InputError."""
    marks: dict[Target, str] = {}
    for field in given:
        kind, _dash, cue = field.partition("-")
        if not cue.isdecimal() or len(cue) > 9:
            continue
        if kind == "aside":
            marks[STATEMENT, int(cue)] = ""
        elif kind == "speaker" and given[field] and f"aside-{cue}" not in given:
            marks[STATEMENT, int(cue)] = _speaker(given, cue)
    names: dict[Target, str] = {(kind, name): "" for kind in (PERSON, PLACE) for name in given.getlist(kind)}
    return {**marks, **names}


def _speaker(given: QueryDict, cue: str) -> str:
    chosen = given.get(f"speaker-{cue}", "")
    name = given.get(f"typed-{cue}", "").strip() if chosen == ANOTHER else chosen
    if not name:
        raise InputError(_("Type the name of the speaker, or choose one."))
    return name


def _forgotten(given: QueryDict) -> frozenset[int]:
    return frozenset(int(pk) for pk in given.getlist("forget") if pk.isdecimal() and len(pk) < 19)


def _page(request: HttpRequest, item: Dispatch, error: str = "", status: int = 200) -> HttpResponse:
    copy = reviewed_copy(item)
    found = copy.review()
    named = found.as_read.dateline.place if found.as_read.dateline else ""
    context = {
        "item": item,
        "copy": copy,
        "error": error,
        # after a refusal the sequence the editor saw stays: the same button again is refused again
        "seen": request.POST.get("seen") or item.sequence,
        "rows": [_row(copy.text, found, one, request.POST) for one in found.as_read.statements],
        "persons": _names(PERSON, found.as_read, found, request.POST),
        "places": [name for name in _names(PLACE, found.as_read, found, request.POST) if name[0] != named],
        "stale": found.stale,
        "forgotten": _forgotten(request.POST),
        "another": ANOTHER,
        "longest": LONGEST_NAME,
    }
    return render(request, "newsroom/review.html", context, status=status)


def _row(text: str, found: Review, statement: Statement, given: QueryDict) -> Row:
    """As it stands, or as the editor had it when it was refused."""
    cue = statement.cue[0]
    mark = found.marks.get((STATEMENT, cue))
    aside, speaker, typed = mark == "", mark or "", ""
    if given:
        aside, typed = f"aside-{cue}" in given, given.get(f"typed-{cue}", "")
        speaker = given.get(f"speaker-{cue}", "")
    read = found.as_read
    named = [*(one.speaker for one in read.statements), *(one.name for one in (*read.persons, *read.organisations))]
    others = tuple(name for name in dict.fromkeys(filter(None, named)) if name != statement.speaker)
    if speaker and speaker != ANOTHER and speaker not in others:
        speaker, typed = ANOTHER, speaker
    hues = {one.name: one.hue for one in speakers_of(found.reading)}
    hue = hues.get(found.marks.get((STATEMENT, cue)) or statement.speaker or "", -1)
    return Row(cue, statement, tuple(_pieces(text, statement)), hue, aside, speaker, typed, others)


def _pieces(text: str, statement: Statement) -> Iterator[tuple[str, str]]:
    whole = sentence_of(text, statement)
    parts = {"cue": statement.cue, "source": statement.source or (0, 0), "content": statement.content}
    cuts = sorted({*whole, *(at for span in parts.values() for at in span if whole[0] < at < whole[1])})
    for start, end in pairwise(cuts):
        inside = next((name for name, (first, last) in parts.items() if first <= start and end <= last), "")
        yield " ".join(text[start:end].split("\n")), inside


def _names(kind: str, read: Reading, found: Review, given: QueryDict) -> list[tuple[str, bool]]:
    """(name as read, whether it is set aside), each once."""
    names = dict.fromkeys(one.name for one in (read.persons if kind == PERSON else read.places))
    chosen = set(given.getlist(kind))
    return [(name, name in chosen if given else (kind, name) in found.marks) for name in names]
