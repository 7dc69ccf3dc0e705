"""Correct: the same item, a new revision, to all who were sent it and to new matches."""

from django.db import transaction

from barqia.desk.states import require
from barqia.desk.steps import allow, drop_draft, locked, release, repeated, require_fresh, require_section, revise
from barqia.desk.words import Slot, Words
from barqia.staff.models import User
from barqia.wire.models import Dispatch, PubStatus, Release, State, Verb


@transaction.atomic
def correct(
    actor: User | None, dispatch: Dispatch, seen: int, words: Words, note: str = "", slot: Slot | None = None
) -> Release:
    """Replace the item's text, and its slot where one is given; `note` says what was wrong, to readers.

    What already stands changes nothing and returns the release that sent it.
    Raises InputError, Stale, WrongState, NotAllowed.
    """
    allow(actor, "correct")
    words.checked()
    sections = slot.checked() if slot else []
    item = locked(dispatch)
    again = repeated(item, Verb.CORRECT, seen)
    if again and Words.of(again.revision) == words:
        return again
    require(item, "correct")
    standing = item.releases.exclude(verb=Verb.TEST).last()
    if standing and _stands(item, words, note, slot):
        return standing
    require_fresh(item, "correct", seen)
    revision = revise(item, words, actor, note)
    drop_draft(item)
    item.current = revision
    item.state, item.pubstatus = State.CORRECTED, PubStatus.USABLE
    if slot:
        item.urgency = slot.urgency
        item.sections.set(sections)
        require_section(item)
    item.correction_sequence += 1
    item.sequence += 1
    item.save()
    return release(item, revision, Verb.CORRECT, seen, actor)


def _stands(item: Dispatch, words: Words, note: str, slot: Slot | None) -> bool:
    assert item.current is not None, "an item that is out has a revision"
    same_note = note in {"", item.current.correction_note}
    return Words.of(item.current) == words and same_note and (slot is None or slot.stands(item))
