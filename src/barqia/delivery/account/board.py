"""The account of every mailing, and an editor's hand on it: pause, cancel, give up what is unknown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from barqia.delivery.account.progress import HeldUp, Where, held_parts, held_up, last_waits, rates
from barqia.delivery.clock import now_ms
from barqia.delivery.doubt import leave_in_doubt
from barqia.delivery.handout import let_groups_end
from barqia.delivery.models import Delivery, DeliveryState, Mailing, SourceKind
from barqia.delivery.planning import plan
from barqia.delivery.planning.audience import lanes_that_sent
from barqia.delivery.sending.ending import back_to_planned
from barqia.delivery.sql import marks, rows, run, run_many
from barqia.delivery.states import OPEN
from barqia.staff.models import User
from barqia.subscribers.models import Lane
from barqia.wire.models import Release, audit

if TYPE_CHECKING:
    from django.db.models import QuerySet

HELD_AFTER_MS = 15 * 60 * 1000
SOON_SECONDS = 30.0

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class LaneAccount:
    """One lane's share of a mailing.

    `rate` is deliveries a second over the last minute, `wait` how many seconds it is held up before it goes on,
    `last_wait` before the last one that was put off is due. `held` is why the wire holds this part of the mailing.
    """

    lane_id: int
    lane_name: str
    title: str
    counts: Counts
    reasons: dict[tuple[str, str], int]
    rate: float
    pace: float
    paused: bool
    alert: str
    held_up: HeldUp
    wait: float
    last_wait: float
    held: str = ""

    @property
    def audience(self) -> int:
        return sum(self.counts.values())

    @property
    def to_go(self) -> int:
        return sum(self.counts[state] for state in OPEN)

    @property
    def seconds_left(self) -> float | None:
        """By the lane's pace, or by what it did of late where that is less, and no sooner than the last is due; None
        while nobody knows when it goes on."""
        if not self.to_go:
            return 0.0
        if self.held_up.why and not self.held_up.until_ms:
            return None
        pace = min(self.pace, self.rate) if self.rate and not self.held_up.why else self.pace
        return max(self.wait + self.to_go / max(pace, 0.001), self.last_wait)


@dataclass(frozen=True, slots=True)
class Account:
    """Every recipient of a release in exactly one state. `planned` when its audience is complete."""

    lanes: tuple[LaneAccount, ...]
    planned: bool
    paused: bool
    cancelled: bool
    superseded: bool
    recipients: int

    @property
    def counts(self) -> Counts:
        return {state: sum(lane.counts[state] for lane in self.lanes) for state in DeliveryState.values}

    @property
    def reasons(self) -> dict[tuple[str, str], int]:
        total: dict[tuple[str, str], int] = defaultdict(int)
        for lane in self.lanes:
            for key, count in lane.reasons.items():
                total[key] += count
        return dict(total)

    @property
    def audience(self) -> int:
        return self.recipients

    @property
    def adds_up(self) -> bool:
        """Whether the states' sum is the number of distinct recipients."""
        return sum(self.counts.values()) == self.recipients

    @property
    def rate(self) -> float:
        return sum(lane.rate for lane in self.lanes)

    @property
    def finished(self) -> bool:
        return self.planned and not any(lane.to_go for lane in self.lanes)

    @property
    def held(self) -> bool:
        """Whether the wire holds any lane's part of it."""
        return any(lane.held for lane in self.lanes)

    @property
    def stands_still(self) -> bool:
        """Whether what is left waits for a person: the mailing is paused, or all its lanes with work are."""
        left = [lane for lane in self.lanes if lane.to_go]
        waits = bool(left) and all(lane.paused or lane.alert or lane.held for lane in left)
        return not self.finished and (self.paused or waits)

    @property
    def put_off(self) -> bool:
        """Whether all that is left goes later than soon: in a digest, or as its provider asks."""
        left = [lane for lane in self.lanes if lane.to_go]
        return (
            self.planned
            and bool(left)
            and all(lane.held_up.why in {"waiting", "digest"} and lane.wait > SOON_SECONDS for lane in left)
        )

    @property
    def seconds_left(self) -> float | None:
        """Of the slowest lane; None while a lane with work stands still."""
        left = [lane.seconds_left for lane in self.lanes if lane.to_go]
        known = [seconds for seconds in left if seconds is not None]
        return None if self.paused or len(known) < len(left) else max(known, default=0.0)

    @property
    def held_up_lanes(self) -> list[LaneAccount]:
        return [lane for lane in self.lanes if lane.to_go and lane.held_up.why]


@dataclass(frozen=True, slots=True)
class MailingRow:
    release: Release
    account: Account


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A delivery nobody can vouch for. `held` once it has waited long enough for an editor to decide."""

    delivery_id: int
    lane_name: str
    since_ms: int
    held: bool
    reason: str


def account(release_id: int) -> Account:
    """The account of one release as it stands now; empty before its mailing has begun."""
    return accounts([release_id])[release_id]


def accounts(release_ids: Sequence[int], *, counted: bool = True) -> dict[int, Account]:
    """The same of several, in as many queries as for one.

    `counted` counts each recipient once more, to prove the sum: half of the work of a large mailing.
    """
    if not release_ids:
        return {}
    now = now_ms()
    tallies = _tallies(release_ids)
    lanes = {lane.pk: lane for lane in Lane.objects.all()}
    left = [release for release, found in tallies.items() if any(tally.to_go for tally in found.values())]
    parts = held_parts(left)
    going = _Going(rates(left, [*lanes], now), held_up(left, lanes, parts, now), last_waits(left, now), parts, now)
    recipients = _recipients(release_ids) if counted else {}
    mailings = Mailing.objects.in_bulk(release_ids)
    return {
        release: _account(
            mailings.get(release),
            [tally.of(lanes[lane], (release, lane), going) for lane, tally in sorted(tallies[release].items())],
            recipients.get(release, 0) if counted else None,
        )
        for release in release_ids
    }


def _tallies(release_ids: Sequence[int]) -> dict[int, dict[int, "_Tally"]]:
    """The states are counted in their index alone; only what has a reason is read."""
    tallies: dict[int, dict[int, _Tally]] = defaultdict(lambda: defaultdict(_Tally))
    of = f"FROM delivery_delivery WHERE source_kind=%s AND source_id IN ({marks(release_ids)})"
    values = [SourceKind.RELEASE, *release_ids]
    query = f"SELECT source_id, lane_id, state, count(*) {of} GROUP BY source_id, lane_id, state"
    for release, lane, state, count in rows(query, values):
        tallies[release][lane].counts[state] = count
    lanes = sorted({lane for found in tallies.values() for lane in found})
    query = (
        f"SELECT source_id, lane_id, state, reason, count(*) {of} AND lane_id IN ({marks(lanes)}) "
        "AND state IN ('failed','skipped','unknown') AND reason<>'' GROUP BY source_id, lane_id, state, reason"
    )
    for release, lane, state, reason, count in rows(query, [*values, *lanes]):
        tallies[release][lane].reasons[state, reason] = count
    return tallies


def _recipients(release_ids: Sequence[int]) -> dict[int, int]:
    query = (
        "SELECT source_id, count(DISTINCT recipient_id) FROM delivery_delivery "
        f"WHERE source_kind=%s AND source_id IN ({marks(release_ids)}) GROUP BY source_id"
    )
    return dict(rows(query, [SourceKind.RELEASE, *release_ids]))


@dataclass(frozen=True, slots=True)
class _Going:
    """How fast what is left goes at `now_ms`, what holds it up, how long its last one waits; by release and lane."""

    rates: dict[Where, float]
    held_up: dict[Where, HeldUp]
    last_waits: dict[Where, float]
    held_parts: dict[Where, str]
    now_ms: int


@dataclass(slots=True)
class _Tally:
    """One lane's counts of one release, as they are summed up."""

    counts: Counts = field(default_factory=lambda: dict.fromkeys(DeliveryState.values, 0))
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def to_go(self) -> int:
        return sum(self.counts[state] for state in OPEN)

    def of(self, lane: Lane, where: Where, going: "_Going") -> LaneAccount:
        held = going.held_up.get(where, HeldUp())
        return LaneAccount(
            lane_id=lane.pk,
            lane_name=lane.name,
            title=lane.title,
            counts=self.counts,
            reasons=self.reasons,
            rate=going.rates.get(where, 0.0),
            pace=lane.rate,
            paused=lane.paused,
            alert=lane.alert,
            held_up=held,
            wait=max(0, held.until_ms - going.now_ms) / 1000,
            last_wait=going.last_waits.get(where, 0.0),
            held=going.held_parts.get(where, ""),
        )


def _account(mailing: Mailing | None, lanes: Sequence[LaneAccount], recipients: int | None) -> Account:
    return Account(
        lanes=tuple(lanes),
        planned=mailing is not None and mailing.state != Mailing.State.PLANNING,
        paused=mailing is not None and mailing.paused,
        cancelled=mailing is not None and mailing.state == Mailing.State.CANCELLED,
        superseded=mailing is not None and mailing.state == Mailing.State.SUPERSEDED,
        recipients=sum(lane.audience for lane in lanes) if recipients is None else recipients,
    )


def mailings(limit: int = 50) -> list[MailingRow]:
    """The newest releases with their accounts, their recipients not counted once more."""
    releases = list(Release.objects.select_related("dispatch", "revision", "author").order_by("-pk")[:limit])
    found = accounts([release.pk for release in releases], counted=False)
    return [MailingRow(release, found[release.pk]) for release in releases]


@transaction.atomic
def pause(actor: User | None, release_id: int, paused: bool) -> None:
    """Hold a mailing where it is, begun or not, or let it go on; calls under way end first."""
    _let_groups_end(release_id)
    plan.start(now_ms())
    plan.pause(release_id, paused)
    _audit(actor, "pause" if paused else "resume", release_id)


@transaction.atomic
def cancel(actor: User | None, release_id: int) -> int:
    """End a mailing; what was not sent is skipped (cancelled). Returns how many that are."""
    _let_groups_end(release_id)
    skipped = plan.cancel(release_id, now_ms())
    _audit(actor, "cancel", release_id, skipped=skipped)
    return skipped


def _let_groups_end(release_id: int) -> None:
    """What the lanes of the item are just committing is done before an editor's hand is on it."""
    let_groups_end(lanes_that_sent(Release.objects.get(pk=release_id).dispatch_id))


@transaction.atomic
def pause_lane(actor: User | None, lane_id: int, paused: bool) -> None:
    """Hold a lane, or let it go on; going on also takes back the alert that stopped it."""
    if paused:
        Lane.objects.filter(pk=lane_id).update(paused=True)
    else:
        Lane.objects.filter(pk=lane_id).update(paused=False, alert="", paused_until_ms=0)
    audit(actor, "pause_lane" if paused else "resume_lane", lane=lane_id)


@transaction.atomic
def lane_off(actor: User | None, lane_id: int) -> int:
    """Switch a lane off; what waits on it is skipped. Returns how many that are."""
    Lane.objects.filter(pk=lane_id).update(active=False)
    unsent, now = "lane_id=%s AND state IN ('planned','claimed')", now_ms()
    leave_in_doubt(unsent, [lane_id], now)
    skipped = run(
        f"UPDATE delivery_delivery SET state='skipped', reason='lane_off', changed_ms=%s WHERE {unsent}",
        [now, lane_id],
    )
    audit(actor, "lane_off", lane=lane_id, skipped=skipped)
    return skipped


@transaction.atomic
def lane_on(actor: User | None, lane_id: int) -> None:
    Lane.objects.filter(pk=lane_id).update(active=True)
    audit(actor, "lane_on", lane=lane_id)


def unknown(release_id: int) -> list[UnknownRow]:
    """The deliveries of a release that may or may not have gone out, oldest first."""
    return _unknown(Delivery.objects.filter(source_kind=SourceKind.RELEASE, source_id=release_id))


def unknown_answers() -> list[UnknownRow]:
    """The answers to readers' words that may or may not have gone out, oldest first."""
    return _unknown(Delivery.objects.filter(source_kind=SourceKind.ANSWER))


def _unknown(deliveries: "QuerySet[Delivery]") -> list[UnknownRow]:
    names = dict(Lane.objects.values_list("pk", "name"))
    held_before = now_ms() - HELD_AFTER_MS
    return [
        UnknownRow(row.pk, names[row.lane_id], row.changed_ms, row.changed_ms <= held_before, row.reason)
        for row in deliveries.filter(state=DeliveryState.UNKNOWN).order_by("changed_ms")
    ]


@transaction.atomic
def give_up(actor: User | None, release_id: int) -> int:
    """Count the unknown of a release as failed. Returns how many they were; `resend` sends them again."""
    ids = [row.delivery_id for row in unknown(release_id)]
    _settle(ids, resend=False)
    _audit(actor, "settle", release_id, resend=False, deliveries=len(ids))
    return len(ids)


@transaction.atomic
def settle_answers(actor: User | None, resend: bool) -> int:
    """Decide the unknown answers: send again (some may get it twice), or count them as failed. Returns how many."""
    ids = [row.delivery_id for row in unknown_answers()]
    _settle(ids, resend)
    audit(actor, "settle", resend=resend, answers=len(ids))
    return len(ids)


def _settle(ids: list[int], resend: bool) -> None:
    now = now_ms()
    if resend:
        back_to_planned([(now, now, delivery) for delivery in ids])
    else:
        run_many(
            "UPDATE delivery_delivery SET state='failed', reason='unresolved', changed_ms=%s "
            "WHERE id=%s AND state='unknown'",
            [(now, delivery) for delivery in ids],
        )


def _audit(actor: User | None, verb: str, release_id: int, **detail: object) -> None:
    release = Release.objects.select_related("dispatch").get(pk=release_id)
    audit(actor, verb, release.dispatch, release=release_id, **detail)
