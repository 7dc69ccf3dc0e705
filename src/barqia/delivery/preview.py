"""What a verb is about to do: its audience, who is left out and why, and how long it will take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from barqia.delivery.audience import stored_uuid
from barqia.delivery.clock import now_ms as clock_now
from barqia.delivery.lane import Quota, lane_kind
from barqia.delivery.reach import DAY_MS, free_at_ms, room_of
from barqia.delivery.sql import Row, marks, rows
from barqia.delivery.states import PERHAPS_SENT
from barqia.matching import Interest as Standing
from barqia.matching import match
from barqia.reading import Reading, read
from barqia.subscribers.models import Interest, Lane
from barqia.wire.corrections import review
from barqia.wire.models import Dispatch, Draft, Verb

FOLLOWING = frozenset({Verb.CORRECT, Verb.KILL, Verb.TAKEDOWN})


@dataclass(frozen=True, slots=True)
class LanePreview:
    """One lane's share. `audience` is `in_place` (edited or deleted where it is) and `new` messages.

    `excluded` are (reason, how many), not in the audience: unsubscribed, blocked, window_closed, lane_off.
    `seconds` is how long the lane's pace takes for its audience; `waits` when it stands still until a person
    lets it go on. `beyond` of the audience are above the people the lane may write to first in 24 hours: they
    wait until `beyond_until_ms`, when there is room again, or longer. `stars` is what its new messages cost.
    """

    lane_name: str
    title: str
    kind: str
    in_place: int
    new: int
    excluded: tuple[tuple[str, int], ...]
    seconds: float
    waits: bool = False
    beyond: int = 0
    beyond_until_ms: int = 0
    stars: float = 0.0

    @property
    def audience(self) -> int:
        return self.in_place + self.new


@dataclass(frozen=True, slots=True)
class Preview:
    lanes: tuple[LanePreview, ...]

    @property
    def audience(self) -> int:
        return sum(lane.audience for lane in self.lanes)

    @property
    def waiting(self) -> int:
        """How many of the audience wait for a lane that stands still."""
        return sum(lane.audience for lane in self.lanes if lane.waits)

    @property
    def beyond(self) -> int:
        """How many of the audience have to wait for room in a quota."""
        return sum(lane.beyond for lane in self.lanes)

    @property
    def beyond_until_ms(self) -> int:
        return min((lane.beyond_until_ms for lane in self.lanes if lane.beyond), default=0)

    @property
    def stars(self) -> float:
        return sum(lane.stars for lane in self.lanes)

    @property
    def seconds(self) -> float:
        """The lanes work side by side: as long as the slowest that works."""
        return max((lane.seconds for lane in self.lanes if not lane.waits), default=0.0)


def preview(
    dispatch: Dispatch, verb: str, now_ms: int | None = None, text: str | None = None, sections: Sequence[str] = ()
) -> Preview:
    """What `verb` would do now, counted in the database; a reader who acts meanwhile changes it.

    With `text` and `sections` as they would be; else with the item's own.
    """
    now = clock_now() if now_ms is None else now_ms
    if verb == Verb.UNPUBLISH:
        return Preview(())
    matched = verb not in {Verb.KILL, Verb.TAKEDOWN, Verb.TEST}
    interests = _interests(dispatch, text, sections) if matched else []
    rooms = _Rooms(now)
    lanes = [_lane(dispatch, verb, lane, interests, rooms) for lane in Lane.objects.filter(active=True)]
    return Preview((*lanes, *_switched_off(dispatch, verb)))


def _switched_off(dispatch: Dispatch, verb: str) -> Iterator[LanePreview]:
    """Lanes that are off, where there are copies that this verb cannot follow."""
    for lane in Lane.objects.filter(active=False) if verb in FOLLOWING else ():
        count = sum(row[2] for row in _sent(dispatch, lane, "0"))
        if count:
            yield LanePreview(lane.name, lane.title, lane.kind, 0, 0, (("lane_off", count),), 0.0)


def _interests(dispatch: Dispatch, text: str | None, sections: Sequence[str]) -> list[int]:
    keys = {(row.kind, row.key): row.pk for row in Interest.objects.all()}
    if text is None:
        text, reading = _own(dispatch)
        sections = list(dispatch.sections.values_list("slug", flat=True))
    else:
        reading = review(read(text), text, dispatch.reading_corrections.all()).reading
    found = match(reading, text, sections, [Standing(kind, key) for kind, key in keys])
    return [keys[m.interest.kind, m.interest.key] for m in found]


def _own(dispatch: Dispatch) -> tuple[str, Reading]:
    """The item's text as it would go out, with its reading as an editor set it right."""
    copy = Draft.objects.filter(dispatch=dispatch).first() or dispatch.current
    return (copy.text, copy.review().reading) if copy else ("", read(""))


class _Rooms:
    """What is left of each portfolio's quota now; the lanes that share it are asked one after the other."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._left: dict[str, int] = {}

    def beyond(self, quota: Quota, people: int) -> tuple[int, int]:
        """Of so many people to be written to first: (how many there is no room for, when there is again)."""
        left = self._left.get(quota.portfolio, room_of(quota, self.now_ms))
        self._left[quota.portfolio] = max(0, left - people)
        return (people - left, free_at_ms(quota, self.now_ms)) if people > left else (0, 0)


def _lane(dispatch: Dispatch, verb: str, lane: Lane, interests: list[int], rooms: _Rooms) -> LanePreview:
    kind = lane_kind(lane.kind)
    window, terms = kind.window_ms, kind.terms(lane.settings)
    closed_before = rooms.now_ms - window if window else 0
    template = bool(lane.settings.get("template"))
    closed = _closed(closed_before) if window and not template else "0"
    sent = _sent(dispatch, lane, closed) if verb in FOLLOWING else []
    fresh = _fresh(dispatch, verb, lane, interests, closed)
    reachable = [row for row in fresh if row[0] == "active" and not row[1]]
    new = sum(row[2] for row in reachable)
    in_place, follow_new, excluded = _following(sent, edits_in_place=kind.edits_in_place)
    for status, closed, count in fresh:
        if status != "active":
            excluded[status] = excluded.get(status, 0) + count
        elif closed:
            excluded["window_closed"] = excluded.get("window_closed", 0) + count
    beyond, until_ms = 0, 0
    if terms.quota and template:
        first = _first(lane, closed_before, rooms.now_ms)
        found = _fresh(dispatch, verb, lane, interests, first)
        found += _sent(dispatch, lane, first) if verb in FOLLOWING else []
        people = sum(count for status, is_first, count in found if is_first and status == "active")
        beyond, until_ms = rooms.beyond(terms.quota, people)
    return LanePreview(
        lane_name=lane.name,
        title=lane.title,
        kind=lane.kind,
        in_place=in_place,
        new=follow_new + new,
        excluded=tuple(sorted((reason, count) for reason, count in excluded.items() if count)),
        seconds=(in_place + follow_new + new) / max(lane.rate, 0.001),
        waits=bool(lane.alert or lane.paused),
        beyond=beyond,
        beyond_until_ms=until_ms,
        stars=round(terms.stars * (follow_new + new), 1),
    )


def _following(sent: list[Row], *, edits_in_place: bool) -> tuple[int, int, dict[str, int]]:
    """Of those who were sent it: (in place, by a new message, left out). `sent` rows: status, closed, n."""
    in_place = new = 0
    excluded: dict[str, int] = {}
    for status, closed, count in sent:
        if edits_in_place and status != "blocked":
            in_place += count
        elif status != "active":
            excluded[status] = excluded.get(status, 0) + count
        elif closed:
            excluded["window_closed"] = excluded.get("window_closed", 0) + count
        else:
            new += count
    return in_place, new, excluded


def _sent(dispatch: Dispatch, lane: Lane, closed: str) -> list[Row]:
    return rows(
        f"SELECT status, closed, count(*) FROM (SELECT DISTINCT r.id, r.status AS status, {closed} "
        "AS closed FROM delivery_delivery d JOIN subscribers_recipient r ON r.id=d.recipient_id "
        "WHERE d.dispatch_id=%s AND d.lane_id=%s "
        f"AND (d.parts_out>0 OR d.state IN ({marks(PERHAPS_SENT)}))) AS s GROUP BY status, closed",
        [stored_uuid(dispatch.pk), lane.pk, *PERHAPS_SENT],
    )


def _fresh(dispatch: Dispatch, verb: str, lane: Lane, interests: list[int], closed: str) -> list[Row]:
    """(status, `closed`, count) of those a new message is for: own phones, or matching readers."""
    if verb == Verb.TEST:
        return rows(
            f"SELECT r.status, {closed} AS closed, count(*) FROM subscribers_recipient r "
            "WHERE r.own AND r.lane_id=%s GROUP BY r.status, closed",
            [lane.pk],
        )
    if not interests:
        return []
    unsent = (
        "AND NOT EXISTS (SELECT 1 FROM delivery_delivery d JOIN wire_release rel ON rel.id=d.source_id "
        "WHERE d.dispatch_id=%s AND d.recipient_id=r.id AND rel.verb<>'test' "
        f"AND (d.parts_out>0 OR d.state IN ({marks(PERHAPS_SENT)})))"
    )
    return rows(
        f"SELECT r.status, {closed} AS closed, count(*) FROM subscribers_recipient r "
        "WHERE r.id IN (SELECT recipient_id FROM subscribers_subscription "
        f"WHERE interest_id IN ({marks(interests)}) AND lane_id=%s) {unsent} GROUP BY r.status, closed",
        [*interests, lane.pk, stored_uuid(dispatch.pk), *PERHAPS_SENT],
    )


def _closed(closed_before: int) -> str:
    """SQL for "this recipient's window is closed"; the number is ours, so it may stand in the text."""
    return f"CASE WHEN coalesce(r.last_inbound_ms, 0) < {int(closed_before)} THEN 1 ELSE 0 END"


def _first(lane: Lane, closed_before: int, now_ms: int) -> str:
    """SQL for "this recipient's window is closed, and nothing has counted it today": the quota will."""
    reached = f"SELECT recipient_id FROM delivery_reached WHERE lane_id={lane.pk} AND at_ms>{int(now_ms) - DAY_MS}"
    return (
        f"CASE WHEN coalesce(r.last_inbound_ms, 0) < {int(closed_before)} AND r.id NOT IN ({reached}) THEN 1 ELSE 0 END"
    )
