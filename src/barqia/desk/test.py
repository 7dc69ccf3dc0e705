"""Test send: the words as they stand, to the newsroom's own phones and nobody else."""

from django.db import transaction
from django.utils.translation import gettext as _

from barqia.desk.steps import allow, locked, release, repeated, require_fresh, revise
from barqia.desk.words import Words
from barqia.errors import InputError
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Draft, Release, Verb


@transaction.atomic
def test(actor: User | None, dispatch: Dispatch, seen: int) -> Release:
    """Send the saved draft, or the standing revision, to recipients marked as the newsroom's own.

    Raises InputError without words, Stale, WrongState, NotAllowed.
    """
    allow(actor, "test")
    item = locked(dispatch)
    again = repeated(item, Verb.TEST, seen)
    if again:
        return again
    require_fresh(item, "test", seen)
    draft = Draft.objects.filter(dispatch=item).first()
    revision = revise(item, Words.of(draft), actor) if draft else item.current
    if revision is None:
        raise InputError(_("Item %s has no text to send: write and save it first.") % item.public_id)
    return release(item, revision, Verb.TEST, seen, actor)
