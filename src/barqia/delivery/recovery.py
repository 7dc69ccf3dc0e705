"""What a start finds: calls that were under way when the last sender died."""

import logging

from django.db import transaction

from barqia.delivery.outcomes import back_to_planned
from barqia.delivery.sql import rows, run
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")
FLASH_RESEND_URGENCY = 2


@transaction.atomic
def recover(now_ms: int) -> int:
    """Count what was left `handing` as unknown, give back what was claimed; returns the unknown.

    A lane set to resend does so at urgency 1 and 2. Runs under the data folder's lock, before any worker.
    """
    unknown = run(
        "UPDATE delivery_delivery SET state='unknown', reason='sender_died', changed_ms=%s WHERE state='handing'",
        [now_ms],
    )
    run("UPDATE delivery_delivery SET state='planned' WHERE state='claimed'")
    for lane in Lane.objects.filter(resend_flash=True):
        _resend(lane, now_ms)
    if unknown:
        log.warning("%d deliveries were under way when the last sender ended; they are unknown", unknown)
    return unknown


def _resend(lane: Lane, now_ms: int) -> None:
    found = rows(
        "SELECT id FROM delivery_delivery WHERE state='unknown' AND lane_id=%s AND urgency<=%s "
        "AND reason='sender_died' AND changed_ms=%s",
        [lane.pk, FLASH_RESEND_URGENCY, now_ms],
    )
    back_to_planned([(now_ms, now_ms, row[0]) for row in found])


def recent_sends(lane_id: int, since_ms: int) -> list[tuple[int, int]]:
    """(recipient id, last start in ms) of calls begun since: a new holder keeps each recipient's pace."""
    found = rows(
        "SELECT d.recipient_id, max(a.started_ms) FROM delivery_attempt a "
        "JOIN delivery_delivery d ON d.id=a.delivery_id WHERE a.lane_id=%s AND a.started_ms>%s "
        "GROUP BY d.recipient_id",
        [lane_id, since_ms],
    )
    return [(recipient, at) for recipient, at in found]


def last_attempt(lane_id: int) -> int:
    """The id of the lane's newest attempt, 0 where it has none: a new holder's ids rise above it."""
    query = "SELECT id FROM delivery_attempt WHERE lane_id=%s ORDER BY started_ms DESC, id DESC LIMIT 1"
    found = rows(query, [lane_id])
    return int(found[0][0]) if found else 0
