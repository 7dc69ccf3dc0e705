"""Update: a new item that follows an earlier one, linked to it and threaded under it where a lane can."""

from dataclasses import replace

from django.db import transaction

from barqia.desk.steps import allow, locked, require_fresh
from barqia.desk.words import Words
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Draft, audit


@transaction.atomic
def update(actor: User | None, dispatch: Dispatch, seen: int) -> Dispatch:
    """A new draft item, `rewrite_of` this one, with its words and slot to start from.

    The same update again (a double click) is the draft that is already open.
    Raises Stale, WrongState, NotAllowed.
    """
    allow(actor, "update")
    item = locked(dispatch)
    open_key = f"update:{item.pk}:{seen}"
    known = Dispatch.objects.filter(intake_key=open_key).first()
    if known:
        return known
    require_fresh(item, "update", seen)
    first = item.current
    assert first is not None, "an item that is out has a revision"
    new = Dispatch.objects.create(
        intake_key=open_key,
        rewrite_of=item,
        urgency=item.urgency,
        slugline=item.slugline,
        language=item.language,
        subject=item.subject,
    )
    new.sections.set(item.sections.all())
    Draft.objects.create(dispatch=new, author=actor, **replace(Words.of(first), ednote="").fields())
    for one in item.reading_corrections.all():
        one.pk, one.dispatch = None, new
        one.save()
    audit(actor, "update", new, rewrite_of=item.public_id)
    return new
