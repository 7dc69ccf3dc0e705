"""The steps the verbs share, each within the verb's own transaction."""

from django.db.models import Max
from django.utils.translation import gettext as _

from barqia.desk.states import NAMES, require
from barqia.desk.words import Words
from barqia.errors import InputError, NotAllowed, Stale
from barqia.reading import READER_VERSION, read
from barqia.staff.models import User
from barqia.subscribers.models import Recipient
from barqia.wire.models import Dispatch, Draft, Release, Revision, audit
from barqia.wire.said import record


def allow(actor: User | None, verb: str) -> None:
    """Raise NotAllowed unless the actor's role has the verb; no actor is the machine's own operator."""
    if actor is not None and not actor.may(verb):
        raise NotAllowed(
            _("Your role (%(role)s) cannot do “%(verb)s”: ask an editor.")
            % {"role": actor.get_role_display(), "verb": NAMES[verb]}
        )


def locked(dispatch: Dispatch) -> Dispatch:
    """The item as it is now, held until the transaction ends."""
    return Dispatch.objects.select_for_update().get(pk=dispatch.pk)


def repeated(item: Dispatch, verb: str, seen: int) -> Release | None:
    """The release this same verb made when its editor pressed it the first time."""
    return item.releases.filter(verb=verb, seen=seen).first()


def require_fresh(item: Dispatch, verb: str, seen: int) -> None:
    """Raise unless the state has the verb and nobody changed the item since its editor saw it."""
    require(item, verb)
    if item.sequence != seen:
        raise Stale(
            _("Item %(item)s changed since you saw it (you saw %(seen)s, it is now %(now)s): look at it again.")
            % {"item": item.public_id, "seen": seen, "now": item.sequence}
        )


def revise(item: Dispatch, words: Words, author: User | None, note: str = "") -> Revision:
    """Write these words as the item's next revision, with their reading; the item speaks their language."""
    reading = read(words.text)
    item.language = reading.language
    dateline = reading.dateline
    last = item.revisions.aggregate(last=Max("number"))["last"]
    return Revision.objects.create(
        dispatch=item,
        number=0 if last is None else last + 1,
        **words.fields(),
        correction_note=note,
        dateline_place=dateline.place if dateline else "",
        dateline_source=(dateline.agency or "") if dateline else "",
        dateline_date=(dateline.date or "") if dateline else "",
        as_read=reading.as_json(),
        reader_version=READER_VERSION,
        author=author,
    )


def release(item: Dispatch, revision: Revision, verb: str, seen: int, author: User | None) -> Release:
    """Write the decision to send: the outbox row, with the audit entry beside it, and who says what now."""
    record(item)
    made = Release.objects.create(
        dispatch=item,
        revision=revision,
        verb=verb,
        seen=seen,
        urgency=item.urgency,
        reason=item.end_reason,
        high_water=Recipient.objects.aggregate(last=Max("id"))["last"] or 0,
        author=author,
    )
    audit(author, verb, item, release=made.pk, revision=revision.number, reason=item.end_reason)
    return made


def drop_draft(item: Dispatch) -> None:
    Draft.objects.filter(dispatch=item).delete()


def require_section(item: Dispatch) -> None:
    """Raise InputError for an item without a section: a draft may be, what goes out may not."""
    if not item.sections.exists():
        raise InputError(_("No section is chosen: choose at least one."))
