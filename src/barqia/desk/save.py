"""Save a draft: of a new item, of one not out yet, or of the correction of one that is."""

from django.db import IntegrityError, transaction

from barqia.desk.states import BEFORE, OUT
from barqia.desk.steps import allow, locked, require_fresh
from barqia.desk.words import Slot, Words
from barqia.reading import read
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Draft, Section, audit


def save(
    actor: User | None,
    words: Words,
    slot: Slot,
    dispatch: Dispatch | None = None,
    seen: int = 0,
    intake_key: str | None = None,
) -> Dispatch:
    """Save words and slot; a new item when `dispatch` is None. The slot of an item that is out stays until it is
    corrected.

    The same `intake_key` again is the same item: unchanged once it is out, else with these words, for its editor
    typed on before the first answer came. Raises InputError, Stale, WrongState.
    """
    try:
        return _save(actor, words, slot, dispatch, seen, intake_key)
    except IntegrityError:
        if intake_key is None:
            raise
        # the same was being saved at the same moment: now it is there
        return _save(actor, words, slot, dispatch, seen, intake_key)


@transaction.atomic
def _save(
    actor: User | None, words: Words, slot: Slot, dispatch: Dispatch | None, seen: int, intake_key: str | None
) -> Dispatch:
    allow(actor, "save")
    known = _known(intake_key) if dispatch is None and intake_key else None
    if known and known.state not in BEFORE:
        return known
    words.checked()
    sections = slot.checked()
    before = known or dispatch
    if before is None:
        item = Dispatch(intake_key=intake_key)
    else:
        item = locked(before)
        if _is_saved(item, words, slot):
            return item
        require_fresh(item, "save", item.sequence if known else seen)
        item.sequence += 1
    _write(item, words, slot, sections)
    Draft.objects.update_or_create(dispatch=item, defaults={**words.fields(), "author": actor})
    audit(actor, "save", item)
    return item


def _known(intake_key: str) -> Dispatch | None:
    return Dispatch.objects.select_for_update().filter(intake_key=intake_key).first()


def _write(item: Dispatch, words: Words, slot: Slot, sections: list[Section]) -> None:
    """The item's row; where it belongs changes only while it is not out."""
    if item.state in OUT:
        item.save()
        return
    item.urgency, item.slugline, item.subject = slot.urgency, slot.slugline, list(slot.subject)
    item.language = read(words.text).language
    item.save()
    item.sections.set(sections)


def _is_saved(item: Dispatch, words: Words, slot: Slot) -> bool:
    draft = Draft.objects.filter(dispatch=item).first()
    if draft is None or Words.of(draft) != words:
        return False
    return slot.stands(item) and item.slugline == slot.slugline
