"""What a start finds: calls that were under way when the last sender died."""

import logging
from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction

from barqia.delivery import handout
from barqia.delivery.pacing.gates import CROWD, Gates
from barqia.delivery.pacing.pace import WINDOW_MS
from barqia.delivery.sending.ending import back_to_planned
from barqia.delivery.sending.intents import LaneHold, lane_now
from barqia.delivery.sending.outcomes import RESEND_URGENCY
from barqia.delivery.sql import marks, rows, run
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")


@transaction.atomic
def recover(now_ms: int, lane_id: int | None = None, upto: int | None = None) -> int:
    """Settle what a dead sender, or a lane's dead worker, left `handing`; returns how many are unknown.

    Edits and deletions are planned again: they come to the same. A new message is unknown, but a lane set to
    resend does so at urgency 1 and 2. What was claimed is given back. Runs before any worker of these lanes;
    or beside one, for what was begun up to the attempt `upto`, by earlier holders whose calls have ended.
    """
    where, values = ("TRUE", list[int]()) if lane_id is None else ("lane_id=%s", [lane_id])
    if upto is not None:
        where += (
            " AND NOT EXISTS (SELECT 1 FROM delivery_attempt own WHERE own.delivery_id=delivery_delivery.id "
            "AND own.id>%s)"
        )
        values = [*values, upto]
    repeatable = rows(
        f"SELECT id FROM delivery_delivery WHERE state='handing' AND {where} AND EXISTS (SELECT 1 FROM "
        "delivery_attempt a WHERE a.delivery_id=delivery_delivery.id AND a.ended_ms IS NULL AND a.in_place=%s)",
        [*values, True],
    )
    back_to_planned([(now_ms, now_ms, row[0]) for row in repeatable])
    left = rows(f"SELECT id, lane_id, urgency FROM delivery_delivery WHERE state='handing' AND {where}", values)
    run(
        "UPDATE delivery_delivery SET state='unknown', reason='sender_died', changed_ms=%s "
        f"WHERE state='handing' AND {where}",
        [now_ms, *values],
    )
    if upto is None:
        run(f"UPDATE delivery_delivery SET state='planned' WHERE state='claimed' AND {where}", values)
    resending = set(Lane.objects.filter(resend_flash=True).values_list("pk", flat=True))
    again = [delivery for delivery, lane, urgency in left if lane in resending and urgency <= RESEND_URGENCY]
    back_to_planned([(now_ms, now_ms, delivery) for delivery in again])
    unknown = len(left) - len(again)
    if unknown:
        log.warning("%d deliveries were under way when their sender ended; they are unknown", unknown)
    return unknown


@transaction.atomic
def never_began(hold: LaneHold, after: int, in_hand: Collection[int], now_ms: int) -> int:
    """Plan again what its holder made `handing` and has not in hand; returns how many that are.

    A commit whose answer was lost with the connection may have come to be: then its intents stand, and nobody acts on
    them. What was begun up to the attempt `after` is of earlier holders, who may.
    """
    lane_id = hold.config.id
    if lane_now(lane_id, now_ms).epoch != hold.epoch:
        return 0
    handing = rows(
        "SELECT id FROM delivery_delivery WHERE lane_id=%s AND state='handing' AND EXISTS (SELECT 1 FROM "
        "delivery_attempt a WHERE a.delivery_id=delivery_delivery.id AND a.id>%s)",
        [lane_id, after],
    )
    left = [delivery for (delivery,) in handing if delivery not in in_hand]
    run(
        "UPDATE delivery_attempt SET ended_ms=%s, outcome='never_began' "
        f"WHERE ended_ms IS NULL AND delivery_id IN ({marks(left)})",
        [now_ms, *left],
    )
    back_to_planned([(now_ms, now_ms, delivery) for delivery in left])
    return len(left)


class Inherited(NamedTuple):
    """What a lane's new holder goes on from: its epoch, the newest attempt, and what was sent lately, as
    `recent_sends` and `recent_starts` tell it."""

    epoch: int
    last_attempt: int
    sends: list[tuple[int, str, int]]
    starts: list[tuple[int, int]]


def take_over(lane_id: int, gates: Gates, now_ms: int) -> Inherited:
    """Hold the lane, with the pace that its last holder kept."""
    return Inherited(
        handout.hold(lane_id),
        last_attempt(lane_id),
        recent_sends(lane_id, now_ms - gates.burst_ms, now_ms - gates.crowd_ms),
        recent_starts(lane_id, now_ms - WINDOW_MS),
    )


def recent_sends(lane_id: int, since_ms: int, crowd_since_ms: int) -> list[tuple[int, str, int]]:
    """(recipient id, its kind, start in ms) of calls begun since, oldest first: a new holder keeps each one's pace.

    Those to groups and channels since `crowd_since_ms`.
    """
    found = rows(
        "SELECT d.recipient_id, r.kind, a.started_ms FROM delivery_attempt a "
        "JOIN delivery_delivery d ON d.id=a.delivery_id JOIN subscribers_recipient r ON r.id=d.recipient_id "
        f"WHERE a.lane_id=%s AND a.started_ms>%s AND (a.started_ms>%s OR (a.started_ms>%s "
        f"AND r.kind IN ({marks(CROWD)}))) ORDER BY a.started_ms",
        [lane_id, min(since_ms, crowd_since_ms), since_ms, crowd_since_ms, *CROWD],
    )
    return [(recipient, kind, at) for recipient, kind, at in found]


def recent_starts(lane_id: int, since_ms: int) -> list[tuple[int, int]]:
    """(calls begun, when in ms) since, oldest first: a new holder keeps the lane's pace."""
    found = rows(
        "SELECT count(*), started_ms FROM delivery_attempt WHERE lane_id=%s AND started_ms>%s "
        "GROUP BY started_ms ORDER BY started_ms",
        [lane_id, since_ms],
    )
    return [(count, at) for count, at in found]


def last_attempt(lane_id: int) -> int:
    """The id of the lane's newest attempt, 0 where it has none: a new holder's ids rise above it."""
    query = "SELECT id FROM delivery_attempt WHERE lane_id=%s ORDER BY started_ms DESC, id DESC LIMIT 1"
    found = rows(query, [lane_id])
    return int(found[0][0]) if found else 0
