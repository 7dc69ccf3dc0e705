"""The two final verbs, kill and takedown, differ in name and state alone."""

from django.utils.translation import gettext as _

from barqia.desk.steps import allow, drop_draft, locked, release, repeated, require_fresh
from barqia.errors import InputError
from barqia.staff.models import User
from barqia.wire.models import Dispatch, PubStatus, Release, State, Verb

REASON_LENGTH = 300


def end(actor: User | None, dispatch: Dispatch, seen: int, reason: str, into: tuple[Verb, State]) -> Release:
    """End the item in the state of `into`, within the caller's transaction."""
    verb, state = into
    allow(actor, verb.value)
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LENGTH:
        raise InputError(_("Give the reason in one line of at most 300 characters: readers are shown it."))
    item = locked(dispatch)
    again = repeated(item, verb, seen) or (item.releases.filter(verb=verb).first() if item.state == state else None)
    if again:
        return again
    require_fresh(item, verb.value, seen)
    assert item.current is not None, "an item that is out has a revision"
    drop_draft(item)
    item.state, item.pubstatus, item.end_reason = state, PubStatus.CANCELED, reason
    item.sequence += 1
    item.save()
    return release(item, item.current, verb, seen, actor)
