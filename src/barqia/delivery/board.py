"""The account of every mailing, and an editor's hand on it: pause, cancel, settle what is unknown."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction

from barqia.delivery import plan
from barqia.delivery.clock import now_ms
from barqia.delivery.models import Chunk, Delivery, DeliveryState, Mailing, SourceKind
from barqia.delivery.outcomes import back_to_planned
from barqia.delivery.sql import rows, run
from barqia.delivery.states import OPEN
from barqia.staff.models import User
from barqia.subscribers.models import Lane
from barqia.wire.models import Release, audit

RATE_WINDOW_MS = 10_000
HELD_AFTER_MS = 15 * 60 * 1000

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class LaneAccount:
    """One lane's share of a mailing. `rate` is messages a second over the last ten seconds."""

    lane_id: int
    lane_name: str
    title: str
    counts: Counts
    reasons: dict[tuple[str, str], int]
    rate: float
    pace: float
    paused: bool
    alert: str

    @property
    def audience(self) -> int:
        return sum(self.counts.values())

    @property
    def to_go(self) -> int:
        return sum(self.counts[state] for state in OPEN)


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
    def seconds_left(self) -> float | None:
        """By each lane's own pace, the slowest counts; None while a lane with work stands still."""
        left = [lane for lane in self.lanes if lane.to_go]
        if self.paused or any(lane.paused or lane.alert for lane in left):
            return None
        return max((lane.to_go / max(lane.pace, 0.001) for lane in left), default=0.0)


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
    mailing = Mailing.objects.filter(pk=release_id).first()
    counts: dict[int, Counts] = defaultdict(lambda: dict.fromkeys(DeliveryState.values, 0))
    reasons: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    recent: dict[int, int] = defaultdict(int)
    since = now_ms() - RATE_WINDOW_MS
    query = (
        "SELECT lane_id, state, reason, count(*), sum(CASE WHEN changed_ms>%s AND state IN "
        "('handed','delivered','read') THEN 1 ELSE 0 END) FROM delivery_delivery "
        "WHERE source_kind=%s AND source_id=%s GROUP BY lane_id, state, reason"
    )
    for lane, state, reason, count, lately in rows(query, [since, SourceKind.RELEASE, release_id]):
        counts[lane][state] += count
        recent[lane] += lately
        if reason:
            reasons[lane][state, reason] = count
    lanes = Lane.objects.filter(pk__in=list(counts))
    return Account(
        lanes=tuple(
            LaneAccount(
                lane_id=lane.pk,
                lane_name=lane.name,
                title=lane.title,
                counts=counts[lane.pk],
                reasons=reasons[lane.pk],
                rate=recent[lane.pk] * 1000 / RATE_WINDOW_MS,
                pace=lane.rate,
                paused=lane.paused,
                alert=lane.alert,
            )
            for lane in lanes
        ),
        planned=mailing is not None and mailing.state != Mailing.State.PLANNING,
        paused=mailing is not None and mailing.paused,
        cancelled=mailing is not None and mailing.state == Mailing.State.CANCELLED,
        superseded=mailing is not None and mailing.state == Mailing.State.SUPERSEDED,
        recipients=_recipients(release_id),
    )


def _recipients(release_id: int) -> int:
    query = "SELECT count(DISTINCT recipient_id) FROM delivery_delivery WHERE source_kind=%s AND source_id=%s"
    return int(rows(query, [SourceKind.RELEASE, release_id])[0][0])


def mailings(limit: int = 50) -> list[MailingRow]:
    """The newest releases with their accounts."""
    releases = Release.objects.select_related("dispatch", "revision", "author").order_by("-pk")[:limit]
    return [MailingRow(release, account(release.pk)) for release in releases]


@transaction.atomic
def pause(actor: User | None, release_id: int, paused: bool) -> None:
    """Hold a mailing where it is, or let it go on; calls under way end first."""
    Mailing.objects.filter(pk=release_id).update(paused=paused)
    Chunk.objects.filter(source_kind=SourceKind.RELEASE, source_id=release_id, done=False).update(paused=paused)
    _audit(actor, "pause" if paused else "resume", release_id)


@transaction.atomic
def cancel(actor: User | None, release_id: int) -> int:
    """End a mailing; what was not sent is skipped (cancelled). Returns how many that are."""
    skipped = plan.cancel(release_id, now_ms())
    _audit(actor, "cancel", release_id, skipped=skipped)
    return skipped


@transaction.atomic
def pause_lane(actor: User | None, lane_id: int, paused: bool) -> None:
    """Hold a lane, or let it go on; going on also takes back the alert that stopped it."""
    if paused:
        Lane.objects.filter(pk=lane_id).update(paused=True)
    else:
        Lane.objects.filter(pk=lane_id).update(paused=False, alert="", paused_until_ms=0)
    audit(actor, "pause_lane" if paused else "resume_lane", lane=lane_id)


def unknown(release_id: int) -> list[UnknownRow]:
    """The deliveries of a release that may or may not have gone out, oldest first."""
    found = Delivery.objects.filter(
        source_kind=SourceKind.RELEASE, source_id=release_id, state=DeliveryState.UNKNOWN
    ).order_by("changed_ms")
    names = dict(Lane.objects.values_list("pk", "name"))
    held_before = now_ms() - HELD_AFTER_MS
    return [
        UnknownRow(row.pk, names[row.lane_id], row.changed_ms, row.changed_ms <= held_before, row.reason)
        for row in found
    ]


@transaction.atomic
def settle(actor: User | None, release_id: int, resend: bool) -> int:
    """Decide the unknown of a release: send again (some may get it twice), or count them as failed.

    Returns how many were decided.
    """
    now = now_ms()
    ids = [row.delivery_id for row in unknown(release_id)]
    if resend:
        back_to_planned([(now, now, delivery) for delivery in ids])
    else:
        run(
            "UPDATE delivery_delivery SET state='failed', reason='unresolved', changed_ms=%s "
            "WHERE source_kind=%s AND source_id=%s AND state='unknown'",
            [now, SourceKind.RELEASE, release_id],
        )
    _audit(actor, "settle", release_id, resend=resend, deliveries=len(ids))
    return len(ids)


def _audit(actor: User | None, verb: str, release_id: int, **detail: object) -> None:
    release = Release.objects.select_related("dispatch").get(pk=release_id)
    audit(actor, verb, release.dispatch, release=release_id, **detail)
