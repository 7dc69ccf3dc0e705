"""Publish: the saved draft becomes a revision and goes to every matching reader."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from barqia.desk.steps import allow, drop_draft, locked, release, repeated, require_fresh, require_section, revise
from barqia.desk.words import Words
from barqia.errors import InputError, WrongState
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Draft, PubStatus, Release, State, Verb


@transaction.atomic
def publish(actor: User | None, dispatch: Dispatch, seen: int) -> Release:
    """Publish the item's draft, or again what was unpublished. Raises Stale, WrongState, NotAllowed."""
    allow(actor, "publish")
    item = locked(dispatch)
    again = repeated(item, Verb.PUBLISH, seen)
    if again:
        return again
    require_fresh(item, "publish", seen)
    require_section(item)
    _require_no_takedown(item)
    draft = Draft.objects.filter(dispatch=item).first()
    revision = revise(item, Words.of(draft), actor) if draft else item.current
    if revision is None:
        raise InputError(_("Item %s has no text to publish: write and save it first.") % item.public_id)
    drop_draft(item)
    item.current = revision
    item.state, item.pubstatus = State.PUBLISHED, PubStatus.USABLE
    item.published_at = item.published_at or timezone.now()
    item.sequence += 1
    item.save()
    return release(item, revision, Verb.PUBLISH, seen, actor)


def _require_no_takedown(item: Dispatch) -> None:
    """An update began with its first item's words: those of one that was taken down do not go out again."""
    first = item.rewrite_of
    if first and first.state == State.RECALLED:
        raise WrongState(
            _("Item %(item)s follows %(first)s, which was taken down: write its words anew, as a new dispatch.")
            % {"item": item.public_id, "first": first.public_id}
        )
