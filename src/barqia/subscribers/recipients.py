"""Finding a recipient again, and what becomes of one who blocks us, comes back or moves."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from barqia.subscribers import interests
from barqia.subscribers.countries import country_of
from barqia.subscribers.models import Consent, FailedDay, Lane, Reader, Recipient
from barqia.subscribers.vault import vault
from barqia.wire.models import audit

Status = Recipient.Status
DAY_MS = 24 * 3600 * 1000
# a mailbox that took nothing on so many days of so many is nobody's any more; one full for a holiday is
FAILED_DAYS, OF_DAYS = 4, 14


Merged = Callable[[int, int], None]


def _nothing_to_follow(_kept: int, _other: int) -> None:
    """Where no room above keeps anything by a recipient's id."""


@transaction.atomic
def known(
    lane: Lane, address: str | None, user_id: str | None, language: str = "ar", merged: Merged = _nothing_to_follow
) -> Recipient:
    """The recipient with this address or user id, merged where both were known apart; made where neither was.

    Addresses are a Telegram chat id, or a WhatsApp `wa_id` and BSUID, either of which may be missing. `merged`
    is told (kept, other) recipient ids.
    """
    by_address = _found(lane, address_hash=vault().find(address)) if address else None
    by_user_id = _found(lane, user_id_hash=vault().find(user_id)) if user_id else None
    if by_address and by_user_id and by_address.pk != by_user_id.pk:
        _merge(by_address, by_user_id, merged)
    recipient = by_address or by_user_id or _made(lane, language)
    _show(recipient, address, user_id)
    return recipient


def _found(lane: Lane, **hashes: bytes) -> Recipient | None:
    """Held until the transaction ends: of two words at once the second finds what the first one did."""
    return Recipient.objects.select_for_update(no_key=True).filter(lane=lane, **hashes).first()


def found(lane: Lane, address: str) -> Recipient | None:
    """The recipient with this address, held until the transaction ends; None where there is none."""
    return _found(lane, address_hash=vault().find(address))


def is_at(recipient: Recipient, address: str) -> bool:
    return _hash(recipient.address_hash) == vault().find(address)


def _made(lane: Lane, language: str) -> Recipient:
    return Recipient.objects.create(lane=lane, reader=Reader.objects.create(language=language))


def _show(recipient: Recipient, address: str | None, user_id: str | None) -> None:
    """Write an address the recipient did not have yet, or has another of now."""
    changed = []
    if address and not is_at(recipient, address):
        recipient.address_cipher, recipient.address_hash = vault().seal(address), vault().find(address)
        changed += ["address_cipher", "address_hash"]
    if user_id and _hash(recipient.user_id_hash) != vault().find(user_id):
        recipient.user_id_cipher, recipient.user_id_hash = vault().seal(user_id), vault().find(user_id)
        changed += ["user_id_cipher", "user_id_hash"]
    if changed:
        # a number is what is billed, so a user id tells only where there is none
        if address or not recipient.address_cipher:
            recipient.country = country_of(recipient.lane.kind, address, user_id)
            changed.append("country")
        recipient.save(update_fields=changed)


def _hash(stored: bytes | memoryview | None) -> bytes | None:
    return None if stored is None else bytes(stored)


def _merge(kept: Recipient, other: Recipient, merged: Merged) -> None:
    """One person known as two rows: `kept` has all that either had, and what the person said last counts.

    Where that cannot be told, an opt-out does. The other row stays, without an address.
    """
    later = other if _decided_later(other, kept) else kept
    status, reason = later.status, later.status_reason
    if later is other:
        kept.subscriptions.all().delete()
    if later is other or kept.status == other.status == Status.ACTIVE:
        theirs = kept.subscriptions.values("interest_id")
        other.subscriptions.exclude(interest_id__in=theirs).update(recipient=kept)
    other.subscriptions.all().delete()
    if other.reader_id and kept.reader_id:
        Consent.objects.filter(reader_id=other.reader_id).update(reader_id=kept.reader_id)
    kept.status, kept.status_reason, kept.own = status, reason, kept.own or other.own
    kept.last_inbound_ms = max(kept.last_inbound_ms or 0, other.last_inbound_ms or 0) or None
    if not kept.address_cipher:
        kept.country = other.country
    for name in ("address_cipher", "address_hash", "user_id_cipher", "user_id_hash"):
        setattr(kept, name, getattr(kept, name) or getattr(other, name))
        setattr(other, name, None)
    other.status, other.status_reason, other.own = Status.UNSUBSCRIBED, "merged", False
    other.save()
    kept.save()
    merged(kept.pk, other.pk)


def _decided_later(one: Recipient, than: Recipient) -> bool:
    """Whether `one`'s status is the one to keep: a stranger has decided nothing."""
    if Status.STRANGER in {one.status, than.status}:
        return one.status != Status.STRANGER
    mine, theirs = _decision(one), _decision(than)
    if mine and theirs:
        return mine > theirs
    if (one.last_inbound_ms or 0) != (than.last_inbound_ms or 0):
        return (one.last_inbound_ms or 0) > (than.last_inbound_ms or 0)
    return than.status == Status.ACTIVE


def _decision(recipient: Recipient) -> int:
    """When the reader last subscribed or opted out, as a number that grows; 0 where nothing says."""
    decided = Consent.objects.filter(reader=recipient.reader).exclude(action=Consent.Action.CHANGE)
    return decided.order_by("-pk").values_list("pk", flat=True).first() or 0


def hold_lane(lane_id: int) -> None:
    """Let the group of intents that a sender is just committing end, and the next one see what we write."""
    Lane.objects.select_for_update(no_key=True).get(pk=lane_id)


def close_window(recipient_id: int, at_ms: int) -> bool:
    """The provider counts the reader's last word as older than `at_ms`; False where it was known to be."""
    mine = Recipient.objects.filter(pk=recipient_id, last_inbound_ms__gt=at_ms)
    return bool(mine.update(last_inbound_ms=at_ms))


@transaction.atomic
def block(recipient: Recipient, reason: str, at_ms: int | None = None) -> None:
    """The provider says that this recipient takes nothing from us: unsubscribed, with the reason, since `at_ms`.

    A channel of the newsroom's own is no reader: its lane stops, with an alert.
    """
    hold_lane(recipient.lane_id)
    as_it_is = Recipient.objects.select_for_update(no_key=True)
    recipient.refresh_from_db(fields=["status", "status_reason"], from_queryset=as_it_is)
    if recipient.kind == Recipient.Kind.CHANNEL:
        Lane.objects.filter(pk=recipient.lane_id, alert="").update(alert=f"{reason}: {recipient.kind}")
        return
    if recipient.status == Status.BLOCKED:
        return
    recipient.status, recipient.status_reason = Status.BLOCKED, reason[:40]
    recipient.save(update_fields=["status", "status_reason"])
    consent(recipient, Consent.Action.UNSUBSCRIBE, source=reason[:80], at_ms=at_ms)
    if recipient.kind == Recipient.Kind.CLIENT:
        audit(None, "client_stopped", recipient=recipient.pk, why=reason)


@transaction.atomic
def took_nothing(recipient: Recipient, reason: str, now_ms: int) -> None:
    """The mailbox took nothing today, which may pass: blocked, with the reason, where it does not."""
    today = now_ms // DAY_MS
    FailedDay.objects.get_or_create(recipient=recipient, day=today)
    FailedDay.objects.filter(recipient=recipient, day__lte=today - OF_DAYS).delete()
    if recipient.failed_days.count() >= FAILED_DAYS:
        block(recipient, reason)


@transaction.atomic
def leave(recipient: Recipient, source: str, now_ms: int) -> None:
    """The reader wants nothing more, and proved to be who gets it. Again it changes nothing."""
    hold_lane(recipient.lane_id)
    recipient.refresh_from_db(from_queryset=Recipient.objects.select_for_update(no_key=True))
    if recipient.status in {Status.UNSUBSCRIBED, Status.BLOCKED}:
        return
    recipient.status, recipient.status_reason = Status.UNSUBSCRIBED, source[:40]
    recipient.last_inbound_ms = max(recipient.last_inbound_ms or 0, now_ms)
    recipient.save(update_fields=["status", "status_reason", "last_inbound_ms"])
    interests.forget_all(recipient)
    consent(recipient, Consent.Action.UNSUBSCRIBE, source)


@transaction.atomic
def unblock(recipient: Recipient, at_ms: int) -> None:
    """The recipient took the block back. Only who had stopped marketing at the provider is active again.

    What a provider brings late, older than the block, takes nothing back.
    """
    opted_out = (
        Consent.objects.filter(reader=recipient.reader, action=Consent.Action.UNSUBSCRIBE).order_by("-pk").first()
    )
    late = opted_out is not None and opted_out.at > datetime.fromtimestamp(at_ms / 1000, UTC)
    if recipient.status != Status.BLOCKED or (late and recipient.status_reason == "stopped_marketing"):
        return
    again = recipient.status_reason == "stopped_marketing" and recipient.subscriptions.exists()
    recipient.status = Status.ACTIVE if again else Status.UNSUBSCRIBED
    recipient.status_reason = "" if again else "unblocked"
    recipient.save(update_fields=["status", "status_reason"])
    if again:
        consent(recipient, Consent.Action.SUBSCRIBE, source="resumed at the provider")


@transaction.atomic
def moved(
    lane: Lane,
    old: tuple[str | None, str | None],
    new: tuple[str | None, str | None],
    merged: Merged = _nothing_to_follow,
) -> Recipient:
    """A reader's number or user id changed: (address, user id) before and now.

    Who was known by the new one already is the same person.
    """
    return readdress(known(lane, *old, merged=merged), *new, merged)


@transaction.atomic
def readdress(recipient: Recipient, address: str | None, user_id: str | None, merged: Merged) -> Recipient:
    """This recipient is reached there now; who was known by that already is the same."""
    lane = recipient.lane
    by_address = _found(lane, address_hash=vault().find(address)) if address else None
    by_user_id = _found(lane, user_id_hash=vault().find(user_id)) if user_id else None
    for other in filter(None, (by_address, by_user_id)):
        if other.pk != recipient.pk:
            _merge(recipient, other, merged)
    _show(recipient, address, user_id)
    return recipient


def stops_of(recipient: Recipient) -> int:
    """How often the recipient has opted out so far."""
    return Consent.objects.filter(reader=recipient.reader, action=Consent.Action.UNSUBSCRIBE).count()


def consent(
    recipient: Recipient,
    action: Consent.Action,
    source: str,
    word: str = "",
    wording: str = "",
    at_ms: int | None = None,
) -> None:
    """Write down what was agreed to or taken back, now or when the provider says, with the wording shown."""
    if recipient.reader_id is not None:
        Consent.objects.create(
            reader_id=recipient.reader_id,
            lane_id=recipient.lane_id,
            action=action,
            source=source,
            word=word[:120],
            wording=wording,
            at=timezone.now() if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC),
        )
