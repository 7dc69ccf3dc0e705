"""Updates come in: each acts once, and commits with its effect and its answer."""

import logging

from django.db import IntegrityError, OperationalError, transaction

from barqia.delivery import receipts
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import (
    Blocking,
    Broken,
    Inbound,
    Malformed,
    Moved,
    Notice,
    OptOut,
    Other,
    Presence,
    Status,
    Tap,
    Word,
    lane_kind,
)
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.planning.follow import leave_behind
from barqia.inbox.account import heed
from barqia.inbox.effects import act_on, act_on_tap
from barqia.inbox.groups import Unanswered, present, speaks_for_it
from barqia.inbox.models import Update
from barqia.inbox.people import found as known_already
from barqia.inbox.people import known, moved
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.subscribers.vault import vault

log = logging.getLogger("barqia.inbox")


def receive(lane: Lane, body: bytes, at_ms: int | None = None) -> int:
    """Act on every update in a body. Returns how many were new. Raises `Malformed` where none can be read.

    An update that cannot be carried out is kept with its outcome "failed", one that cannot be read as
    "malformed", and neither stops the others. A database that refuses (locked, full) raises: the provider
    then brings the same again. So does, once all others are carried out, a group's word where the provider does not
    say who may speak for it (`Unanswered`).
    """
    at = now_ms() if at_ms is None else at_ms
    kind = lane_kind(lane.kind)
    found = kind.parse(lane_config(lane), body)
    new, waiting = 0, set()
    for inbound in found:
        if Update.objects.filter(lane_id=lane.pk, provider_id=inbound.update_id).exists():
            continue
        if isinstance(inbound, Word | Tap) and inbound.chat == "group":
            group = inbound.sender.address
            # what is said after it in the same group waits with it
            if group in waiting:
                continue
            try:
                if not speaks_for_it(kind, inbound):
                    inbound = Other(inbound.update_id, inbound.raw)  # noqa: PLW2901 - what is left of it
            except Unanswered:
                waiting.add(group)
                continue
        new += _once(lane, inbound, at)
    broken = [inbound for inbound in found if isinstance(inbound, Broken)]
    for one in broken:
        log.warning("lane %s: an update is malformed and was set aside: %s", lane.name, one.what)
    if broken and len(broken) == len(found):
        raise Malformed(broken[0].what)
    if waiting:
        raise Unanswered
    return new


def _once(lane: Lane, inbound: Inbound, at: int) -> bool:
    """The update, its effect and its answer in one transaction; False when another process was quicker."""
    sealed = vault().seal(inbound.raw.decode("utf-8", "replace"))
    row = Update(lane_id=lane.pk, provider_id=inbound.update_id, body=sealed, received_ms=at)
    try:
        try:
            return _carried_out(lane, inbound, row, at)
        except IntegrityError:
            # another word, or an import, made the same reader at the same moment: now there is one to find
            return _carried_out(lane, inbound, row, at)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - one update nobody foresaw must not stop a lane's inbox
        log.error("lane %s: an update could not be carried out: %s", lane.name, type(error).__name__)  # noqa: TRY400
        row.pk, row.outcome = None, "failed"
        _written(row)
    return True


@transaction.atomic
def _carried_out(lane: Lane, inbound: Inbound, row: Update, at: int) -> bool:
    row.pk = None
    if not _written(row):
        return False
    row.outcome = _effect(lane, inbound, at)
    row.save(update_fields=["outcome"])
    return True


def _written(row: Update) -> bool:
    """False when the update is there already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _effect(lane: Lane, inbound: Inbound, at: int) -> str:
    match inbound:
        case Word(chat="channel") | Tap(chat="channel"):
            return "channel"
        case Word():
            return act_on(lane, inbound, at)
        case Tap():
            return act_on_tap(lane, inbound, at)
        case Status():
            return "status" if receipts.record(lane.pk, inbound, at) else "unmatched"
        case Notice():
            return heed(lane, inbound)
        case Broken() | Other():
            return "malformed" if isinstance(inbound, Broken) else "other"
    return _where_they_are(lane, inbound, at)


def _where_they_are(lane: Lane, inbound: Blocking | OptOut | Presence | Moved, at: int) -> str:
    """Whether they can be reached, and where."""
    match inbound:
        case Blocking(sender=sender, blocked=blocked):
            recipient = known(lane, sender)
            if blocked:
                recipients.block(recipient, inbound.reason, inbound.at_ms)
            else:
                recipients.unblock(recipient, inbound.at_ms)
            return "blocked" if blocked else "unblocked"
        case OptOut():
            return _left(lane, inbound, at)
        case Presence():
            return present(lane, inbound)
        case Moved(old=old, new=new):
            if inbound.chat == "group":
                group = known_already(lane, old)
                if group is None:
                    return "other"
                leave_behind(group.pk)
            moved(lane, old, new)
            return "moved"


def _left(lane: Lane, leaving: OptOut, at: int) -> str:
    recipient = Recipient.objects.filter(pk=leaving.recipient, lane=lane).first()
    if recipient is None:
        return "unmatched"
    recipients.leave(recipient, leaving.reason, at)
    return "left"
