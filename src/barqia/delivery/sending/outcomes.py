"""Committing the answers: what calls came to, in one transaction for as many as have come in, of however many lanes.

A delivery of several parts is planned again after each, so that an attempt without an end is exactly one that
may be under way. What it comes to in the end is read from its parts.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import DatabaseError, transaction

from barqia.delivery import clients
from barqia.delivery.lane import (
    Accepted,
    Address,
    Call,
    Effect,
    Outcome,
    Refused,
    Throttled,
    Transient,
    Unclear,
    lane_kind,
)
from barqia.delivery.models import Delivery, Mailing, SourceKind
from barqia.delivery.pacing.retries import in_vain, retry_at
from barqia.delivery.planning import plan
from barqia.delivery.planning.follow import leave_behind, repoint
from barqia.delivery.sending import late, pictures
from barqia.delivery.sending.ending import back_to_planned, state_of_parts
from barqia.delivery.sending.intents import Asked, Group, Intent, LaneHold, LaneNow, lanes_now, next_groups
from barqia.delivery.sql import insert_many, marks, run, update_many
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import audit

RESEND_URGENCY = 2


class Result(NamedTuple):
    """What one call came to; `call` is the one that was made in the end."""

    intent: Intent
    call: Call
    outcome: Outcome
    ended_ms: int

    def each(self) -> "list[Result]":
        """The same for every delivery that the call was for."""
        return [self._replace(intent=intent) for intent in self.intent.all]

    @property
    def went(self) -> bool:
        """Whether this part is done with, so that the next one may follow."""
        return isinstance(self.outcome, Accepted) or self.missing

    @property
    def missing(self) -> bool:
        """The message this call was to change is gone from the phone."""
        return isinstance(self.outcome, Refused) and self.outcome.reason == "message_gone"


class Turn(NamedTuple):
    """What a lane's worker asks of the database: record `results`, then begin at most `room` calls."""

    hold: LaneHold
    results: Sequence[Result]
    room: int


@transaction.atomic
def commit(hold: LaneHold, results: Sequence[Result], now_ms: int) -> None:
    """Record these results: attempts, parts, the deliveries' states, and what a refusal asks for."""
    _record([Turn(hold, results, 0)], lanes_now([hold.config.id], now_ms), now_ms)


def exchange(turns: Sequence[Turn], now_ms: int) -> list[Group | Exception]:
    """`commit` and `begin` for several lanes in one transaction: a fraction of the trips to the disk and of the work.

    What fails one lane fails no other. Where only `begin` fails, its answers stay. Raises DatabaseError, for all.
    """
    try:
        return [*_exchange(turns, now_ms)]
    except DatabaseError:
        _forget(turns)
        raise
    except Exception as error:  # noqa: BLE001 - one lane's fault, whatever it is, is raised in that lane alone
        if len(turns) > 1:
            _forget(turns)
            return [result for turn in turns for result in exchange([turn], now_ms)]
        (turn,) = turns
        if turn.results:
            commit(turn.hold, turn.results, now_ms)
        return [error]


def _forget(turns: Sequence[Turn]) -> None:
    for turn in turns:
        turn.hold.waiting.forget()


@transaction.atomic
def _exchange(turns: Sequence[Turn], now_ms: int) -> list[Group]:
    ids = [turn.hold.config.id for turn in turns]
    lanes = lanes_now(ids, now_ms)
    answered = [turn for turn in turns if turn.results]
    if answered:
        _record(answered, lanes, now_ms)
    if any(not isinstance(r.outcome, Accepted) for turn in answered for r in turn.results):
        # a refusal may have stopped one
        lanes = lanes_now(ids, now_ms)
    return next_groups([Asked(turn.hold, lanes[turn.hold.config.id], turn.room) for turn in turns], now_ms)


Recorded = list[tuple[LaneHold, Result]]


def _record(turns: Sequence[Turn], lanes: Mapping[int, LaneNow], now_ms: int) -> None:
    ours: Recorded = []
    overtaken: Recorded = []
    for hold, results, _room in turns:
        each = [one for result in results for one in (result.each() if result.intent.along else (result,))]
        decide, late_ones = late.sorted_out(hold, lanes[hold.config.id].epoch, each)
        ours += [(hold, result) for result in decide]
        overtaken += [(hold, result) for result in late_ones]
    _end_attempts([result for _hold, result in (*ours, *overtaken)])
    _record_parts([(hold.config.id, result) for hold, result in (*overtaken, *ours) if result.went])
    _end(ours, now_ms)
    _learn_pictures([*ours, *overtaken], now_ms)
    apart = [r for hold, r in ours if hold.apart and r.intent.kind == Recipient.Kind.CLIENT]
    if apart:
        clients.note(apart, now_ms)
    for hold, result in ours:
        if not isinstance(result.outcome, Accepted):
            _consequence(hold, result, now_ms)


def _learn_pictures(recorded: Recorded, now_ms: int) -> None:
    """By what name each lane's provider knows a picture from now on."""
    for hold, result in recorded:
        found = result.outcome.media if isinstance(result.outcome, Accepted) else ""
        if found and hold.config.media.get(result.call.shows) != found:
            pictures.keep(hold.config.id, result.call.shows, found, now_ms + pictures.SHOWN_MS)
            hold.config.media[result.call.shows] = found


def _end_attempts(results: Sequence[Result]) -> None:
    update_many(
        "UPDATE delivery_attempt AS a SET ended_ms=v.ended_ms, outcome=v.outcome, code=v.code FROM {rows} AS v "
        "WHERE a.id=v.id",
        "id bigint, ended_ms bigint, outcome text, code text",
        [(r.intent.attempt_id, r.ended_ms, type(r.outcome).__name__.lower(), _code(r.outcome)) for r in results],
    )


def _code(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Accepted) else outcome.code[:80]


def _record_parts(of_lanes: Sequence[tuple[int, Result]]) -> None:
    """A part row for each (lane, message); a part deleted in place, or missing, is gone in all its rows."""
    went = [r for _lane_id, r in of_lanes]
    late.mark_sent_twice([r for r in went if r.intent.attempts])
    insert_many(
        "delivery_part",
        "lane_id, month, delivery_id, number, provider_id, state, sent_ms, gone",
        [_part_row(lane_id, r) for lane_id, r in of_lanes],
        "(lane_id, month, delivery_id, number) DO UPDATE SET "
        "state=CASE WHEN delivery_part.provider_id=excluded.provider_id THEN delivery_part.state "
        "ELSE excluded.state END, provider_id=excluded.provider_id, gone=excluded.gone",
    )
    several = [r.intent.delivery_id for r in went if r.intent.total > 1]
    if several:
        run(
            "UPDATE delivery_delivery SET parts_out=(SELECT count(*) FROM delivery_part p "
            f"WHERE p.delivery_id=delivery_delivery.id) WHERE id IN ({marks(several)})",
            several,
        )
    gone = [row for r in went if r.missing or r.call.op == "delete" for row in r.intent.part_rows]
    if gone:
        run(f"UPDATE delivery_part SET gone=%s WHERE id IN ({marks(gone)})", [True, *gone])


def _part_row(lane_id: int, r: Result) -> tuple[object, ...]:
    accepted = r.outcome if isinstance(r.outcome, Accepted) else None
    provider_id = (accepted and accepted.provider_id) or r.call.provider_id or ""
    state = "failed" if accepted is None else "delivered" if accepted.delivered else "handed"
    sent_ms = r.intent.acts_on.sent_ms if r.intent.acts_on else r.ended_ms
    gone = r.missing or r.call.op == "delete"
    return lane_id, r.intent.month, r.intent.delivery_id, r.call.part, provider_id, state, sent_ms, gone


def _end(recorded: Recorded, now_ms: int) -> None:
    """Move deliveries out of `handing`; a status that came before the answer has moved some already."""
    moved: dict[tuple[str, str, bool], list[int]] = {}
    again: list[tuple[int, int, int]] = []
    next_part: list[tuple[int, int, int]] = []
    for hold, r in recorded:
        delivery = r.intent.delivery_id
        if r.went and r.intent.more:
            next_part.append((hold.gates.free_at(r.intent.recipient_id, r.intent.kind, now_ms), now_ms, delivery))
        elif _goes_again(hold, r, now_ms):
            again.append((retry_at(r.outcome, r.intent.attempts, now_ms), now_ms, delivery))
        elif r.went and r.intent.total > 1:
            moved.setdefault((*state_of_parts(delivery), False), []).append(delivery)
        else:
            moved.setdefault((*_state(r.outcome), r.went), []).append(delivery)
    for (state, reason, whole), ids in moved.items():
        run(
            f"UPDATE delivery_delivery SET state=%s, reason=%s, changed_ms=%s{', parts_out=1' if whole else ''} "
            f"WHERE id IN ({marks(ids)}) AND state IN ('handing','unknown')",
            [state, reason, now_ms, *ids],
        )
    if next_part:
        ids = [delivery for _, _, delivery in next_part]
        run(f"UPDATE delivery_delivery SET attempts=0 WHERE id IN ({marks(ids)})", ids)
    back_to_planned([*again, *next_part])


def _goes_again(hold: LaneHold, r: Result, now_ms: int) -> bool:
    """Whether it is to be tried again: it surely did not happen, or may be repeated."""
    match r.outcome:
        case Throttled() | Transient():
            attempts = r.intent.attempts
            return not in_vain(r.outcome, attempts, retry_at(r.outcome, attempts, now_ms), r.intent.expires_ms)
        case Refused(effect=Effect.WINDOW_CLOSED):
            return _mailing_of(r) is not None and close_window(hold.config.kind, r.intent.recipient_id, now_ms)
        case Refused(effect=Effect.STOP_LANE):
            return True
        case Refused(effect=Effect.PAUSE_MAILING):
            return _mailing_of(r) is not None
        case Refused(effect=Effect.BLOCKED):
            return r.intent.kind == "channel"
        case Unclear():
            return hold.resend_flash and r.intent.urgency <= RESEND_URGENCY
    return False


def _state(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Accepted(delivered=delivered):
            return ("delivered" if delivered else "handed"), ""
        case Refused(reason=reason) | Throttled(reason=reason) | Transient(reason=reason):
            return "failed", reason[:40]
        case Unclear(code=code):
            return "unknown", code[:40]
        case _:
            raise AssertionError(outcome)


def close_window(kind: str, recipient_id: int, now_ms: int) -> bool:
    """The provider says that the reader's window is closed. False where we believed so too: then nothing else helps."""
    window_ms = lane_kind(kind).window_ms
    return window_ms is not None and recipients.close_window(recipient_id, now_ms - window_ms)


def _consequence(hold: LaneHold, result: Result, now_ms: int) -> None:
    outcome = result.outcome
    if isinstance(outcome, Throttled) and outcome.whole_lane:
        throttle_lane(hold.config.id, now_ms + outcome.retry_ms)
    elif isinstance(outcome, Throttled) and outcome.moved_to:
        _move(Recipient.objects.get(pk=result.intent.recipient_id), outcome.moved_to)
    elif isinstance(outcome, Refused) and outcome.effect is Effect.STOP_LANE:
        stop_lane(hold.config.id, outcome)
    elif isinstance(outcome, Refused) and outcome.effect is Effect.PAUSE_MAILING:
        mailing = _mailing_of(result)
        if mailing:
            hold_mailing(mailing.pk, hold.config.id, outcome)
    elif isinstance(outcome, Refused) and outcome.effect is Effect.SOFT:
        recipients.took_nothing(Recipient.objects.get(pk=result.intent.recipient_id), outcome.reason, now_ms)
    elif isinstance(outcome, Refused) and outcome.effect in {Effect.BLOCKED, Effect.OPTED_OUT}:
        recipient = Recipient.objects.get(pk=result.intent.recipient_id)
        recipients.block(recipient, outcome.reason)


def _move(recipient: Recipient, to: Address) -> None:
    """Of several calls that were under way the first moves it."""
    if to.address and recipients.is_at(recipient, to.address):
        return
    if recipient.kind == Recipient.Kind.GROUP:
        leave_behind(recipient.pk)
    recipients.readdress(recipient, to.address, to.user_id, repoint)


def _mailing_of(result: Result) -> Mailing | None:
    found = Delivery.objects.filter(pk=result.intent.delivery_id, source_kind=SourceKind.RELEASE)
    return Mailing.objects.filter(pk__in=found.values("source_id")).first()


def throttle_lane(lane_id: int, until_ms: int) -> None:
    """The provider throttles the whole lane: it goes on by itself."""
    Lane.objects.filter(pk=lane_id, paused_until_ms__lt=until_ms).update(paused_until_ms=until_ms)


def stop_lane(lane_id: int, refusal: Refused) -> None:
    """Stop a lane until a person acts; said once, in the audit trail and on the board."""
    alert = f"{refusal.reason}: {refusal.code}"[:300]
    if Lane.objects.filter(pk=lane_id, alert="").update(alert=alert):
        audit(None, "lane_stopped", lane=lane_id, alert=alert)


def hold_mailing(release_id: int, lane_id: int, refusal: Refused) -> None:
    """Hold a lane's part of a mailing until a person acts; other lanes, and other mailings on this one, go on."""
    why = f"{refusal.reason}: {refusal.code}"[:80]
    if plan.hold(release_id, lane_id, why):
        audit(None, "mailing_held", release=release_id, lane=lane_id, why=why)
