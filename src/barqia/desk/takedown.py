"""Take down: as a kill, for the law's sake: nothing of the text is shown again, to readers or on the desk."""

from django.db import transaction

from barqia.desk.ending import end
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Release, State, Verb


@transaction.atomic
def takedown(actor: User | None, dispatch: Dispatch, seen: int, reason: str) -> Release:
    """End the item; final. The site answers 410 without the text.

    Raises InputError without a reason, Stale, WrongState, NotAllowed.
    """
    return end(actor, dispatch, seen, reason, (Verb.TAKEDOWN, State.RECALLED))
