"""Whom a verb would reach on one lane, counted in the database: by status, window and country."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from barqia.delivery.pacing.reach import DAY_MS
from barqia.delivery.planning.audience import stored_uuid
from barqia.delivery.sql import marks, rows
from barqia.delivery.states import PERHAPS_SENT
from barqia.subscribers.models import Lane
from barqia.wire.models import Dispatch, Verb


@dataclass(frozen=True, slots=True)
class People:
    """So many recipients who are alike. `closed` outside their window, `first` not written to first today either."""

    status: str
    closed: bool
    first: bool
    country: str
    count: int


class Windows(NamedTuple):
    """Which windows are closed at `now_ms`: older than `window_ms`; none is where the lane has no window."""

    window_ms: int | None
    now_ms: int

    def columns(self, lane_id: int) -> str:
        """SQL for `closed` and `first` of a recipient r; the numbers are ours, so they may stand in the text."""
        if self.window_ms is None:
            return "0 AS closed, 0 AS first"
        closed = f"coalesce(r.last_inbound_ms, 0) < {int(self.now_ms - self.window_ms)}"
        today = f"lane_id={int(lane_id)} AND at_ms>{int(self.now_ms) - DAY_MS}"
        reached = f"r.id IN (SELECT recipient_id FROM delivery_reached WHERE {today})"
        return (
            f"CASE WHEN {closed} THEN 1 ELSE 0 END AS closed, "
            f"CASE WHEN {closed} AND NOT {reached} THEN 1 ELSE 0 END AS first"
        )


def were_sent(dispatch: Dispatch, lane: Lane, windows: Windows) -> list[People]:
    """Those on whose phone the item is, or may be."""
    return _people(
        f"SELECT status, closed, first, country, count(*) FROM (SELECT DISTINCT r.id, r.status AS status, "
        f"{windows.columns(lane.pk)}, r.country AS country "
        "FROM delivery_delivery d JOIN subscribers_recipient r ON r.id=d.recipient_id "
        "WHERE d.dispatch_id=%s AND d.lane_id=%s "
        f"AND (d.parts_out>0 OR d.state IN ({marks(PERHAPS_SENT)}))) AS s GROUP BY status, closed, first, country",
        [stored_uuid(dispatch.pk), lane.pk, *PERHAPS_SENT],
    )


def own_phones(lane: Lane, windows: Windows) -> list[People]:
    """The newsroom's own phones, for a test send."""
    return _people(
        f"SELECT r.status, {windows.columns(lane.pk)}, r.country, count(*) FROM subscribers_recipient r "
        "WHERE r.own AND r.lane_id=%s GROUP BY r.status, closed, first, r.country",
        [lane.pk],
    )


def new_to_it(dispatch: Dispatch, lane: Lane, interests: Sequence[int], windows: Windows) -> list[People]:
    """Readers who asked for any of these interests and do not have the item yet."""
    if not interests:
        return []
    sent_before, values = "", []
    if rows("SELECT 1 FROM delivery_delivery WHERE dispatch_id=%s LIMIT 1", [stored_uuid(dispatch.pk)]):
        sent_before = (
            "AND NOT EXISTS (SELECT 1 FROM delivery_delivery d JOIN wire_release rel ON rel.id=d.source_id "
            f"WHERE d.dispatch_id=%s AND d.recipient_id=r.id AND rel.verb<>'{Verb.TEST.value}' "
            f"AND (d.parts_out>0 OR d.state IN ({marks(PERHAPS_SENT)})))"
        )
        values = [stored_uuid(dispatch.pk), *PERHAPS_SENT]
    return _people(
        f"SELECT r.status, {windows.columns(lane.pk)}, r.country, count(*) FROM subscribers_recipient r "
        "WHERE r.id IN (SELECT recipient_id FROM subscribers_subscription "
        f"WHERE interest_id IN ({marks(interests)}) AND lane_id=%s) {sent_before} "
        "GROUP BY r.status, closed, first, r.country",
        [*interests, lane.pk, *values],
    )


def _people(query: str, values: Sequence[object]) -> list[People]:
    found = rows(query, values)
    return [
        People(status, bool(closed), bool(first), country, count) for status, closed, first, country, count in found
    ]
