"""Planning: a release becomes deliveries, in slices, each a transaction with its cursor.

`start` writes a release's mailing, and in the same transaction stops every unsent delivery of older
revisions. `plan_slice` plans one slice of the most urgent unfinished mailing: on one lane, first those who
were sent an older revision, then new matches. What a slice adds is one chunk.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from barqia.delivery import audience, handout
from barqia.delivery.audience import Page
from barqia.delivery.clock import month_of
from barqia.delivery.interests import interests_met
from barqia.delivery.models import Chunk, Delivery, Mailing, Plan, SourceKind
from barqia.delivery.priority import FLASH_URGENCY, priority_of
from barqia.delivery.sql import run, run_many
from barqia.subscribers.models import Lane
from barqia.wire.models import Newsroom, Release, Verb

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK = 1000
FIRST_SLICE = 250
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
    if release.verb == Verb.TEST or not _earlier_texts(release).exists():
        return (NEW,)
    return (FOLLOW, NEW)


def _earlier_texts(release: Release) -> "QuerySet[Release]":
    return Release.objects.filter(
        dispatch_id=release.dispatch_id, pk__lt=release.pk, verb__in=[Verb.PUBLISH, Verb.CORRECT]
    )


def _same_words(release: Release) -> list[int]:
    """The earlier releases that carried the very words of this one; none for a kill, which carries no words."""
    if release.verb in {Verb.KILL, Verb.TAKEDOWN}:
        return []
    words = release.revision
    same = _earlier_texts(release).filter(
        revision__headline=words.headline, revision__text=words.text, revision__byline=words.byline
    )
    return list(same.values_list("pk", flat=True))


def _supersede(dispatch_id: UUID, release_id: int, now_ms: int) -> None:
    """Stop what of older revisions has not started: rows, and plans that would make more of them."""
    handout.let_groups_end(audience.lanes_that_sent(dispatch_id))
    older = Mailing.objects.filter(dispatch_id=dispatch_id, release_id__lt=release_id)
    list(older.select_for_update(no_key=True).order_by("release_id"))
    Delivery.objects.filter(dispatch_id=dispatch_id, source_id__lt=release_id, state__in=["planned", "claimed"]).update(
        state="skipped", reason="superseded", changed_ms=now_ms
    )
    planning = older.filter(state=Mailing.State.PLANNING)
    Plan.objects.filter(release_id__in=planning.values("release_id")).update(done=True)
    planning.update(state=Mailing.State.SUPERSEDED, planned_ms=now_ms)


@dataclass
class Slices:
    """How large a slice may be to stay within its time: halved when one took too long, else doubled."""

    target_ms: int = 50
    size: int = FIRST_SLICE

    def took(self, elapsed_ms: float) -> None:
        if elapsed_ms > self.target_ms:
            self.size = max(50, self.size // 2)
        elif elapsed_ms < self.target_ms / 3:
            self.size = min(CHUNK, self.size * 2)


@transaction.atomic
def plan_slice(size: int, now_ms: int) -> int | None:
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
    release = Release.objects.select_related("dispatch", "revision").get(pk=mailing.pk)
    page = Page(plan.lane_id, plan.cursor, release.high_water, min(size, CHUNK))
    looked_at, wanted = _audience(release, mailing, plan, page)
    if wanted:
        _add_chunk(release, mailing, plan, wanted, now_ms)
    plan.cursor = looked_at[-1] if looked_at else plan.cursor
    plan.done = len(looked_at) < page.limit
    plan.save(update_fields=["cursor", "done"])
    return plan.lane_id if wanted else 0


def _audience(release: Release, mailing: Mailing, plan: Plan, page: Page) -> tuple[list[int], list[int]]:
    """The recipients looked at in this slice, and those of them who get a delivery."""
    if release.verb == Verb.TEST:
        own = audience.own_phones(page)
        return own, audience.only_active(own)
    if plan.purpose == FOLLOW:
        sent = audience.were_sent(release.dispatch_id, release.pk, page)
        have_it = audience.have_words(release.dispatch_id, _same_words(release), sent)
        return sent, [recipient for recipient in sent if recipient not in have_it]
    matching = audience.matching([row[0] for row in mailing.matches], page)
    if not _earlier_texts(release).exists():
        return matching, audience.only_active(matching)
    stopped = audience.were_superseded(release.dispatch_id, release.pk, page)
    looked_at = sorted({*matching, *stopped})[: page.limit]
    active = audience.only_active(looked_at)
    sent_already = audience.already_sent(release.dispatch_id, release.pk, active)
    return looked_at, [recipient for recipient in active if recipient not in sent_already]


def _add_chunk(release: Release, mailing: Mailing, plan: Plan, recipients: list[int], now_ms: int) -> None:
    state, reason = ("planned", "") if Lane.objects.get(pk=plan.lane_id).active else ("skipped", "lane_off")
    chunk = Chunk.objects.create(
        lane_id=plan.lane_id,
        month=mailing.month,
        source_kind=SourceKind.RELEASE,
        source_id=mailing.pk,
        priority=mailing.priority,
        paused=mailing.paused,
    )
    stored_id = audience.stored_uuid(mailing.dispatch_id)
    expires = now_ms + life_ms(release)
    run_many(
        "INSERT INTO delivery_delivery (lane_id, month, source_kind, source_id, dispatch_id, recipient_id, "
        "chunk_id, mode, urgency, state, reason, attempts, parts_out, parts_total, sent_twice, not_before_ms, "
        "expires_ms, changed_ms) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,0,0,0,%s,0,%s,%s) "
        "ON CONFLICT DO NOTHING",
        [
            (
                plan.lane_id, mailing.month, SourceKind.RELEASE, mailing.pk, stored_id, recipient, chunk.pk,
                plan.purpose, release.urgency, state, reason, False, expires, now_ms,
            )
            for recipient in recipients
        ],
    )  # fmt: skip


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
        return run(
            "UPDATE delivery_delivery SET state='skipped', reason='cancelled', changed_ms=%s "
            "WHERE source_kind=%s AND source_id=%s AND state IN ('planned','claimed')",
            [now_ms, SourceKind.RELEASE, release_id],
        )


def pause(release_id: int, paused: bool, held: str = "") -> None:
    """Hold a mailing's chunks, those that are done too, for one may open again; `held` is why the wire itself does."""
    Mailing.objects.filter(release_id=release_id).update(paused=paused, held=held)
    Chunk.objects.filter(source_kind=SourceKind.RELEASE, source_id=release_id).update(paused=paused)
