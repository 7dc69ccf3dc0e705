"""The intent to send, committed before any call starts.

`begin` takes the next deliveries of the lane's most urgent chunk, renders them, and in the same transaction
makes `handing` those that may go: not expired, not opted out, their recipient's interval over, no older call
to them under way. An intent is one call: a dispatch of several parts comes back for each, so that a pause, an
opt-out, a newer revision and a flash get between them. What a dead process leaves in `handing` is exactly what
may have gone out.

`next_groups` does it for many lanes by the same statements: a statement for ten lanes costs little more than for one.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction

from barqia.delivery import handout
from barqia.delivery.doubt import leave_in_doubt
from barqia.delivery.lane import Address, Call, Calls, Job, LaneConfig, Quota, SentPart, Skip, lane_kind
from barqia.delivery.models import Chunk, Mode, SourceKind
from barqia.delivery.pacing.gates import Gates
from barqia.delivery.pacing.reach import Reach
from barqia.delivery.planning.priority import KILL
from barqia.delivery.sending import digests, put_off
from barqia.delivery.sending.attempts import AttemptIds
from barqia.delivery.sending.queued import Earlier, OwnParts, Queued, Waiting, earlier_of, own_parts, queued, threads_of
from barqia.delivery.sql import insert_many, marks, rows, update_many
from barqia.delivery.stories import content_of, digest_of
from barqia.rendering.story import Act
from barqia.subscribers.vault import vault

log = logging.getLogger("barqia.delivery")

NOTHING_EARLIER, NO_PARTS, NO_DIGEST = Earlier(), OwnParts(), digests.Day()
LOOK_AGAIN_MS = 100
# who is woken for whatever becomes due waits so long and no longer, should a wake be lost
IDLE_MS = 5_000


class Intent(NamedTuple):
    """One delivery that is `handing`, with its one call: `more` when other parts follow it.

    `acts_on` is the message that the call edits or deletes, `part_rows` that message's rows; `along` the other
    deliveries of a digest, which the same call is for.
    """

    delivery_id: int
    recipient_id: int
    month: int
    urgency: int
    expires_ms: int
    attempts: int
    attempt_id: int
    call: Call
    total: int
    more: bool
    kind: str
    acts_on: SentPart | None = None
    part_rows: tuple[int, ...] = ()
    along: "tuple[Intent, ...]" = ()

    @property
    def all(self) -> "tuple[Intent, ...]":
        return (self, *self.along)


@dataclass(frozen=True, slots=True)
class Group:
    """What `begin` admitted. `idle` when nothing is due for `wait_ms`; `lost` when another holds the lane."""

    intents: tuple[Intent, ...] = ()
    idle: bool = False
    wait_ms: int = IDLE_MS
    lost: bool = False


class LaneNow(NamedTuple):
    """What a lane's row says of it; it stands still until `until_ms`, or for nobody knows how long."""

    epoch: int
    stands_still: bool
    until_ms: int


@dataclass(slots=True)
class LaneHold:
    """A worker's hold on a lane: what it needs at every group.

    `resend_flash`: a flash that may be out goes again. `quota`: how many people the lane may write to first. It is
    `in_doubt` after a commit that the database did not confirm, and may have carried out; it `rests` when it was idle.
    `apart`: each recipient has a server of its own.
    """

    config: LaneConfig
    epoch: int
    gates: Gates
    ids: AttemptIds
    resend_flash: bool = False
    quota: Quota | None = None
    in_doubt: bool = False
    rests: bool = False
    waiting: Waiting = field(default_factory=Waiting)
    apart: bool = field(init=False)

    def __post_init__(self) -> None:
        self.apart = lane_kind(self.config.kind).probe(self.config) is None


class Asked(NamedTuple):
    """At most `room` more calls are to begin on a lane."""

    hold: LaneHold
    lane: LaneNow
    room: int


@transaction.atomic
def begin(hold: LaneHold, room: int, now_ms: int) -> Group:
    """Commit the intent to send at most `room` deliveries. Idle when nothing is due."""
    (group,) = next_groups([Asked(hold, lane_now(hold.config.id, now_ms), room)], now_ms)
    return group


def next_groups(asked: Sequence[Asked], now_ms: int) -> list[Group]:
    """`begin` for each of these within the caller's transaction, which holds the lanes."""
    found: dict[int, Group] = {}
    open_ = [one for one in asked if one.room > 0 and not (one.lane.stands_still or one.lane.epoch != one.hold.epoch)]
    chunks = handout.take([one.hold.config.id for one in open_], now_ms) if open_ else {}
    taken = []
    for one in open_:
        chunk = chunks.get(one.hold.config.id)
        if chunk:
            taken.append(_Taking(one.hold, chunk, one.hold.waiting.next(chunk.pk, one.room, now_ms), one.room))
    _read(taken, now_ms)
    for taking in taken:
        if not taking.waiting:
            _settle(taking.chunk)
            taking.hold.waiting.forget(taking.chunk.pk)
    _admit([taking for taking in taken if taking.waiting], now_ms)
    found = {taking.hold.config.id: Group(intents=tuple(taking.ready)) for taking in taken}
    idle = _idle([one for one in asked if one.hold.config.id not in found], now_ms)
    return [found.get(one.hold.config.id) or idle[one.hold.config.id] for one in asked]


def resting(holds: Sequence[LaneHold], now_ms: int) -> dict[int, Group]:
    """The answer for those of these lanes that begin nothing, by lane, found without a transaction to write."""
    lanes = lanes_now([hold.config.id for hold in holds], now_ms, held=False)
    found = _idle([Asked(hold, lanes[hold.config.id], 1) for hold in holds], now_ms)
    return {lane_id: group for lane_id, group in found.items() if group.lost or group.wait_ms > 1}


def _idle(asked: Sequence[Asked], now_ms: int) -> dict[int, Group]:
    """For lanes that begin nothing now, by lane: why, and until when."""
    found = {}
    for hold, lane, room in asked:
        if lane.epoch != hold.epoch:
            found[hold.config.id] = Group(lost=True)
        elif room <= 0:
            found[hold.config.id] = Group()
        elif lane.stands_still:
            wait_ms = lane.until_ms - now_ms
            found[hold.config.id] = Group(idle=True, wait_ms=wait_ms if wait_ms > 0 else IDLE_MS)
    looking = [one.hold.config.id for one in asked if one.hold.config.id not in found]
    due = handout.next_due_ms(looking) if looking else {}
    for lane_id in looking:
        at_ms = due.get(lane_id)
        found[lane_id] = Group(idle=True, wait_ms=IDLE_MS if at_ms is None else max(1, at_ms - now_ms))
    return found


def lane_now(lane_id: int, now_ms: int) -> LaneNow:
    return lanes_now([lane_id], now_ms)[lane_id]


def lanes_now(lane_ids: Sequence[int], now_ms: int, held: bool = True) -> dict[int, LaneNow]:
    """These lanes; `held` until the transaction ends, before any other row: whoever takes one waits for its intents.

    Not held for their keys: who subscribes meanwhile, or imports readers, only refers to the lane.
    """
    lock = "ORDER BY id FOR NO KEY UPDATE" if held and connection.features.has_select_for_update else ""
    found = rows(
        "SELECT id, epoch, paused, active, alert, paused_until_ms FROM subscribers_lane "
        f"WHERE id IN ({marks(lane_ids)}) {lock}",
        lane_ids,
    )
    return {
        lane_id: LaneNow(epoch, bool(paused or not active or alert or until_ms > now_ms), until_ms)
        for lane_id, epoch, paused, active, alert, until_ms in found
    }


def _settle(chunk: Chunk) -> None:
    """Nothing of the chunk is due: put it off to its first postponed delivery, or close it."""
    (first,) = rows(
        "SELECT min(not_before_ms) FROM delivery_delivery WHERE chunk_id=%s AND state='planned'", [chunk.pk]
    )
    if first[0] is None:
        chunk.done = True
    else:
        chunk.not_before_ms = first[0]
    chunk.save(update_fields=["done", "not_before_ms"])


@dataclass(slots=True)
class _Left:
    """What does not go: (reason, delivery id) of the skipped and of the failed, (until ms, delivery id) of the rest."""

    skipped: list[tuple[str, int]] = field(default_factory=list)
    failed: list[tuple[str, int]] = field(default_factory=list)
    put_off: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Taking:
    """One lane's part of a transaction: which deliveries of its chunk are next, and what becomes of them."""

    hold: LaneHold
    chunk: Chunk
    ids: list[int]
    room: int
    waiting: list[Queued] = field(default_factory=list)
    ready: list[Intent] = field(default_factory=list)
    left: _Left = field(default_factory=_Left)

    @property
    def portfolio(self) -> str:
        return self.hold.quota.portfolio if self.hold.quota else ""


def _read(taken: Sequence[_Taking], now_ms: int) -> None:
    """What is claimed of each; of those remembered some may have been stopped since, then the next are read."""
    reading = list(taken)
    while reading:
        found = queued([delivery for taking in reading for delivery in taking.ids])
        for taking in reading:
            taking.waiting = [found[delivery] for delivery in taking.ids if delivery in found]
        reading = [taking for taking in reading if taking.ids and not taking.waiting]
        for taking in reading:
            taking.ids = taking.hold.waiting.next(taking.chunk.pk, taking.room, now_ms)


def _admit(taken: Sequence[_Taking], now_ms: int) -> None:
    """Make `handing` what of these may go, and leave it in `ready`."""
    own = own_parts([one for taking in taken for one in taking.waiting])
    for taking in taken:
        _prepare(taking, own, now_ms)
    # who writes to the same people waits for each other: in one order everywhere
    reaching = [
        (taking, Reach(taking.hold.quota, now_ms))
        for taking in sorted(taken, key=lambda taking: taking.portfolio)
        if taking.hold.quota
    ]
    for taking, reach in reaching:
        _within_reach(reach, taking)
    for taking in taken:
        put_off.commit(taking.chunk, taking.left.put_off, now_ms)
    _mark([taking.left for taking in taken], now_ms)
    _commit(taken, now_ms)
    for taking, reach in reaching:
        opened = [intent.recipient_id for intent in taking.ready if intent.call.opens]
        reach.record(taking.hold.config.id, opened)


def _prepare(taking: _Taking, own: Mapping[int, OwnParts], now_ms: int) -> None:
    hold, chunk, waiting, left = taking.hold, taking.chunk, taking.waiting, taking.left
    act, content, item, follows = content_of(chunk.source_kind, chunk.source_id)
    ending = act in {Act.KILL, Act.TAKEDOWN}
    earlier = earlier_of(item, chunk.source_id, waiting)
    threads = threads_of(follows, waiting) if act is Act.SEND else {}
    days = digests.days_of(hold.config, chunk.source_id, waiting, now_ms)
    urgent = chunk.priority <= KILL
    opened = vault().open
    for one in waiting:
        before = earlier.get(one.recipient_id, NOTHING_EARLIER)
        done, broken = own.get(one.id, NO_PARTS)
        day = days.get(one.recipient_id, NO_DIGEST)
        later = _put_off_until(hold, one, before, urgent, now_ms) or day.later_ms
        if one.expires_ms <= now_ms:
            left.skipped.append(("expired", one.id))
        elif broken:
            left.failed.append(("part_failed", one.id))
        elif later:
            left.put_off.append((later, one.id))
        elif ending and not before.every and not before.perhaps and not done:
            left.skipped.append(("never_sent", one.id))
        else:
            job = Job(
                act=_act_for(act, one),
                content=content,
                to=Address(
                    opened(one.address_cipher) if one.address_cipher else None,
                    opened(one.user_id_cipher) if one.user_id_cipher else None,
                ),
                tag=hold.ids.next(),
                now_ms=now_ms,
                last_inbound_ms=one.last_inbound_ms,
                earlier=before.every if ending else before.latest,
                done=done,
                thread=None if day.releases else threads.get(one.recipient_id),
                recipient=one.recipient_id,
                country=one.country,
                expires_ms=one.expires_ms,
                digest=digest_of(day.releases, now_ms) if day.releases else None,
            )
            intent = _intent(hold, one, job, before, left)
            if intent:
                taking.ready.append(_carrying(hold, intent, day.others))


def _carrying(hold: LaneHold, intent: Intent, others: Sequence[Queued]) -> Intent:
    """The intent with those of the other deliveries of its digest."""
    along = (
        intent._replace(
            delivery_id=one.id,
            month=one.month,
            urgency=one.urgency,
            expires_ms=one.expires_ms,
            attempts=one.attempts,
            attempt_id=hold.ids.next(),
        )
        for one in others
    )
    return intent._replace(along=tuple(along))


def _within_reach(reach: Reach, taking: _Taking) -> None:
    """Those stay ready that the quota has room for; the others are put off until it has again."""
    ready = taking.ready
    opening = [intent.recipient_id for intent in ready if intent.call.opens]
    admitted = reach.admit(opening)
    beyond = [intent.delivery_id for intent in ready if intent.call.opens and intent.recipient_id not in admitted]
    if beyond:
        until_ms = reach.room_again_ms()
        taking.left.put_off += [(until_ms, delivery) for delivery in beyond]
        taking.ready = [intent for intent in ready if not intent.call.opens or intent.recipient_id in admitted]


def _act_for(act: Act, one: Queued) -> Act:
    """A text that is published again corrects the copies there are; a correction is new to who has none."""
    if act in {Act.SEND, Act.CORRECT}:
        return Act.CORRECT if one.mode == Mode.FOLLOW else Act.SEND
    return act


def _intent(hold: LaneHold, one: Queued, job: Job, before: Earlier, left: _Left) -> Intent | None:
    """The first call that the job still needs, as an intent; else what becomes of the delivery is in `left`."""
    rendered = _render(hold, job)
    if rendered is None:
        left.failed.append(("render_error", one.id))
        return None
    if isinstance(rendered, Skip):
        left.skipped.append((rendered.reason, one.id))
        return None
    call, *more = rendered.calls
    return Intent(
        delivery_id=one.id,
        recipient_id=one.recipient_id,
        month=one.month,
        urgency=one.urgency,
        expires_ms=one.expires_ms,
        attempts=one.attempts,
        attempt_id=job.tag + call.part,
        call=call,
        total=len(job.done) + len(rendered.calls),
        more=bool(more),
        kind=one.kind,
        acts_on=_message(job, call) if call.provider_id else None,
        part_rows=before.rows.get(call.provider_id, ()) if call.provider_id else (),
    )


def _message(job: Job, call: Call) -> SentPart | None:
    """The message that the call edits or deletes."""
    return next((part for part in job.earlier if part.provider_id == call.provider_id), None)


def _render(hold: LaneHold, job: Job) -> Calls | Skip | None:
    """None where the lane kind cannot render this: one dispatch must not stop the lane for all others."""
    try:
        return lane_kind(hold.config.kind).render(job, hold.config)
    except Exception as error:  # noqa: BLE001 - as above; the name only, for the text is not for logs
        log.error("lane %s: a delivery could not be rendered: %s", hold.config.name, type(error).__name__)  # noqa: TRY400
        return None


def _put_off_until(hold: LaneHold, one: Queued, before: Earlier, urgent: bool, now_ms: int) -> int:
    """When this recipient can be sent to; 0 for now."""
    if before.under_way:
        return now_ms + LOOK_AGAIN_MS
    free_at = hold.gates.free_at(one.recipient_id, one.kind, now_ms, urgent)
    return free_at if free_at > now_ms else 0


def _mark(lefts: Sequence[_Left], now_ms: int) -> None:
    skipped = [delivery for left in lefts for _reason, delivery in left.skipped]
    if skipped:
        leave_in_doubt(f"id IN ({marks(skipped)}) AND state='claimed'", skipped, now_ms)
    update_many(
        "UPDATE delivery_delivery AS d SET state=v.state, reason=v.reason, changed_ms=v.at_ms FROM {rows} AS v "
        "WHERE d.id=v.id AND d.state='claimed'",
        "id bigint, state text, reason text, at_ms bigint",
        [
            (delivery, state, reason, now_ms)
            for left in lefts
            for state, found in (("skipped", left.skipped), ("failed", left.failed))
            for reason, delivery in found
        ],
    )


ANYONE = ("active", "unsubscribed", "stranger", "blocked")
NOT_BLOCKED = ("active", "unsubscribed", "stranger")
ACTIVE = ("active",)


def _commit(taken: Sequence[_Taking], now_ms: int) -> None:
    """Make them `handing`, testing opt-out in the same statement; the rest is skipped (opted out).

    An edit or deletion in place reaches everyone who has not blocked us; an answer to a reader's own word
    goes out whatever the word did; anything else only to the active.
    """
    digests.claim([one.delivery_id for taking in taken for intent in taking.ready for one in intent.along])
    alike: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for taking in taken:
        answer = taking.chunk.source_kind == SourceKind.ANSWER
        for intent in taking.ready:
            statuses = ANYONE if answer else NOT_BLOCKED if intent.call.in_place else ACTIVE
            alike.setdefault((statuses, intent.total), []).extend(one.delivery_id for one in intent.all)
            if intent.more:
                taking.hold.waiting.comes_in_several(taking.chunk.pk)
    may_go: set[int] = set()
    for (allowed, total), ids in alike.items():
        may_go |= _make_handing(ids, allowed, total, now_ms)
    opted_out = [
        ("opted_out", one.delivery_id)
        for taking in taken
        for intent in taking.ready
        for one in intent.all
        if one.delivery_id not in may_go
    ]
    if opted_out:
        _mark([_Left(skipped=opted_out)], now_ms)
        for taking in taken:
            taking.ready = [intent for intent in taking.ready if intent.delivery_id in may_go]
    insert_many(
        "delivery_attempt",
        "id, lane_id, month, delivery_id, part, in_place, started_ms, outcome, code",
        [
            (
                i.attempt_id,
                of.chunk.lane_id,
                i.month,
                i.delivery_id,
                i.call.part,
                i.call.may_be_repeated,
                now_ms,
                "",
                "",
            )
            for of in taken
            for intent in of.ready
            for i in intent.all
        ],
    )


def _make_handing(ids: Sequence[int], statuses: Sequence[str], total: int, now_ms: int) -> set[int]:
    made = rows(
        "UPDATE delivery_delivery SET state='handing', attempts=attempts+1, parts_total=%s, changed_ms=%s "
        f"WHERE id IN ({marks(ids)}) AND state='claimed' AND EXISTS (SELECT 1 FROM subscribers_recipient r "
        f"WHERE r.id=delivery_delivery.recipient_id AND r.status IN ({marks(statuses)})) RETURNING id",
        [total, now_ms, *ids, *statuses],
    )
    return {row[0] for row in made}
