"""What a verb is about to do: its audience, who is left out and why, and how long it will take."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from barqia.delivery.clock import now_ms as clock_now
from barqia.delivery.counted import People, Windows, new_to_it, own_phones, were_sent
from barqia.delivery.lane import Quota, lane_kind
from barqia.delivery.reach import free_at_ms, room_of
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

    `excluded` are (reason, how many), not in the audience: unsubscribed, blocked, window_closed, no_service,
    no_marketing, lane_off.
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
        count = sum(people.count for people in were_sent(dispatch, lane, Windows(None, 0)))
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
    terms, windows = kind.terms(lane.settings), Windows(kind.window_ms, rooms.now_ms)
    sent = were_sent(dispatch, lane, windows) if verb in FOLLOWING else []
    fresh = own_phones(lane, windows) if verb == Verb.TEST else new_to_it(dispatch, lane, interests, windows)
    in_place = sum(people.count for people in sent if kind.edits_in_place and people.status != "blocked")
    reached, excluded = _reached(lane, fresh if kind.edits_in_place else [*sent, *fresh])
    if kind.edits_in_place:
        excluded["blocked"] += sum(people.count for people in sent if people.status == "blocked")
    new = sum(people.count for people in reached)
    beyond, until_ms = 0, 0
    if terms.quota:
        first = sum(people.count for people in reached if people.first)
        beyond, until_ms = rooms.beyond(terms.quota, first)
    return LanePreview(
        lane_name=lane.name,
        title=lane.title,
        kind=lane.kind,
        in_place=in_place,
        new=new,
        excluded=tuple(sorted((reason, count) for reason, count in excluded.items() if count)),
        seconds=(in_place + new) / max(lane.rate, 0.001),
        waits=bool(lane.alert or lane.paused),
        beyond=beyond,
        beyond_until_ms=until_ms,
        stars=round(terms.stars * new, 1),
    )


def _reached(lane: Lane, people: Sequence[People]) -> tuple[list[People], Counter[str]]:
    """Of these: who gets a new message; and how many do not, by reason."""
    tariff = lane_kind(lane.kind).tariff(lane.settings)
    unserved, unopened = (tariff.unserved, tariff.unopened) if tariff else ({}, {})
    opens = bool(lane.settings.get("template"))
    reached, excluded = [], Counter[str]()
    for group in people:
        why = "" if group.status == "active" else group.status
        why = why or unserved.get(group.country, "")
        if group.closed:
            why = why or unopened.get(group.country, "") or ("" if opens else "window_closed")
        if why:
            excluded[why] += group.count
        else:
            reached.append(group)
    return reached, excluded
