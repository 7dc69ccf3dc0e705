"""Unpublish: off the site, to nobody; it may be published again."""

from django.db import transaction

from barqia.desk.steps import allow, locked, release, repeated, require_fresh
from barqia.staff.models import User
from barqia.wire.models import Dispatch, PubStatus, Release, State, Verb


@transaction.atomic
def unpublish(actor: User | None, dispatch: Dispatch, seen: int) -> Release:
    """Withhold the item; what was not sent yet is not sent. Raises Stale, WrongState, NotAllowed."""
    allow(actor, "unpublish")
    item = locked(dispatch)
    again = repeated(item, Verb.UNPUBLISH, seen) or _last(item)
    if again:
        return again
    require_fresh(item, "unpublish", seen)
    assert item.current is not None, "an item that is out has a revision"
    item.state, item.pubstatus = State.UNPUBLISHED, PubStatus.WITHHELD
    item.sequence += 1
    item.save()
    return release(item, item.current, Verb.UNPUBLISH, seen, actor)


def _last(item: Dispatch) -> Release | None:
    """What took the item off the site, while it is off."""
    return item.releases.filter(verb=Verb.UNPUBLISH).last() if item.state == State.UNPUBLISHED else None
