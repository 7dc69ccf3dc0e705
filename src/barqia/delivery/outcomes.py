"""Committing the answers: what calls came to, in one transaction for as many as have come in.

A delivery's calls go one after another; between two of them `Progress` commits the part that is out and the
attempt that comes next, so that an attempt without an end is exactly one that may be under way.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from barqia.delivery.intents import Intent, LaneHold
from barqia.delivery.lane import Accepted, Call, Effect, Outcome, Refused, Throttled, Transient, Unclear
from barqia.delivery.sql import marks, rows, run, run_many
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import audit

RETRY_MOST_MS = 300_000


@dataclass(frozen=True, slots=True)
class Result:
    """What one call came to. `more` is the next part's number when the delivery goes on, else None."""

    intent: Intent
    call: Call
    outcome: Outcome
    ended_ms: int
    more: int | None = None


@transaction.atomic
def commit(hold: LaneHold, results: Sequence[Result], now_ms: int) -> None:
    """Record these results: attempts, parts, the deliveries' states, and what a refusal asks for."""
    lane_id = hold.config.id
    run_many(
        "UPDATE delivery_attempt SET ended_ms=%s, outcome=%s, code=%s WHERE id=%s",
        [(r.ended_ms, type(r.outcome).__name__.lower(), _code(r.outcome), r.intent.tag + r.call.part) for r in results],
    )
    accepted = [r for r in results if isinstance(r.outcome, Accepted)]
    _record_parts(lane_id, accepted)
    run_many(
        "INSERT INTO delivery_attempt (id, lane_id, month, delivery_id, part, started_ms, outcome, code) "
        "VALUES (%s,%s,%s,%s,%s,%s,'','')",
        [
            (r.intent.tag + r.more, lane_id, r.intent.month, r.intent.delivery_id, r.more, now_ms)
            for r in results
            if r.more is not None
        ],
    )
    finished = [r for r in results if r.more is None]
    _end(finished, now_ms)
    for result in finished:
        _consequence(hold, result, now_ms)


def _code(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Accepted) else outcome.code[:80]


def _record_parts(lane_id: int, accepted: Sequence[Result]) -> None:
    """A part row for each message that is out; a part deleted in place is gone, in all its rows."""
    made = []
    for r in accepted:
        assert isinstance(r.outcome, Accepted)
        acted_on = r.intent.acts_on.get(r.call.provider_id or "")
        provider_id = r.outcome.provider_id or r.call.provider_id or ""
        sent_ms = acted_on.sent_ms if acted_on else r.ended_ms
        state = "delivered" if r.outcome.delivered else "handed"
        gone = r.call.op == "delete"
        made.append((lane_id, r.intent.month, r.intent.delivery_id, r.call.part, provider_id, state, sent_ms, gone))
    run_many(
        "INSERT INTO delivery_part (lane_id, month, delivery_id, number, provider_id, state, sent_ms, gone) "
        "VALUES (%s,%s,%s,%s,%s,%s,%s,%s) "
        "ON CONFLICT (lane_id, month, delivery_id, number) DO UPDATE SET provider_id=excluded.provider_id",
        made,
    )
    run_many(
        "UPDATE delivery_delivery SET parts_out=parts_out+1 WHERE id=%s",
        [(r.intent.delivery_id,) for r in accepted],
    )
    deleted = [
        row
        for r in accepted
        if r.call.op == "delete"
        for row in r.intent.earlier_rows.get(r.call.provider_id or "", ())
    ]
    if deleted:
        run(f"UPDATE delivery_part SET gone=%s WHERE id IN ({marks(deleted)})", [True, *deleted])


def _end(finished: Sequence[Result], now_ms: int) -> None:
    """Move deliveries out of `handing`; a status that came before the answer has moved some already."""
    moved: dict[tuple[str, str], list[int]] = {}
    again: list[tuple[int, int, int]] = []
    for r in finished:
        if isinstance(r.outcome, Throttled | Transient) or _stops_lane(r.outcome):
            again.append((_retry_at(r, now_ms), now_ms, r.intent.delivery_id))
        else:
            moved.setdefault(_state(r.outcome), []).append(r.intent.delivery_id)
    for (state, reason), ids in moved.items():
        run(
            "UPDATE delivery_delivery SET state=%s, reason=%s, changed_ms=%s "
            f"WHERE id IN ({marks(ids)}) AND state='handing'",
            [state, reason, now_ms, *ids],
        )
    back_to_planned(again)


def back_to_planned(deliveries: Sequence[tuple[int, int, int]]) -> None:
    """Plan these again: (not before, now, delivery id). What a newer release overtook is skipped instead."""
    ids = [delivery for _, _, delivery in deliveries]
    if not ids:
        return
    overtaken = {
        row[0]
        for row in rows(
            f"SELECT d.id FROM delivery_delivery d WHERE d.id IN ({marks(ids)}) AND d.source_kind=1 AND EXISTS ("
            "SELECT 1 FROM delivery_mailing m WHERE m.dispatch_id=d.dispatch_id AND m.release_id>d.source_id "
            "AND m.supersedes=%s)",
            [*ids, True],
        )
    }
    run_many(
        "UPDATE delivery_delivery SET state='skipped', reason='superseded', changed_ms=%s "
        "WHERE id=%s AND state IN ('handing','unknown')",
        [(now, delivery) for _, now, delivery in deliveries if delivery in overtaken],
    )
    going = [(at, now, delivery) for at, now, delivery in deliveries if delivery not in overtaken]
    run_many(
        "UPDATE delivery_delivery SET state='planned', not_before_ms=%s, changed_ms=%s "
        "WHERE id=%s AND state IN ('handing','unknown')",
        going,
    )
    run_many(
        "UPDATE delivery_chunk SET done=%s, not_before_ms=CASE WHEN not_before_ms>%s THEN %s ELSE not_before_ms END "
        "WHERE id=(SELECT chunk_id FROM delivery_delivery WHERE id=%s)",
        [(False, at, at, delivery) for at, _, delivery in going],
    )


def _state(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Accepted(delivered=delivered):
            return ("delivered" if delivered else "handed"), ""
        case Refused(reason=reason):
            return "failed", reason[:40]
        case Unclear(code=code):
            return "unknown", code[:40]
        case _:
            raise AssertionError(outcome)


def _stops_lane(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.effect is Effect.STOP_LANE


def _retry_at(result: Result, now_ms: int) -> int:
    """Throttled: when the provider says. Otherwise back-off, doubling to five minutes, with jitter."""
    if isinstance(result.outcome, Throttled):
        return now_ms + result.outcome.retry_ms
    back_off = min(RETRY_MOST_MS, 1000 * 2 ** min(result.intent.attempts, 10))
    return now_ms + int(back_off * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret


def _consequence(hold: LaneHold, result: Result, now_ms: int) -> None:
    outcome = result.outcome
    if isinstance(outcome, Throttled) and outcome.whole_lane:
        Lane.objects.filter(pk=hold.config.id, paused_until_ms__lt=now_ms + outcome.retry_ms).update(
            paused_until_ms=now_ms + outcome.retry_ms
        )
    elif isinstance(outcome, Refused) and outcome.effect is Effect.STOP_LANE:
        stop_lane(hold.config.id, outcome)
    elif isinstance(outcome, Refused) and outcome.effect in {Effect.BLOCKED, Effect.OPTED_OUT}:
        recipient = Recipient.objects.get(pk=result.intent.recipient_id)
        recipients.block(recipient, outcome.reason)


def stop_lane(lane_id: int, refusal: Refused) -> None:
    """Stop a lane until a person acts; said once, in the audit trail and on the board."""
    alert = f"{refusal.reason}: {refusal.code}"[:300]
    if Lane.objects.filter(pk=lane_id, alert="").update(alert=alert):
        audit(None, "lane_stopped", lane=lane_id, alert=alert)
