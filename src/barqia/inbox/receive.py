"""Updates come in: each acts once, and commits with its effect and its answer."""

import logging

from django.db import IntegrityError, transaction

from barqia.delivery import receipts
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Blocking, Inbound, Moved, Other, Status, Word, lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.inbox.effects import act_on
from barqia.inbox.models import Update
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane
from barqia.subscribers.vault import vault

log = logging.getLogger("barqia.inbox")


def receive(lane: Lane, body: bytes, at_ms: int | None = None) -> int:
    """Act on every update in a body. Returns how many were new. Raises `Malformed`, then nothing is done.

    An update that cannot be carried out is kept with its outcome "failed" and does not stop the others.
    """
    at = now_ms() if at_ms is None else at_ms
    new = 0
    for inbound in lane_kind(lane.kind).parse(lane_config(lane), body):
        if Update.objects.filter(lane_id=lane.pk, provider_id=inbound.update_id).exists():
            continue
        new += _once(lane, inbound, body, at)
    return new


def _once(lane: Lane, inbound: Inbound, body: bytes, at: int) -> bool:
    """The update, its effect and its answer in one transaction; False when another process was quicker."""
    sealed = vault().seal(body.decode("utf-8", "replace"))
    row = Update(lane_id=lane.pk, provider_id=inbound.update_id, body=sealed, received_ms=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            row.outcome = _effect(lane, inbound, at)
            row.save(update_fields=["outcome"])
    except IntegrityError:
        return False
    except Exception as error:  # noqa: BLE001 - one update nobody foresaw must not stop a lane's inbox
        log.error("lane %s: an update could not be carried out: %s", lane.name, type(error).__name__)  # noqa: TRY400
        row.pk, row.outcome = None, "failed"
        row.save(force_insert=True)
    return True


def _effect(lane: Lane, inbound: Inbound, at: int) -> str:
    match inbound:
        case Word(chat="private"):
            return act_on(lane, inbound, at)
        case Word():
            return "not_private"
        case Status():
            return "status" if receipts.record(lane.pk, inbound, at) else "unmatched"
        case Blocking(sender=sender, blocked=blocked):
            recipient = recipients.known(lane, sender.address, sender.user_id)
            if blocked:
                recipients.block(recipient, inbound.reason)
            else:
                recipients.unblock(recipient)
            return "blocked" if blocked else "unblocked"
        case Moved(old=old, new=new):
            recipients.moved(lane, (old.address, old.user_id), (new.address, new.user_id))
            return "moved"
        case Other():
            return "other"
