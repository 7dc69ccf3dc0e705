"""Planning: a release becomes deliveries, in slices, each a transaction with its cursor.

`start` writes a release's mailing, and in the same transaction stops every unsent delivery of older
revisions. `plan_slice` plans one slice of the most urgent unfinished mailing: on one lane, first those who
were sent an older revision, then new matches. What a slice adds is one chunk.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import transaction

from barqia.delivery import handout
from barqia.delivery.clock import month_of
from barqia.delivery.doubt import leave_in_doubt
from barqia.delivery.lane import lane_kind
from barqia.delivery.models import Chunk, Delivery, Held, Mailing, Mode, Plan, SourceKind
from barqia.delivery.planning import audience, digest
from barqia.delivery.planning.audience import Page
from barqia.delivery.planning.earlier import earlier_texts, with_words
from barqia.delivery.planning.interests import interests_met
from barqia.delivery.planning.priority import DIGEST, FLASH_URGENCY, priority_of
from barqia.delivery.sql import marks, run
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Newsroom, Release, Verb

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK = 1000
FIRST_SLICE, LEAST_SLICE = 250, 125
MOST_PAGES = 16
HOUR_MS = 3600 * 1000
ENDING_LIFE_MS = 7 * 24 * HOUR_MS

NEW, FOLLOW = Plan.Purpose.NEW, Plan.Purpose.FOLLOW


def start(now_ms: int) -> int:
    """Begin the mailing of every release that has none, in order. Returns how many."""
    waiting = Release.objects.order_by("pk").values_list("pk", flat=True)
    begun = Mailing.objects.order_by("-release_id").values_list("release_id", flat=True).first() or 0
    # a release's id may be committed after a larger one's, so the newest few are looked at again
    recent = set(Mailing.objects.filter(release_id__gt=begun - 100).values_list("release_id", flat=True))
    fresh = [release for release in waiting.filter(pk__gt=begun - 100) if release not in recent]
    for release in fresh:
        _start_one(release, now_ms)
    return len(fresh)


@transaction.atomic
def _start_one(release_id: int, now_ms: int) -> None:
    release = Release.objects.select_for_update().get(pk=release_id)
    if Mailing.objects.filter(pk=release_id).exists():
        return
    supersedes = release.verb != Verb.TEST
    if supersedes:
        _supersede(release.dispatch_id, release.pk, now_ms)
    purposes = _purposes(release)
    mailing = Mailing.objects.create(
        release_id=release.pk,
        dispatch_id=release.dispatch_id,
        month=month_of(now_ms),
        priority=priority_of(release),
        supersedes=supersedes,
        state=Mailing.State.PLANNING if purposes else Mailing.State.PLANNED,
        planned_ms=None if purposes else now_ms,
        matches=interests_met(release) if NEW in purposes and supersedes else [],
        started_ms=now_ms,
    )
    active = list(Lane.objects.filter(active=True).values_list("pk", flat=True))
    lanes = {NEW: active, FOLLOW: sorted({*active, *audience.lanes_that_sent(release.dispatch_id)})}
    Plan.objects.bulk_create(
        Plan(release_id=mailing.pk, lane_id=lane, purpose=purpose) for purpose in purposes for lane in lanes[purpose]
    )


def _purposes(release: Release) -> tuple[Plan.Purpose, ...]:
    """A correction, and a text that is published again, go to those who have other words, then to new matches."""
    if release.verb in {Verb.KILL, Verb.TAKEDOWN}:
        return (FOLLOW,)
    if release.verb == Verb.UNPUBLISH:
        return ()
    if release.verb == Verb.TEST or not earlier_texts(release.dispatch_id, release.pk).exists():
        return (NEW,)
    return (FOLLOW, NEW)


def _same_words(release: Release) -> list[int]:
    """The earlier releases that carried the very words of this one; none for a kill, which carries no words."""
    if release.verb in {Verb.KILL, Verb.TAKEDOWN}:
        return []
    return with_words(earlier_texts(release.dispatch_id, release.pk), release.revision)


def _supersede(dispatch_id: UUID, release_id: int, now_ms: int) -> None:
    """Stop what of older revisions has not started: rows, and plans that would make more of them."""
    handout.let_groups_end(audience.lanes_that_sent(dispatch_id))
    older = Mailing.objects.filter(dispatch_id=dispatch_id, release_id__lt=release_id)
    list(older.select_for_update(no_key=True).order_by("release_id"))
    unsent = "dispatch_id=%s AND source_id<%s AND state IN ('planned','claimed')"
    leave_in_doubt(unsent, [audience.stored_uuid(dispatch_id), release_id], now_ms)
    Delivery.objects.filter(dispatch_id=dispatch_id, source_id__lt=release_id, state__in=["planned", "claimed"]).update(
        state="skipped", reason="superseded", changed_ms=now_ms
    )
    planning = older.filter(state=Mailing.State.PLANNING)
    Plan.objects.filter(release_id__in=planning.values("release_id")).update(done=True)
    planning.update(state=Mailing.State.SUPERSEDED, planned_ms=now_ms)


@dataclass
class Slices:
    """How large a slice may be to stay within its time: halved when one took too long, doubled when it was short.

    A slice is `pages` of `size` recipients; it is the pages that grow once a page is a whole chunk. The writer may be
    held for 50 ms: half of that leaves room for a slow disk.
    """

    target_ms: int = 25
    size: int = FIRST_SLICE
    pages: int = 1

    def took(self, elapsed_ms: float) -> None:
        short = elapsed_ms < self.target_ms / 3
        if elapsed_ms > self.target_ms and self.pages == 1:
            self.size = max(LEAST_SLICE, self.size // 2)
        elif elapsed_ms > self.target_ms:
            self.pages //= 2
        elif short and self.size < CHUNK:
            self.size = min(CHUNK, self.size * 2)
        elif short:
            self.pages = min(MOST_PAGES, self.pages * 2)


@transaction.atomic
def plan_slice(size: int, now_ms: int, pages: int = 1) -> int | None:
    """Plan one slice. Returns the lane to wake, 0 when the slice added nothing, None when all is planned."""
    # held: who cancels, pauses or overtakes it meanwhile finds what this slice adds
    planning = Mailing.objects.select_for_update(no_key=True).filter(state=Mailing.State.PLANNING)
    mailing = planning.order_by("priority", "release_id").first()
    if mailing is None:
        return None
    plan = Plan.objects.filter(release_id=mailing.pk, done=False).order_by("purpose", "cursor", "lane_id").first()
    if plan is None:
        mailing.state, mailing.planned_ms = Mailing.State.PLANNED, now_ms
        mailing.save(update_fields=["state", "planned_ms"])
        return 0
    release = Release.objects.get(pk=mailing.pk)
    earlier = earlier_texts(release.dispatch_id, release.pk).exists()
    slice_of = _Slice(release, mailing, plan, earlier, min(size, CHUNK), now_ms)
    added = 0
    for _ in range(pages):
        added += slice_of.add_page()
        if plan.done:
            break
    plan.save(update_fields=["cursor", "done"])
    return plan.lane_id if added else 0


class _Slice:
    """Pages of one plan, each a chunk."""

    def __init__(
        self, release: Release, mailing: Mailing, plan: Plan, earlier_texts: bool, size: int, now_ms: int
    ) -> None:
        self._release, self._mailing, self._plan, self._size = release, mailing, plan, size
        self._earlier_texts = earlier_texts
        lane = Lane.objects.get(pk=plan.lane_id)
        self._state = ("planned", "") if lane.active else ("skipped", "lane_off")
        self._paused = mailing.paused or Held.objects.filter(release_id=mailing.pk, lane_id=lane.pk).exists()
        self._expires_ms = now_ms + life_ms(release)
        self._digest_ms = _digest_ms(lane, now_ms) if plan.purpose == NEW and release.verb != Verb.TEST else 0
        self._now_ms = now_ms

    def add_page(self) -> int:
        """How many deliveries it added; the plan's cursor moves on, and at the end of the audience it is done."""
        plan = self._plan
        page = Page(plan.lane_id, plan.cursor, self._release.high_water, self._size)
        looked_at, wanted = self._audience(page)
        plan.cursor = looked_at[-1] if looked_at else plan.cursor
        plan.done = len(looked_at) < page.limit
        return self._add(wanted) if wanted else 0

    def _audience(self, page: Page) -> tuple[list[int], list[int]]:
        """The recipients looked at in this page, and those of them who get a delivery where they may be sent to."""
        release = self._release
        if release.verb == Verb.TEST:
            own = audience.own_phones(page)
            return own, own
        if self._plan.purpose == FOLLOW:
            sent = audience.were_sent(release.dispatch_id, release.pk, page)
            have_it = audience.have_words(release.dispatch_id, _same_words(release), sent)
            return sent, [recipient for recipient in sent if recipient not in have_it]
        matching = audience.matching([row[0] for row in self._mailing.matches], page)
        if not self._earlier_texts:
            return matching, matching
        stopped = audience.were_superseded(release.dispatch_id, release.pk, page)
        looked_at = sorted({*matching, *stopped})[: page.limit]
        sent_already = audience.already_sent(release.dispatch_id, release.pk, looked_at)
        return looked_at, [recipient for recipient in looked_at if recipient not in sent_already]

    def _add(self, recipients: list[int]) -> int:
        """Those who asked for a digest have a chunk of their own, which waits for it behind all other news."""
        if self._plan.purpose == FOLLOW:
            return self._add_chunk(recipients, _Going(Mode.FOLLOW, "", self._mailing.priority, 0, self._expires_ms))
        at_once = "AND r.status='active'" + (" AND NOT r.digest" if self._digest_ms else "")
        added = self._add_chunk(recipients, _Going(Mode.NEW, at_once, self._mailing.priority, 0, self._expires_ms))
        if self._digest_ms:
            asked, until_ms = "AND r.status='active' AND r.digest", self._digest_ms + digest.LIFE_MS
            added += self._add_chunk(recipients, _Going(Mode.DIGEST, asked, DIGEST, self._digest_ms, until_ms))
        return added

    def _add_chunk(self, recipients: list[int], going: "_Going") -> int:
        """One statement for all of them; what is new goes to the active only, tested where it is written."""
        chunk = Chunk.objects.create(
            lane_id=self._plan.lane_id,
            month=self._mailing.month,
            source_kind=SourceKind.RELEASE,
            source_id=self._mailing.pk,
            priority=going.priority,
            not_before_ms=going.not_before_ms,
            paused=self._paused,
        )
        added = run(
            "INSERT INTO delivery_delivery (lane_id, month, source_kind, source_id, dispatch_id, recipient_id, "
            "chunk_id, mode, urgency, state, reason, attempts, parts_out, parts_total, sent_twice, not_before_ms, "
            "expires_ms, changed_ms) SELECT %s,%s,%s,%s,CAST(%s AS " + audience.uuid_type() + "),r.id,%s,%s,%s,%s,%s,"
            f"0,0,0,%s,%s,%s,%s FROM subscribers_recipient r WHERE r.id IN ({marks(recipients)}) "
            f"{going.condition} ORDER BY r.id ON CONFLICT DO NOTHING",
            [
                self._plan.lane_id, self._mailing.month, SourceKind.RELEASE, self._mailing.pk,
                audience.stored_uuid(self._mailing.dispatch_id), chunk.pk, going.mode,
                self._release.urgency, *self._state, False, going.not_before_ms, going.expires_ms, self._now_ms,
                *recipients,
            ],
        )  # fmt: skip
        if not added:
            chunk.delete()
        return added


class _Going(NamedTuple):
    """How the deliveries of a chunk go: which of its recipients r (`condition`, in SQL), when, and until when."""

    mode: Mode
    condition: str
    priority: int
    not_before_ms: int
    expires_ms: int


def _digest_ms(lane: Lane, now_ms: int) -> int:
    """When the digest goes that new matches of this moment belong to; 0 where nobody on the lane asked for one."""
    at = lane_kind(lane.kind).terms(lane.settings).digest_at
    if at is None or not Recipient.objects.filter(lane=lane, digest=True).exists():
        return 0
    zone = Newsroom.objects.values_list("zone", flat=True).first() or "UTC"
    return digest.next_ms(at, zone, now_ms + digest.CUT_OFF_MS)


def life_ms(release: Release) -> int:
    """How long this release is worth sending: a day, a flash two hours (as set), a kill a week."""
    if release.verb in {Verb.KILL, Verb.TAKEDOWN}:
        return ENDING_LIFE_MS
    newsroom = Newsroom.objects.first() or Newsroom()
    flash = release.urgency == FLASH_URGENCY
    return (newsroom.flash_life_hours if flash else newsroom.life_hours) * HOUR_MS


def cancel(release_id: int, now_ms: int) -> int:
    """Stop a mailing for good, begun or not; what was not sent is skipped (cancelled). Returns how many that are."""
    start(now_ms)
    with transaction.atomic():
        Mailing.objects.filter(release_id=release_id, state=Mailing.State.PLANNING).update(planned_ms=now_ms)
        Mailing.objects.filter(release_id=release_id).update(state=Mailing.State.CANCELLED)
        Plan.objects.filter(release_id=release_id).update(done=True)
        unsent, values = (
            "source_kind=%s AND source_id=%s AND state IN ('planned','claimed')",
            [SourceKind.RELEASE, release_id],
        )
        leave_in_doubt(unsent, values, now_ms)
        return run(
            f"UPDATE delivery_delivery SET state='skipped', reason='cancelled', changed_ms=%s WHERE {unsent}",
            [now_ms, *values],
        )


def pause(release_id: int, paused: bool) -> None:
    """Hold a mailing's chunks, done ones too, for one may open again; or let them go on, also what the wire held."""
    Mailing.objects.filter(release_id=release_id).update(paused=paused)
    if not paused:
        Held.objects.filter(release_id=release_id).delete()
    Chunk.objects.filter(source_kind=SourceKind.RELEASE, source_id=release_id).update(paused=paused)


def hold(release_id: int, lane_id: int, why: str) -> bool:
    """Hold one lane's part of a mailing, in the caller's transaction. False where it is held already."""
    # a slice that is adding to it ends first
    Mailing.objects.select_for_update(no_key=True).get(pk=release_id)
    _held, made = Held.objects.get_or_create(release_id=release_id, lane_id=lane_id, defaults={"why": why})
    if made:
        _chunks_on(release_id, lane_id).update(paused=True)
    return made


def let_go(release_id: int, lane_id: int) -> None:
    """The lane's part goes on, unless an editor holds the mailing."""
    mailing = Mailing.objects.select_for_update(no_key=True).get(pk=release_id)
    Held.objects.filter(release_id=release_id, lane_id=lane_id).delete()
    _chunks_on(release_id, lane_id).update(paused=mailing.paused)


def _chunks_on(release_id: int, lane_id: int) -> "QuerySet[Chunk]":
    return Chunk.objects.filter(source_kind=SourceKind.RELEASE, source_id=release_id, lane_id=lane_id)
