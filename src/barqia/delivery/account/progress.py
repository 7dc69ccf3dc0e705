"""How fast mailings go, and what the lanes they wait for are held up by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from barqia.delivery.models import Held, SourceKind
from barqia.delivery.planning.priority import DIGEST
from barqia.delivery.pulses import living
from barqia.delivery.sql import marks, rows
from barqia.subscribers.models import Lane

RATE_WINDOW_MS = 60_000
# a pause of the pace itself is no standstill
SHORT_MS = 2_000

Where = tuple[int, int]


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Why nothing goes, as a slug, and until when in ms, 0 where nobody knows; both empty while it goes.

    held (this part of the mailing), stopped (the lane's alert), paused, lane_off, no_sender, throttled, waiting,
    digest, or the lane's trouble.
    """

    why: str = ""
    until_ms: int = 0


def rates(releases: Sequence[int], lanes: Sequence[int], now_ms: int) -> dict[Where, float]:
    """By release and lane: deliveries a second over the last minute, or since the first call in it."""
    if not releases or not lanes:
        return {}
    query = (
        "SELECT d.source_id, a.lane_id, count(*), min(a.started_ms) FROM delivery_attempt a JOIN delivery_delivery d "
        f"ON d.id=a.delivery_id WHERE a.lane_id IN ({marks(lanes)}) AND a.started_ms>%s AND a.outcome='accepted' "
        f"AND a.part>=d.parts_total-1 AND d.source_kind=%s AND d.source_id IN ({marks(releases)}) "
        "GROUP BY d.source_id, a.lane_id"
    )
    found = rows(query, [*lanes, now_ms - RATE_WINDOW_MS, SourceKind.RELEASE, *releases])
    return {(release, lane): count * 1000 / max(1000, now_ms - first) for release, lane, count, first in found}


def last_waits(releases: Sequence[int], now_ms: int) -> dict[Where, float]:
    """By release and lane: in how many seconds the last is due of those that were put off, or are tried again.

    Only chunks that wait are looked into: what is merely planned is not read one by one. A chunk in which others are
    still sent waits for nothing yet.
    """
    query = (
        "SELECT c.source_id, c.lane_id, max(d.not_before_ms) FROM delivery_chunk c JOIN delivery_delivery d "
        f"ON d.chunk_id=c.id AND d.state='planned' WHERE c.source_kind=%s AND c.source_id IN ({marks(releases)}) "
        "AND NOT c.done AND c.not_before_ms>0 GROUP BY c.source_id, c.lane_id"
    )
    found = rows(query, [SourceKind.RELEASE, *releases])
    return {(release, lane): max(0, last_ms - now_ms) / 1000 for release, lane, last_ms in found}


def held_parts(releases: Sequence[int]) -> dict[Where, str]:
    """Why the wire holds these releases' parts, by release and lane."""
    found = Held.objects.filter(release_id__in=releases)
    return {(release, lane): why for release, lane, why in found.values_list("release_id", "lane_id", "why")}


def held_up(
    releases: Sequence[int], lanes: Mapping[int, Lane], parts: Mapping[Where, str], now_ms: int
) -> dict[Where, HeldUp]:
    """What holds up these releases on the lanes where chunks of them are left; `parts` the wire itself holds."""
    query = (
        f"SELECT source_id, lane_id, min(not_before_ms), min(priority) FROM delivery_chunk WHERE source_kind=%s "
        f"AND source_id IN ({marks(releases)}) AND NOT done GROUP BY source_id, lane_id"
    )
    sent_on = {lane for pulse in living(now_ms) for lane in pulse.lanes}
    return {
        (release, lane): HeldUp("held")
        if (release, lane) in parts
        else _held_up(
            lanes[lane], lane in sent_on, HeldUp("digest" if first == DIGEST else "waiting", first_ms), now_ms
        )
        for release, lane, first_ms, first in rows(query, [SourceKind.RELEASE, *releases])
    }


def _held_up(lane: Lane, sent_on: bool, until: HeldUp, now_ms: int) -> HeldUp:
    """`until` when the first of what is left is due, where nothing else holds it up."""
    if lane.alert:
        return HeldUp("stopped")
    if lane.paused or not lane.active:
        return HeldUp("paused" if lane.paused else "lane_off")
    if not sent_on:
        return HeldUp("no_sender")
    if lane.trouble:
        return HeldUp(lane.trouble)
    if lane.paused_until_ms > now_ms + SHORT_MS:
        return HeldUp("throttled", lane.paused_until_ms)
    return until if until.until_ms > now_ms + SHORT_MS else HeldUp()
