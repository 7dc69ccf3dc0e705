"""What a verb is about to do: its audience, who is left out and why, and how long it will take."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from barqia.delivery.clock import now_ms as clock_now
from barqia.delivery.costs.counted import People, Windows, counted, in_digest, new_to_it, own_phones, were_sent
from barqia.delivery.costs.forecast import Bulk, Forecast, forecast, messages_of
from barqia.delivery.lane import Quota, lane_kind
from barqia.delivery.pacing.reach import free_at_ms, room_of
from barqia.delivery.planning.earlier import earlier_texts, with_words
from barqia.delivery.planning.unserved import others_for, reason_for
from barqia.delivery.stories import ACTS, story_as_if
from barqia.matching import Interest as Standing
from barqia.matching import match
from barqia.rendering.story import Act, Story
from barqia.subscribers.models import Interest, Lane
from barqia.wire.models import Dispatch, Draft, Revision, Verb

FOLLOWING = frozenset({Verb.CORRECT, Verb.KILL, Verb.TAKEDOWN})


@dataclass(frozen=True, slots=True)
class LanePreview:
    """One lane's share. `audience` is `in_place` (edited or deleted where it is) and `new` messages.

    `excluded` are (reason, how many), not in the audience: unsubscribed, blocked, window_closed, no_service,
    no_marketing, lane_off.
    `seconds` is how long the lane's pace takes for its audience; `waits` when it stands still until a person
    lets it go on. `beyond` of the audience are above the people the lane may write to first in 24 hours: they
    wait until `beyond_until_ms`, when there is room again, or longer. `stars` is what its new messages cost, `forecast`
    what they cost where they are billed by country. `digest` of the new ones wait for the day's digest, `digest_at` as
    18:00 in the newsroom's zone. `others` are the titles of the lanes that reach those whom this
    one's provider does not serve where they are.
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
    forecast: Forecast | None = None
    others: tuple[str, ...] = ()
    digest: int = 0
    digest_at: str = ""

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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verb would be done with: the words of `copy`, these sections, the editor's note; where one is not given,
    the item's own."""

    copy: Draft | Revision | None = None
    sections: Sequence[str] = ()
    note: str = ""


def preview(dispatch: Dispatch, verb: str, now_ms: int | None = None, asked: Asked | None = None) -> Preview:
    """What `verb` would do now, counted in the database; a reader who acts meanwhile changes it."""
    now = clock_now() if now_ms is None else now_ms
    planned = _plan(dispatch, verb, asked or Asked())
    if planned is None:
        return Preview(())
    rooms = _Rooms(now)
    lanes = [_lane(planned, lane, rooms) for lane in Lane.objects.filter(active=True)]
    return Preview((*lanes, *_switched_off(dispatch, verb)))


def shape(dispatch: Dispatch, verb: str, asked: Asked, now_ms: int) -> str:
    """What of these words decides the account of a verb, whoever comes or goes meanwhile: their sections, the interests
    they meet, the messages they take."""
    planned = _plan(dispatch, verb, asked)
    if planned is None:
        return ""
    sections = sorted(asked.sections or dispatch.sections.values_list("slug", flat=True))
    billed = [lane for lane in Lane.objects.filter(active=True) if lane_kind(lane.kind).tariff(lane.settings)]
    messages = [
        messages_of(lane, planned.story, act, closed, now_ms)
        for lane in billed
        for act in (planned.act, Act.SEND)
        for closed in (False, True)
    ]
    return " ".join([*sections, *map(str, sorted(planned.interests)), "·", *map(str, messages)])


@dataclass(frozen=True, slots=True)
class _Planned:
    """The verb, what it would send, and who asked for that; `follows` who has the item, save in the `same_words`."""

    dispatch: Dispatch
    verb: str
    story: Story
    interests: list[int]
    follows: bool
    same_words: list[int]

    @property
    def act(self) -> Act:
        """What the verb is to those who have the item: of what is published again a correction."""
        return ACTS.get(Verb(self.verb), Act.CORRECT)


def _plan(dispatch: Dispatch, verb: str, asked: Asked) -> _Planned | None:
    words = asked.copy or Draft.objects.filter(dispatch=dispatch).first() or dispatch.current
    if verb == Verb.UNPUBLISH or words is None:
        return None
    sections = asked.sections or list(dispatch.sections.values_list("slug", flat=True))
    texts = earlier_texts(dispatch.pk)
    # what the item will be corrected to is not known where no words are given
    compared = verb == Verb.PUBLISH or (verb == Verb.CORRECT and asked.copy is not None)
    return _Planned(
        dispatch=dispatch,
        verb=verb,
        story=story_as_if(words, verb, asked.note),
        interests=[] if verb in {Verb.KILL, Verb.TAKEDOWN, Verb.TEST} else _interests(words, sections),
        follows=verb in FOLLOWING or (verb == Verb.PUBLISH and texts.exists()),
        same_words=with_words(texts, words) if compared else [],
    )


def _switched_off(dispatch: Dispatch, verb: str) -> Iterator[LanePreview]:
    """Lanes that are off, where there are copies that this verb cannot follow."""
    for lane in Lane.objects.filter(active=False) if verb in FOLLOWING else ():
        count = sum(people.count for people in counted(lane, Windows(None, 0), were_sent(dispatch, lane)))
        if count:
            yield LanePreview(lane.name, lane.title, lane.kind, 0, 0, (("lane_off", count),), 0.0)


def _interests(words: Draft | Revision, sections: Sequence[str]) -> list[int]:
    """Those met by these words, with their reading as an editor set it right."""
    keys = {(row.kind, row.key): row.pk for row in Interest.objects.all()}
    found = match(words.review().reading, words.text, sections, [Standing(kind, key) for kind, key in keys])
    return [keys[m.interest.kind, m.interest.key] for m in found]


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


def _lane(planned: _Planned, lane: Lane, rooms: _Rooms) -> LanePreview:
    kind = lane_kind(lane.kind)
    terms, windows = kind.terms(lane.settings), Windows(kind.window_ms, rooms.now_ms)
    sent, fresh = _people(planned, lane, windows)
    in_place = sum(people.count for people in sent if kind.edits_in_place and people.status != "blocked")
    follow, excluded = _reached(lane, [] if kind.edits_in_place else sent)
    if kind.edits_in_place:
        excluded["blocked"] += sum(people.count for people in sent if people.status == "blocked")
    reached, not_reached = _reached(lane, fresh)
    excluded += not_reached
    new = sum(people.count for people in (*follow, *reached))
    beyond, until_ms = 0, 0
    if terms.quota:
        first = sum(people.count for people in (*follow, *reached) if people.first)
        beyond, until_ms = rooms.beyond(terms.quota, first)
    digest = _in_digest(planned, lane) if terms.digest_at else 0
    return LanePreview(
        lane_name=lane.name,
        title=lane.title,
        kind=lane.kind,
        in_place=in_place,
        new=new,
        excluded=tuple(sorted((reason, count) for reason, count in excluded.items() if count)),
        seconds=(in_place + new - digest) / max(lane.rate, 0.001),
        waits=bool(lane.alert or lane.paused),
        beyond=beyond,
        beyond_until_ms=until_ms,
        stars=round(terms.stars * new, 1),
        forecast=forecast(
            lane,
            planned.story,
            [Bulk(planned.act, follow), Bulk(Act.SEND, reached)],
            rooms.now_ms,
        ),
        others=_others(lane, (*sent, *fresh)),
        digest=digest,
        digest_at=f"{terms.digest_at:%H:%M}" if digest else "",
    )


def _people(planned: _Planned, lane: Lane, windows: Windows) -> tuple[list[People], list[People]]:
    """(who has the item and is followed, who is new to it)"""
    dispatch = planned.dispatch
    if planned.verb == Verb.TEST:
        return [], counted(lane, windows, own_phones())
    sent = counted(lane, windows, were_sent(dispatch, lane, planned.same_words)) if planned.follows else []
    if planned.verb in {Verb.KILL, Verb.TAKEDOWN}:
        return sent, []
    return sent, counted(lane, windows, new_to_it(dispatch, lane, planned.interests))


def _in_digest(planned: _Planned, lane: Lane) -> int:
    if planned.verb in {Verb.TEST, Verb.KILL, Verb.TAKEDOWN}:
        return 0
    return in_digest(lane, new_to_it(planned.dispatch, lane, planned.interests))


def _others(lane: Lane, people: Iterable[People]) -> tuple[str, ...]:
    countries = {group.country for group in people if group.status == "active" and reason_for(lane, group.country)}
    titles = [{other.title for other in others_for(lane, country)} for country in countries]
    return tuple(sorted(set.intersection(*titles))) if titles else ()


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
