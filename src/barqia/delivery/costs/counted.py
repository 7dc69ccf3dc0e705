"""Whom a verb would reach on one lane, counted in the database: by status, window and country."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from barqia.delivery.models import SourceKind
from barqia.delivery.pacing.reach import DAY_MS
from barqia.delivery.planning.audience import stored_uuid
from barqia.delivery.planning.earlier import earlier_texts
from barqia.delivery.sql import marks, rows
from barqia.delivery.states import PERHAPS_SENT
from barqia.subscribers.models import Lane
from barqia.wire.models import Dispatch

OF_ITEM = "d.dispatch_id=%s AND d.lane_id=%s"
OUT = f"(d.parts_out>0 OR d.state IN ({marks(PERHAPS_SENT)}))"
WAITS = "d.state IN ('planned','claimed','skipped') AND (d.state<>'skipped' OR d.reason='superseded')"


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

    def sums(self, lane_id: int) -> str:
        """SQL for how many recipients r are `closed`, and `first`; the numbers are ours, so they may stand in it."""
        if self.window_ms is None:
            return "0, 0"
        closed = f"coalesce(r.last_inbound_ms, 0) < {int(self.now_ms - self.window_ms)}"
        today = f"lane_id={int(lane_id)} AND at_ms>{int(self.now_ms) - DAY_MS}"
        reached = f"r.id IN (SELECT recipient_id FROM delivery_reached WHERE {today})"
        return f"sum(CASE WHEN {closed} THEN 1 ELSE 0 END), sum(CASE WHEN {closed} AND NOT {reached} THEN 1 ELSE 0 END)"


class Recipients(NamedTuple):
    """A condition in SQL on recipients r, and its values."""

    condition: str
    values: Sequence[object]


def counted(lane: Lane, windows: Windows, who: Recipients) -> list[People]:
    """These recipients of the lane, by status and country: one pass over the index that holds all that is counted."""
    found = rows(
        f"SELECT r.status, r.country, count(*), {windows.sums(lane.pk)} FROM subscribers_recipient r "
        f"WHERE r.lane_id=%s AND {who.condition} GROUP BY r.country, r.status",
        [lane.pk, *who.values],
    )
    alike = [
        People(status, closed, first, country, count)
        for status, country, everybody, outside, to_open in found
        for closed, first, count in (
            (False, False, everybody - outside), (True, False, outside - to_open), (True, True, to_open),
        )
    ]  # fmt: skip
    return [people for people in alike if people.count]


def in_digest(lane: Lane, who: Recipients) -> int:
    """How many of these get the lane's daily digest: few are looked at, those who asked for one."""
    found = rows(
        "SELECT count(*) FROM subscribers_recipient r WHERE r.lane_id=%s AND r.digest AND r.status='active' "
        f"AND {who.condition}",
        [lane.pk, *who.values],
    )
    return int(found[0][0])


def own_phones() -> Recipients:
    """The newsroom's own phones, for a test send."""
    return Recipients("r.own", [])


def were_sent(dispatch: Dispatch, lane: Lane, same_words: Sequence[int] = ()) -> Recipients:
    """Those on whose phone the item is, or may be, less those whose newest copy is of the releases `same_words`."""
    item = [stored_uuid(dispatch.pk), lane.pk]
    # with the plus SQLite looks nobody up by id: it reads the index through once, which is three times as quick
    sent = f"+r.id IN (SELECT recipient_id FROM delivery_delivery d WHERE {OF_ITEM} AND {OUT})"
    if not same_words:
        return Recipients(sent, [*item, *PERHAPS_SENT])
    newest = (
        "SELECT max(source_id) FROM delivery_delivery n WHERE n.dispatch_id=%s AND n.recipient_id=d.recipient_id "
        f"AND (n.parts_out>0 OR n.state IN ({marks(PERHAPS_SENT)}))"
    )
    have = (
        f"SELECT recipient_id FROM delivery_delivery d WHERE {OF_ITEM} AND d.source_id IN ({marks(same_words)}) "
        f"AND d.state IN ({marks(PERHAPS_SENT)}) AND d.source_id=({newest})"
    )
    return Recipients(
        f"{sent} AND +r.id NOT IN ({have})",
        [*item, *PERHAPS_SENT, *item, *same_words, *PERHAPS_SENT, item[0], *PERHAPS_SENT],
    )


def new_to_it(dispatch: Dispatch, lane: Lane, interests: Sequence[int]) -> Recipients:
    """Readers who asked for any of these interests and do not have the item yet; and those whose copy was stopped, or
    would be, before it went."""
    item = [stored_uuid(dispatch.pk), lane.pk]
    asked = (
        f"SELECT recipient_id FROM subscribers_subscription WHERE interest_id IN ({marks(interests)}) AND lane_id=%s"
    )
    texts = list(earlier_texts(dispatch.pk).values_list("pk", flat=True))
    if not texts:
        return Recipients(f"+r.id IN ({asked})", [*interests, lane.pk])
    stopped = f"d.source_kind=%s AND d.source_id IN ({marks(texts)}) AND d.lane_id=%s AND {WAITS}"
    sent = f"{OF_ITEM} AND d.source_id IN ({marks(texts)}) AND {OUT}"
    return Recipients(
        f"+r.id IN ({asked} UNION ALL SELECT recipient_id FROM delivery_delivery d WHERE {stopped}) "
        f"AND +r.id NOT IN (SELECT recipient_id FROM delivery_delivery d WHERE {sent})",
        [*interests, lane.pk, SourceKind.RELEASE, *texts, lane.pk, *item, *texts, *PERHAPS_SENT],
    )
