"""The intent to send, committed before any call starts.

`begin` takes the next deliveries of the lane's most urgent chunk, renders them, and in the same transaction
makes `handing` those that may go: not expired, not opted out, their recipient's interval over, no older call
to them under way. What a dead process leaves in `handing` is exactly what may have gone out.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from barqia.delivery import handout
from barqia.delivery.attempts import AttemptIds
from barqia.delivery.lane import Address, Call, Calls, Job, LaneConfig, SentPart, Skip, lane_kind
from barqia.delivery.models import Chunk, Plan, SourceKind
from barqia.delivery.pace import Intervals
from barqia.delivery.queued import Earlier, Queued, earlier_of, queued, threads_of
from barqia.delivery.sql import marks, rows, run, run_many
from barqia.delivery.stories import content_of
from barqia.rendering.story import Act
from barqia.subscribers.models import Lane
from barqia.subscribers.vault import vault

log = logging.getLogger("barqia.delivery")

LATER_MS = 30_000
LOOK_AGAIN_MS = 100
IDLE_MS = 500


@dataclass(frozen=True, slots=True)
class Intent:
    """One delivery that is `handing`: its calls, and the part rows they act on in place."""

    delivery_id: int
    recipient_id: int
    month: int
    tag: int
    attempts: int
    done: int
    calls: tuple[Call, ...]
    channel: bool
    acts_on: dict[str, SentPart] = field(default_factory=dict)
    earlier_rows: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """What `begin` admitted. `idle` when nothing is due for `wait_ms`; `lost` when another holds the lane."""

    intents: tuple[Intent, ...] = ()
    idle: bool = False
    wait_ms: int = IDLE_MS
    lost: bool = False


@dataclass(slots=True)
class LaneHold:
    """A worker's hold on a lane: what it needs at every group."""

    config: LaneConfig
    epoch: int
    intervals: Intervals
    ids: AttemptIds


@transaction.atomic
def begin(hold: LaneHold, room: int, now_ms: int) -> Group:
    """Commit the intent to send at most `room` deliveries. Idle when nothing is due."""
    lane = Lane.objects.select_for_update().get(pk=hold.config.id)
    if lane.epoch != hold.epoch:
        return Group(lost=True)
    if lane.paused or not lane.active or lane.alert or lane.paused_until_ms > now_ms:
        return Group(idle=True)
    chunk = handout.take(lane.pk, now_ms)
    if chunk is None:
        due = handout.next_due_ms(lane.pk)
        return Group(idle=True, wait_ms=IDLE_MS if due is None else max(1, due - now_ms))
    waiting = _claimed(chunk, room, now_ms)
    if not waiting:
        _settle(chunk)
        return Group()
    return Group(intents=tuple(_admit(hold, chunk, waiting, now_ms)))


def _claimed(chunk: Chunk, room: int, now_ms: int) -> list[Queued]:
    """The chunk's next claimed deliveries, claiming what is due when none is left."""
    found = queued(chunk, room)
    if found:
        return found
    run(
        "UPDATE delivery_delivery SET state='skipped', reason='expired', changed_ms=%s "
        "WHERE chunk_id=%s AND state='planned' AND expires_ms<=%s",
        [now_ms, chunk.pk, now_ms],
    )
    run(
        "UPDATE delivery_delivery SET state='claimed' WHERE chunk_id=%s AND state='planned' AND not_before_ms<=%s",
        [chunk.pk, now_ms],
    )
    return queued(chunk, room)


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


def _admit(hold: LaneHold, chunk: Chunk, waiting: Sequence[Queued], now_ms: int) -> Iterable[Intent]:
    act, content = content_of(chunk.source_kind, chunk.source_id)
    earlier = earlier_of(chunk, waiting)
    threads = threads_of(chunk, waiting) if act is Act.SEND else {}
    ready: list[tuple[Intent, bool]] = []
    skipped: list[tuple[str, int]] = []
    failed: list[int] = []
    for one in waiting:
        before = earlier.get(one.recipient_id, Earlier())
        put_off = _put_off_until(hold, one, before, now_ms)
        if put_off:
            _postpone(chunk, one, put_off, now_ms)
            continue
        ending = act in {Act.KILL, Act.TAKEDOWN}
        if ending and not before.every and not before.perhaps:
            skipped.append(("never_sent", one.id))
            continue
        follow = Act.CORRECT if act is Act.SEND and one.mode == Plan.Purpose.FOLLOW else act
        job = Job(
            act=follow,
            content=content,
            to=_address(one),
            tag=hold.ids.next(),
            now_ms=now_ms,
            last_inbound_ms=one.last_inbound_ms,
            earlier=before.every if ending else before.latest,
            done=one.done,
            thread=threads.get(one.recipient_id),
        )
        rendered = _render(hold, job)
        if rendered is None:
            failed.append(one.id)
        elif isinstance(rendered, Skip):
            skipped.append((rendered.reason, one.id))
        else:
            ready.append((_intent(one, job, rendered, before), rendered.in_place))
    _skip(skipped, now_ms)
    _fail(failed, now_ms)
    return _commit(chunk, ready, now_ms)


def _render(hold: LaneHold, job: Job) -> Calls | Skip | None:
    """None where the lane kind cannot render this: one dispatch must not stop the lane for all others."""
    try:
        return lane_kind(hold.config.kind).render(job, hold.config)
    except Exception as error:  # noqa: BLE001 - as above; the name only, for the text is not for logs
        log.error("lane %s: a delivery could not be rendered: %s", hold.config.name, type(error).__name__)  # noqa: TRY400
        return None


def _put_off_until(hold: LaneHold, one: Queued, before: Earlier, now_ms: int) -> int:
    """When this recipient can be sent to; 0 for now."""
    if before.under_way:
        return now_ms + LOOK_AGAIN_MS
    free_at = hold.intervals.free_at(one.recipient_id)
    return free_at if free_at > now_ms else 0


def _postpone(chunk: Chunk, one: Queued, until_ms: int, now_ms: int) -> None:
    """Back to planned; far enough off, into a later chunk, so that this one can end."""
    if until_ms - now_ms > LATER_MS:
        later = Chunk.objects.create(
            lane_id=chunk.lane_id,
            month=chunk.month,
            source_kind=chunk.source_kind,
            source_id=chunk.source_id,
            priority=chunk.priority,
            paused=chunk.paused,
            not_before_ms=until_ms,
        )
        run("UPDATE delivery_delivery SET chunk_id=%s WHERE id=%s", [later.pk, one.id])
    run(
        "UPDATE delivery_delivery SET state='planned', not_before_ms=%s WHERE id=%s AND state='claimed'",
        [until_ms, one.id],
    )


def _address(one: Queued) -> Address:
    opened = vault()
    return Address(
        opened.open(one.address_cipher) if one.address_cipher else None,
        opened.open(one.user_id_cipher) if one.user_id_cipher else None,
    )


def _intent(one: Queued, job: Job, rendered: Calls, before: Earlier) -> Intent:
    return Intent(
        delivery_id=one.id,
        recipient_id=one.recipient_id,
        month=one.month,
        tag=job.tag,
        attempts=one.attempts,
        done=len(one.done),
        calls=rendered.calls,
        channel=one.kind == "channel",
        acts_on={part.provider_id: part for part in job.earlier},
        earlier_rows=before.rows,
    )


def _skip(skipped: Sequence[tuple[str, int]], now_ms: int) -> None:
    run_many(
        "UPDATE delivery_delivery SET state='skipped', reason=%s, changed_ms=%s WHERE id=%s AND state='claimed'",
        [(reason, now_ms, delivery) for reason, delivery in skipped],
    )


def _fail(deliveries: Sequence[int], now_ms: int) -> None:
    run_many(
        "UPDATE delivery_delivery SET state='failed', reason='render_error', changed_ms=%s "
        "WHERE id=%s AND state='claimed'",
        [(now_ms, delivery) for delivery in deliveries],
    )


def _commit(chunk: Chunk, ready: Sequence[tuple[Intent, bool]], now_ms: int) -> list[Intent]:
    """Make them `handing`, testing opt-out in the same statement; the rest is skipped (opted out).

    An edit or deletion in place reaches everyone who has not blocked us; an answer to a reader's own word
    goes out even after the word that unsubscribed; anything else only to the active.
    """
    answer = chunk.source_kind == SourceKind.ANSWER
    may_go: set[int] = set()
    for in_place in (True, False):
        ids = [intent.delivery_id for intent, placed in ready if placed is in_place]
        statuses = ("active", "unsubscribed", "stranger") if in_place or answer else ("active",)
        if ids:
            may_go |= _make_handing(ids, statuses, now_ms)
    _skip([("opted_out", i.delivery_id) for i, _ in ready if i.delivery_id not in may_go], now_ms)
    going = [intent for intent, _ in ready if intent.delivery_id in may_go]
    run_many(
        "UPDATE delivery_delivery SET parts_total=%s WHERE id=%s",
        [(intent.done + len(intent.calls), intent.delivery_id) for intent in going],
    )
    run_many(
        "INSERT INTO delivery_attempt (id, lane_id, month, delivery_id, part, started_ms, outcome, code) "
        "VALUES (%s,%s,%s,%s,%s,%s,'','')",
        [(i.tag + i.calls[0].part, chunk.lane_id, i.month, i.delivery_id, i.calls[0].part, now_ms) for i in going],
    )
    return going


def _make_handing(ids: Sequence[int], statuses: Sequence[str], now_ms: int) -> set[int]:
    made = rows(
        "UPDATE delivery_delivery SET state='handing', attempts=attempts+1, changed_ms=%s "
        f"WHERE id IN ({marks(ids)}) AND state='claimed' AND EXISTS (SELECT 1 FROM subscribers_recipient r "
        f"WHERE r.id=delivery_delivery.recipient_id AND r.status IN ({marks(statuses)})) RETURNING id",
        [now_ms, *ids, *statuses],
    )
    return {row[0] for row in made}
