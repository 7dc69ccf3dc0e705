"""Finding a recipient again, and what becomes of one who blocks us, comes back or moves."""

from django.db import transaction
from django.utils import timezone

from barqia.subscribers.models import Consent, Lane, Reader, Recipient
from barqia.subscribers.vault import vault

Status = Recipient.Status


@transaction.atomic
def known(lane: Lane, address: str | None, user_id: str | None, language: str = "ar") -> Recipient:
    """The recipient with this address or user id, merged where both were known apart; made where neither was.

    Addresses are a Telegram chat id, or a WhatsApp `wa_id` and BSUID, either of which may be missing.
    """
    by_address = _found(lane, address_hash=vault().find(address)) if address else None
    by_user_id = _found(lane, user_id_hash=vault().find(user_id)) if user_id else None
    if by_address and by_user_id and by_address.pk != by_user_id.pk:
        return _merged(by_address, by_user_id)
    recipient = by_address or by_user_id or _made(lane, language)
    _show(recipient, address, user_id)
    return recipient


def _found(lane: Lane, **hashes: bytes) -> Recipient | None:
    return Recipient.objects.filter(lane=lane, **hashes).first()


def _made(lane: Lane, language: str) -> Recipient:
    return Recipient.objects.create(lane=lane, reader=Reader.objects.create(language=language))


def _show(recipient: Recipient, address: str | None, user_id: str | None) -> None:
    """Write an address the recipient did not have yet."""
    changed = []
    if address and recipient.address_hash is None:
        recipient.address_cipher, recipient.address_hash = vault().seal(address), vault().find(address)
        changed += ["address_cipher", "address_hash"]
    if user_id and recipient.user_id_hash is None:
        recipient.user_id_cipher, recipient.user_id_hash = vault().seal(user_id), vault().find(user_id)
        changed += ["user_id_cipher", "user_id_hash"]
    if changed:
        recipient.save(update_fields=changed)


def _merged(kept: Recipient, other: Recipient) -> Recipient:
    """One person known by number and by user id apart: the number's row gets the user id.

    The other row stays, without an address, for the deliveries that name it.
    """
    cipher, digest = other.user_id_cipher, other.user_id_hash
    other.user_id_cipher = other.user_id_hash = None
    merged_in = other.status
    other.status, other.status_reason = Status.UNSUBSCRIBED, "merged"
    other.save()
    other.subscriptions.all().delete()
    kept.user_id_cipher, kept.user_id_hash = cipher, digest
    if kept.status == Status.STRANGER:
        kept.status = merged_in
    kept.save()
    return kept


@transaction.atomic
def block(recipient: Recipient, reason: str) -> None:
    """The provider says that this recipient takes nothing from us: unsubscribed, with the reason.

    A channel or group of the newsroom's own is no reader: its lane stops, with an alert.
    """
    if recipient.kind in {Recipient.Kind.CHANNEL, Recipient.Kind.GROUP}:
        Lane.objects.filter(pk=recipient.lane_id, alert="").update(alert=f"{reason}: {recipient.kind}")
        return
    if recipient.status == Status.BLOCKED:
        return
    recipient.status, recipient.status_reason = Status.BLOCKED, reason[:40]
    recipient.save(update_fields=["status", "status_reason"])
    consent(recipient, Consent.Action.UNSUBSCRIBE, source=reason[:80])


@transaction.atomic
def unblock(recipient: Recipient) -> None:
    """The recipient took the block back. Only who had stopped marketing at the provider is active again."""
    if recipient.status != Status.BLOCKED:
        return
    again = recipient.status_reason == "stopped_marketing" and recipient.subscriptions.exists()
    recipient.status = Status.ACTIVE if again else Status.UNSUBSCRIBED
    recipient.status_reason = "" if again else "unblocked"
    recipient.save(update_fields=["status", "status_reason"])
    if again:
        consent(recipient, Consent.Action.SUBSCRIBE, source="resumed at the provider")


def moved(lane: Lane, old: tuple[str | None, str | None], new: tuple[str | None, str | None]) -> Recipient:
    """A reader's number or user id changed: (address, user id) before and now."""
    recipient = known(lane, *old)
    address, user_id = new
    if address:
        Recipient.objects.filter(lane=lane, address_hash=vault().find(address)).exclude(pk=recipient.pk).update(
            address_hash=None, address_cipher=None, status=Status.UNSUBSCRIBED, status_reason="merged"
        )
        recipient.address_cipher, recipient.address_hash = vault().seal(address), vault().find(address)
    if user_id:
        Recipient.objects.filter(lane=lane, user_id_hash=vault().find(user_id)).exclude(pk=recipient.pk).update(
            user_id_hash=None, user_id_cipher=None
        )
        recipient.user_id_cipher, recipient.user_id_hash = vault().seal(user_id), vault().find(user_id)
    recipient.save()
    return recipient


def consent(recipient: Recipient, action: Consent.Action, source: str, word: str = "", wording: str = "") -> None:
    """Write down what was agreed to or taken back, with the wording shown."""
    if recipient.reader_id is not None:
        Consent.objects.create(
            reader_id=recipient.reader_id,
            lane_id=recipient.lane_id,
            action=action,
            source=source,
            word=word[:120],
            wording=wording,
            at=timezone.now(),
        )
