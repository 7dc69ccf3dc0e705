"""Correct: the same item, a new revision, to all who were sent it and to new matches."""

from django.db import transaction

from barqia.desk.steps import allow, drop_draft, locked, release, repeated, require_fresh, revise
from barqia.desk.words import Words
from barqia.staff.models import User
from barqia.wire.models import Dispatch, PubStatus, Release, State, Verb


@transaction.atomic
def correct(actor: User | None, dispatch: Dispatch, seen: int, words: Words, note: str = "") -> Release:
    """Replace the item's text; `note` says what was wrong, to readers.

    The words that already stand change nothing and return the release that sent them.
    Raises InputError, Stale, WrongState, NotAllowed.
    """
    allow(actor, "correct")
    words.checked()
    item = locked(dispatch)
    again = repeated(item, Verb.CORRECT, seen)
    if again and Words.of(again.revision) == words:
        return again
    if item.current and Words.of(item.current) == words:
        standing = item.current.releases.exclude(verb=Verb.TEST).first()
        if standing:
            return standing
    require_fresh(item, "correct", seen)
    revision = revise(item, words, actor, note)
    drop_draft(item)
    item.current = revision
    item.state, item.pubstatus = State.CORRECTED, PubStatus.USABLE
    item.correction_sequence += 1
    item.sequence += 1
    item.save()
    return release(item, revision, Verb.CORRECT, seen, actor)
