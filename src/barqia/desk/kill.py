"""Kill: the item is withdrawn for good, and every delivered copy with it."""

from django.db import transaction

from barqia.desk.ending import end
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Release, State, Verb


@transaction.atomic
def kill(actor: User | None, dispatch: Dispatch, seen: int, reason: str) -> Release:
    """End the item; final. The site answers 410 with the reason.

    Raises InputError without a reason, Stale, WrongState, NotAllowed.
    """
    return end(actor, dispatch, seen, reason, (Verb.KILL, State.KILLED))
