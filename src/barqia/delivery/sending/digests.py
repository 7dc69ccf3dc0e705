"""A day's digest: one call for all that waits for one recipient.

The delivery that is taken first carries the others: they become `handing` with it, each with an attempt of its own, and
come to what its call comes to. So every item of a digest is accounted for by itself, and what follows one of them later
finds the message that it was in.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time

from barqia.delivery.lane import LaneConfig, lane_kind
from barqia.delivery.models import Attempt, Delivery, Mode
from barqia.delivery.planning import digest
from barqia.delivery.sending.queued import FIELDS, Queued
from barqia.delivery.sql import marks, rows, run
from barqia.delivery.states import PERHAPS_SENT

# so many items in one message; the others wait for the next day's
MOST = 200
OF_RECIPIENTS = "d.mode='digest' AND d.lane_id=%s AND d.not_before_ms>%s AND d.recipient_id IN"


@dataclass(frozen=True, slots=True)
class Day:
    """What waits for one recipient: `others` beside the delivery that was taken, `releases` of all of them.

    With `later_ms` they had their digest of today, and this waits for the next.
    """

    others: tuple[Queued, ...] = ()
    releases: tuple[int, ...] = ()
    later_ms: int = 0


def days_of(lane: LaneConfig, source_id: int, waiting: Sequence[Queued], now_ms: int) -> dict[int, Day]:
    """By recipient, of those of these deliveries that go in a digest; they are of one release, `source_id`."""
    recipients = [one.recipient_id for one in waiting if one.mode == Mode.DIGEST]
    if not recipients:
        return {}
    # nothing is planned for a digest where the lane has none
    at = lane_kind(lane.kind).terms(lane.settings).digest_at or time()
    last_ms, next_ms = digest.last_ms(at, lane.zone, now_ms), digest.next_ms(at, lane.zone, now_ms)
    had = _had_one(lane.id, recipients, last_ms)
    others = _others(lane.id, [one.id for one in waiting], recipients, (now_ms, next_ms))
    return {
        recipient: _day(source_id, others[recipient], next_ms if recipient in had else 0) for recipient in recipients
    }


def _day(source_id: int, others: Sequence[tuple[int, Queued]], later_ms: int) -> Day:
    """The newest of them where there are too many."""
    kept = sorted(others, key=lambda one: -one[0])[: MOST - 1]
    return Day(tuple(one for _release, one in kept), (source_id, *(release for release, _one in kept)), later_ms)


def _had_one(lane_id: int, recipients: Sequence[int], since_ms: int) -> set[int]:
    """Those to whom a digest went, or may have gone, since."""
    found = rows(
        f"SELECT DISTINCT d.recipient_id FROM delivery_delivery d WHERE {OF_RECIPIENTS} ({marks(recipients)}) "
        f"AND d.state IN ({marks(PERHAPS_SENT)}) AND EXISTS (SELECT 1 FROM delivery_attempt a "
        "WHERE a.delivery_id=d.id AND a.started_ms>=%s)",
        [lane_id, since_ms - digest.LIFE_MS, *recipients, *PERHAPS_SENT, since_ms],
    )
    return {recipient for (recipient,) in found}


def _others(
    lane_id: int, taken: Collection[int], recipients: Sequence[int], between: tuple[int, int]
) -> dict[int, list[tuple[int, Queued]]]:
    """By recipient (release, delivery) of what else waits for the digest of now, or was put off from it."""
    now_ms, next_ms = between
    found = rows(
        f"SELECT d.source_id, {FIELDS} FROM delivery_delivery d JOIN subscribers_recipient r ON r.id=d.recipient_id "
        f"JOIN delivery_chunk c ON c.id=d.chunk_id WHERE {OF_RECIPIENTS} ({marks(recipients)}) AND d.not_before_ms<%s "
        "AND d.state IN ('planned','claimed') AND d.expires_ms>%s AND NOT c.paused ORDER BY d.id",
        [lane_id, now_ms - digest.LIFE_MS, *recipients, next_ms, now_ms],
    )
    by_recipient: dict[int, list[tuple[int, Queued]]] = defaultdict(list)
    for release, *fields in found:
        one = Queued._make(fields)
        if one.id not in taken:
            by_recipient[one.recipient_id].append((release, one))
    return by_recipient


def sent_with(delivery: Delivery, attempt: Attempt | None) -> list[int]:
    """The other deliveries for which the same call was made."""
    if delivery.mode != Mode.DIGEST or attempt is None:
        return []
    found = rows(
        f"SELECT d.id FROM delivery_delivery d WHERE {OF_RECIPIENTS} (%s) AND d.not_before_ms<%s AND d.id<>%s "
        "AND EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id=d.id AND a.started_ms=%s)",
        [
            delivery.lane_id,
            delivery.not_before_ms - digest.LIFE_MS,
            delivery.recipient_id,
            delivery.not_before_ms + digest.LIFE_MS,
            delivery.pk,
            attempt.started_ms,
        ],
    )
    return [other for (other,) in found]


def claim(deliveries: Sequence[int]) -> None:
    """What is carried along is taken like what carries it. Nothing else takes it meanwhile: the lane is held."""
    if deliveries:
        run(
            f"UPDATE delivery_delivery SET state='claimed' WHERE id IN ({marks(deliveries)}) AND state='planned'",
            deliveries,
        )
