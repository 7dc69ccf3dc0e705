"""The intent to send, committed before any call starts.

`begin` takes the next deliveries of the lane's most urgent chunk, renders them, and in the same transaction
makes `handing` those that may go: not expired, not opted out, their recipient's interval over, no older call
to them under way. An intent is one call: a dispatch of several parts comes back for each, so that a pause, an
opt-out, a newer revision and a flash get between them. What a dead process leaves in `handing` is exactly what
may have gone out.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction

from barqia.delivery import handout, put_off
from barqia.delivery.attempts import AttemptIds
from barqia.delivery.doubt import leave_in_doubt
from barqia.delivery.gates import Gates
from barqia.delivery.lane import Address, Call, Calls, Job, LaneConfig, Quota, SentPart, Skip, lane_kind
from barqia.delivery.models import Chunk, Plan, SourceKind
from barqia.delivery.priority import KILL
from barqia.delivery.queued import Earlier, OwnParts, Queued, Waiting, earlier_of, own_parts, queued, threads_of
from barqia.delivery.reach import Reach
from barqia.delivery.sql import insert_many, marks, rows, update_many
from barqia.delivery.stories import content_of
from barqia.rendering.story import Act
from barqia.subscribers.vault import vault

log = logging.getLogger("barqia.delivery")

NOTHING_EARLIER, NO_PARTS = Earlier(), OwnParts()
LOOK_AGAIN_MS = 100
IDLE_MS = 500


class Intent(NamedTuple):
    """One delivery that is `handing`, with its one call: `more` when other parts follow it.

    `acts_on` is the message that the call edits or deletes, `part_rows` that message's rows.
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


@dataclass(frozen=True, slots=True)
class Group:
    """What `begin` admitted. `idle` when nothing is due for `wait_ms`; `lost` when another holds the lane."""

    intents: tuple[Intent, ...] = ()
    idle: bool = False
    wait_ms: int = IDLE_MS
    lost: bool = False


@dataclass(frozen=True, slots=True)
class LaneNow:
    """What a lane's row says of it."""

    epoch: int
    stands_still: bool


@dataclass(slots=True)
class LaneHold:
    """A worker's hold on a lane: what it needs at every group.

    `resend_flash`: a flash that may be out goes again. `quota`: how many people the lane may write to first. It is
    `in_doubt` after a commit that the database did not confirm, and may have carried out. `apart`: each recipient has a
    server of its own.
    """

    config: LaneConfig
    epoch: int
    gates: Gates
    ids: AttemptIds
    resend_flash: bool = False
    quota: Quota | None = None
    in_doubt: bool = False
    waiting: Waiting = field(default_factory=Waiting)
    apart: bool = field(init=False)

    def __post_init__(self) -> None:
        self.apart = lane_kind(self.config.kind).probe(self.config) is None


@transaction.atomic
def begin(hold: LaneHold, room: int, now_ms: int) -> Group:
    """Commit the intent to send at most `room` deliveries. Idle when nothing is due."""
    return next_group(hold, lane_now(hold.config.id, now_ms), room, now_ms)


def next_group(hold: LaneHold, lane: LaneNow, room: int, now_ms: int) -> Group:
    """`begin` within the caller's transaction, which holds the lane."""
    if lane.epoch != hold.epoch:
        return Group(lost=True)
    if lane.stands_still:
        return Group(idle=True)
    chunk = handout.take(hold.config.id, now_ms)
    if chunk is None:
        due = handout.next_due_ms(hold.config.id)
        return Group(idle=True, wait_ms=IDLE_MS if due is None else max(1, due - now_ms))
    waiting = _claimed(hold, chunk, room, now_ms)
    if not waiting:
        _settle(chunk)
        hold.waiting.forget(chunk.pk)
        return Group()
    return Group(intents=tuple(_admit(hold, chunk, waiting, now_ms)))


def lane_now(lane_id: int, now_ms: int) -> LaneNow:
    """The lane, held until the transaction ends, and before any other row: whoever takes it waits for this intent.

    Not held for its key: who subscribes meanwhile, or imports readers, only refers to the lane.
    """
    lock = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    (found,) = rows(
        f"SELECT epoch, paused, active, alert, paused_until_ms FROM subscribers_lane WHERE id=%s {lock}", [lane_id]
    )
    epoch, paused, active, alert, paused_until_ms = found
    return LaneNow(epoch, bool(paused or not active or alert or paused_until_ms > now_ms))


def _claimed(hold: LaneHold, chunk: Chunk, room: int, now_ms: int) -> list[Queued]:
    """The chunk's next claimed deliveries; of those remembered, some may have been stopped since."""
    while ids := hold.waiting.next(chunk.pk, room, now_ms):
        if found := queued(ids):
            return found
    return []


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


def _admit(hold: LaneHold, chunk: Chunk, waiting: Sequence[Queued], now_ms: int) -> Iterable[Intent]:
    act, content = content_of(chunk.source_kind, chunk.source_id)
    ending = act in {Act.KILL, Act.TAKEDOWN}
    earlier = earlier_of(chunk, waiting)
    own = own_parts(waiting)
    threads = threads_of(chunk, waiting) if act is Act.SEND else {}
    ready: list[Intent] = []
    left = _Left()
    reach = Reach(hold.quota, now_ms) if hold.quota else None
    urgent = chunk.priority <= KILL
    opened = vault().open
    for one in waiting:
        before = earlier.get(one.recipient_id, NOTHING_EARLIER)
        done, broken = own.get(one.id, NO_PARTS)
        later = _put_off_until(hold, one, before, urgent, now_ms)
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
                thread=threads.get(one.recipient_id),
                recipient=one.recipient_id,
                country=one.country,
                expires_ms=one.expires_ms,
            )
            intent = _intent(hold, one, job, before, left)
            if intent:
                ready.append(intent)
    if reach:
        ready = _within_reach(reach, ready, left)
    put_off.commit(chunk, left.put_off, now_ms)
    _mark(left, now_ms)
    going = _commit(hold, chunk, ready, now_ms)
    if reach:
        reach.record(hold.config.id, [intent.recipient_id for intent in going if intent.call.opens])
    return going


def _within_reach(reach: Reach, ready: Sequence[Intent], left: _Left) -> list[Intent]:
    """Those that the quota has room for; the others are put off until it has again."""
    opening = [intent.recipient_id for intent in ready if intent.call.opens]
    admitted = reach.admit(opening)
    beyond = [intent.delivery_id for intent in ready if intent.call.opens and intent.recipient_id not in admitted]
    if beyond:
        until_ms = reach.room_again_ms()
        left.put_off += [(until_ms, delivery) for delivery in beyond]
    return [intent for intent in ready if not intent.call.opens or intent.recipient_id in admitted]


def _act_for(act: Act, one: Queued) -> Act:
    """A text that is published again corrects the copies there are; a correction is new to who has none."""
    if act in {Act.SEND, Act.CORRECT}:
        return Act.CORRECT if one.mode == Plan.Purpose.FOLLOW else Act.SEND
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


def _mark(left: _Left, now_ms: int) -> None:
    skipped = [delivery for _reason, delivery in left.skipped]
    if skipped:
        leave_in_doubt(f"id IN ({marks(skipped)}) AND state='claimed'", skipped, now_ms)
    update_many(
        "UPDATE delivery_delivery AS d SET state=v.state, reason=v.reason, changed_ms=v.at_ms FROM {rows} AS v "
        "WHERE d.id=v.id AND d.state='claimed'",
        "id bigint, state text, reason text, at_ms bigint",
        [
            (delivery, state, reason, now_ms)
            for state, found in (("skipped", left.skipped), ("failed", left.failed))
            for reason, delivery in found
        ],
    )


ANYONE = ("active", "unsubscribed", "stranger", "blocked")
NOT_BLOCKED = ("active", "unsubscribed", "stranger")


def _commit(hold: LaneHold, chunk: Chunk, ready: Sequence[Intent], now_ms: int) -> list[Intent]:
    """Make them `handing`, testing opt-out in the same statement; the rest is skipped (opted out).

    An edit or deletion in place reaches everyone who has not blocked us; an answer to a reader's own word
    goes out whatever the word did; anything else only to the active.
    """
    alike: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for intent in ready:
        answer = chunk.source_kind == SourceKind.ANSWER
        statuses: tuple[str, ...] = ANYONE if answer else NOT_BLOCKED if intent.call.in_place else ("active",)
        alike.setdefault((statuses, intent.total), []).append(intent.delivery_id)
        if intent.more:
            hold.waiting.comes_in_several(chunk.pk)
    may_go: set[int] = set()
    for (allowed, total), ids in alike.items():
        may_go |= _make_handing(ids, allowed, total, now_ms)
    opted_out = [("opted_out", intent.delivery_id) for intent in ready if intent.delivery_id not in may_go]
    _mark(_Left(skipped=opted_out), now_ms)
    going = [intent for intent in ready if intent.delivery_id in may_go]
    insert_many(
        "delivery_attempt",
        "id, lane_id, month, delivery_id, part, in_place, started_ms, outcome, code",
        [
            (i.attempt_id, chunk.lane_id, i.month, i.delivery_id, i.call.part, i.call.may_be_repeated, now_ms, "", "")
            for i in going
        ],
    )
    return going


def _make_handing(ids: Sequence[int], statuses: Sequence[str], total: int, now_ms: int) -> set[int]:
    made = rows(
        "UPDATE delivery_delivery SET state='handing', attempts=attempts+1, parts_total=%s, changed_ms=%s "
        f"WHERE id IN ({marks(ids)}) AND state='claimed' AND EXISTS (SELECT 1 FROM subscribers_recipient r "
        f"WHERE r.id=delivery_delivery.recipient_id AND r.status IN ({marks(statuses)})) RETURNING id",
        [total, now_ms, *ids, *statuses],
    )
    return {row[0] for row in made}
