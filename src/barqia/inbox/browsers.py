"""Readers whose browser asked for notifications: subscribed, changed, moved and unsubscribed by its own word."""

from collections.abc import Sequence

from django.db import transaction

from barqia.delivery.push import PushAddress
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Consent, Lane, Reader, Recipient
from barqia.subscribers.vault import vault

SOURCE = "web push"
Status = Recipient.Status


@transaction.atomic
def subscribe(lane: Lane, address: PushAddress, sections: Sequence[str], language: str, wording: str) -> Recipient:
    """These sections, or everything where there are none; the same browser again is the same reader."""
    recipient = _held(lane, address.endpoint)
    known = recipient is not None
    if recipient is None:
        reader = Reader.objects.create(language=language)
        recipient = Recipient(lane=lane, reader=reader, address_hash=vault().find(address.endpoint))
    changed = known and recipient.status == Status.ACTIVE
    recipient.address_cipher = vault().seal(address.write())
    recipient.status, recipient.status_reason = Status.ACTIVE, ""
    recipient.save()
    interests.forget_all(recipient)
    for slug in sections:
        interests.ask_section(recipient, slug)
    if not sections:
        interests.ask_everything(recipient)
    action = Consent.Action.CHANGE if changed else Consent.Action.SUBSCRIBE
    recipients.consent(recipient, action, SOURCE, word=" ".join(sections), wording=wording)
    return recipient


@transaction.atomic
def unsubscribe(lane: Lane, endpoint: str) -> bool:
    """False where nobody with that endpoint was subscribed."""
    recipients.hold_lane(lane.pk)
    recipient = _held(lane, endpoint)
    if recipient is None or recipient.status != Status.ACTIVE:
        return False
    recipient.status, recipient.status_reason = Status.UNSUBSCRIBED, ""
    recipient.save(update_fields=["status", "status_reason"])
    interests.forget_all(recipient)
    recipients.consent(recipient, Consent.Action.UNSUBSCRIBE, SOURCE)
    return True


@transaction.atomic
def move(lane: Lane, old: str, address: PushAddress) -> bool:
    """The browser's push service gave it another endpoint. False where the old one is not subscribed."""
    recipient = _held(lane, old)
    if recipient is None or recipient.status != Status.ACTIVE or found(lane, address.endpoint):
        return False
    recipient.address_hash = vault().find(address.endpoint)
    recipient.address_cipher = vault().seal(address.write())
    recipient.save(update_fields=["address_hash", "address_cipher"])
    return True


def found(lane: Lane, endpoint: str) -> Recipient | None:
    return Recipient.objects.filter(lane=lane, address_hash=vault().find(endpoint)).first()


def _held(lane: Lane, endpoint: str) -> Recipient | None:
    rows = Recipient.objects.select_for_update(no_key=True)
    return rows.filter(lane=lane, address_hash=vault().find(endpoint)).first()
