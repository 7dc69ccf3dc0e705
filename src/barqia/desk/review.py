"""Review: an editor sets a reading right. Site and later matches follow at once; nothing is sent."""

import unicodedata
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from barqia.desk.states import OUT, require
from barqia.desk.steps import allow, locked, require_fresh
from barqia.errors import InputError
from barqia.reading import Reading
from barqia.staff.models import User
from barqia.wire.corrections import STATEMENT, Marks, Target, sentence_of, targets
from barqia.wire.models import Dispatch, Draft, ReadingCorrection, Revision, audit
from barqia.wire.said import record

LONGEST_NAME = 120
LONGEST_EVIDENCE = 200


def reviewed_copy(item: Dispatch) -> Draft | Revision:
    """The words whose reading is set right: what readers see, else what they would."""
    copy = item.current if item.state in OUT else Draft.objects.filter(dispatch=item).first() or item.current
    assert copy is not None, "an item has a draft until it has a revision"
    return copy


@transaction.atomic
def review(
    actor: User | None, dispatch: Dispatch, seen: int, marks: Marks, forget: Collection[int] = frozenset()
) -> Dispatch:
    """Let `marks` be all that is wrong in the item's reading; `forget` are ids of stale corrections to drop.

    The same marks again change nothing. Raises InputError, Stale, WrongState, NotAllowed.
    """
    allow(actor, "review")
    item = locked(dispatch)
    require(item, "review")
    copy = reviewed_copy(item)
    found = copy.review()
    wanted = _checked(marks, found.as_read)
    standing = {one.pk: one for one in item.reading_corrections.all()}
    stale = [one.pk for one in standing.values() if one in found.stale]
    dropped = [pk for pk in stale if pk in forget]
    if wanted == found.marks and not dropped:
        return item
    require_fresh(item, "review", seen)
    kept = [one for target, one in found.fitting.items() if wanted.get(target) == one.speaker]
    new = {target: said for target, said in wanted.items() if found.marks.get(target) != said}
    gone = [one for pk, one in standing.items() if one not in kept and (pk not in stale or pk in dropped)]
    item.reading_corrections.filter(pk__in=[one.pk for one in gone]).delete()
    made = [_correction(item, copy.text, found.as_read, target, said, actor) for target, said in new.items()]
    ReadingCorrection.objects.bulk_create(made)
    item.sequence += 1
    item.save(update_fields=["sequence"])
    record(item)
    audit(actor, "review", item, corrected=[*map(_told, made)], taken_back=[*map(_told, gone)])
    return item


def _checked(marks: Marks, as_read: Reading) -> Marks:
    """The marks that say other than the reading does. Raises InputError."""
    known = targets(as_read)
    if not known.keys() >= marks.keys():
        raise InputError(_("The page is incomplete: load it again."))
    clean = {target: " ".join(said.split()) for target, said in marks.items()}
    for name in clean.values():
        if len(name) > LONGEST_NAME or any(unicodedata.category(c) in {"Cc", "Cs"} for c in name):
            raise InputError(_("A speaker's name is one line of at most %s characters.") % LONGEST_NAME)
    return {target: said for target, said in clean.items() if not said or said != known[target]}


def _correction(
    item: Dispatch, text: str, as_read: Reading, target: Target, speaker: str, author: User | None
) -> ReadingCorrection:
    kind, which = target
    made = ReadingCorrection(dispatch=item, kind=kind, words=str(which), speaker=speaker, author=author)
    if kind == STATEMENT:
        statement = next(one for one in as_read.statements if one.cue[0] == which)
        start, end = sentence_of(text, statement)
        made.words, made.start, made.cue = text[start:end], start, statement.cue[0] - start
    return made


def _told(one: ReadingCorrection) -> dict[str, str]:
    return {"kind": one.kind, "words": one.words[:LONGEST_EVIDENCE], "speaker": one.speaker}
