"""Answers that come when the lane's hold may be another's, or may be here already: recorded, never lost, never twice.

A worker that lost its lane still commits what its calls came to: after the take-over those deliveries are
`handing` until their calls cannot be answered any more, then `unknown`, and either may become anything. Where
a newer attempt was made meanwhile, that one decides, and what both brought went out twice. And a commit that the
database did not confirm may have been carried out: then the attempt says so.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from barqia.delivery.lane import Accepted
from barqia.delivery.sql import marks, rows, run, update_many

if TYPE_CHECKING:
    from barqia.delivery.sending.intents import LaneHold
    from barqia.delivery.sending.outcomes import Result

    Results = Sequence[Result]


def sorted_out(hold: "LaneHold", epoch: int, results: "Results") -> "tuple[Results, Results]":
    """(results that decide their deliveries, results that a newer attempt has overtaken); others are recorded already.

    `epoch` is the lane's, whose row the transaction holds: who takes the lane waits for this commit.
    """
    if not results or (epoch == hold.epoch and not hold.in_doubt):
        return results, ()
    ids = [r.intent.attempt_id for r in results]
    recorded = {
        attempt
        for attempt, outcome in rows(f"SELECT id, outcome FROM delivery_attempt WHERE id IN ({marks(ids)})", ids)
        if outcome not in {"", "receipt"}
    }
    fresh = [r for r in results if r.intent.attempt_id not in recorded]
    newest = _newest_attempts([r.intent.delivery_id for r in fresh])
    ours = [r for r in fresh if newest[r.intent.delivery_id] == r.intent.attempt_id]
    overtaken = [r for r in fresh if newest[r.intent.delivery_id] != r.intent.attempt_id]
    _claim_back([r.intent.delivery_id for r in ours if r.went])
    mark_sent_twice([r for r in overtaken if r.went])
    return ours, overtaken


def _newest_attempts(deliveries: Sequence[int]) -> dict[int, int]:
    query = f"SELECT delivery_id, max(id) FROM delivery_attempt WHERE delivery_id IN ({marks(deliveries)}) GROUP BY 1"
    return dict(rows(query, deliveries))


def _claim_back(deliveries: Sequence[int]) -> None:
    """What was planned again and has not begun is not to go again: the call that was made is its own."""
    run(
        "UPDATE delivery_delivery SET state='handing' "
        f"WHERE id IN ({marks(deliveries)}) AND state IN ('planned','claimed')",
        deliveries,
    )


def mark_sent_twice(results: "Results") -> None:
    """Where another attempt's message is told of already, each of these makes a second one."""
    update_many(
        "UPDATE delivery_delivery AS d SET sent_twice=v.sent_twice FROM {rows} AS v WHERE d.id=v.id "
        "AND EXISTS (SELECT 1 FROM delivery_part p WHERE p.delivery_id=d.id AND p.number=v.number "
        "AND p.provider_id<>v.provider_id)",
        "id bigint, number smallint, provider_id text, sent_twice boolean",
        [
            (r.intent.delivery_id, r.call.part, r.outcome.provider_id or "", True)
            for r in results
            if isinstance(r.outcome, Accepted) and r.call.op == "send"
        ],
    )
