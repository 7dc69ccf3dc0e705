"""What a delivery becomes after a call: planned again, or what its parts came to."""

from collections.abc import Sequence

from django.db import connection

from barqia.delivery.doubt import leave_in_doubt
from barqia.delivery.models import Part
from barqia.delivery.sql import marks, rows, run, update_many

# a part's state only rises
RANK = {"handed": 0, "delivered": 1, "read": 2, "failed": 3}


def state_of_parts(delivery_id: int) -> tuple[str, str]:
    """(state, reason): the least of its parts' states; failed where one of them failed, or all are gone.

    A part that was missing on the phone when it was to be changed counts only where no other is left.
    """
    parts = list(Part.objects.filter(delivery_id=delivery_id).values_list("state", "gone"))
    there = [state for state, gone in parts if not (gone and state == "failed")]
    if not there:
        return "failed", "message_gone"
    if "failed" in there:
        return "failed", "part_failed"
    return min(there, key=RANK.__getitem__), ""


def _hold_mailings(deliveries: Sequence[int]) -> None:
    """Nobody cancels or overtakes the mailings of these until the transaction ends. SQLite has one writer anyway."""
    if connection.features.has_select_for_update:
        rows(
            "SELECT 1 FROM delivery_mailing WHERE release_id IN (SELECT source_id FROM delivery_delivery "
            f"WHERE id IN ({marks(deliveries)}) AND source_kind=1) ORDER BY release_id FOR SHARE",
            deliveries,
        )


def back_to_planned(deliveries: Sequence[tuple[int, int, int]], left: str = "'handing','unknown'") -> None:
    """Plan these again: (not before, now, delivery id). What was overtaken or cancelled is skipped instead, or unknown.

    `left` are the states, quoted, that a delivery may leave by it.
    """
    ids = [delivery for _, _, delivery in deliveries]
    if not ids:
        return
    _hold_mailings(ids)
    stopped: dict[int, str] = dict(
        rows(
            "SELECT d.id, min(CASE WHEN m.release_id=d.source_id THEN 'cancelled' ELSE 'superseded' END) "
            "FROM delivery_delivery d JOIN delivery_mailing m ON m.dispatch_id=d.dispatch_id "
            f"WHERE d.id IN ({marks(ids)}) AND d.source_kind=1 AND ((m.release_id>d.source_id AND m.supersedes=%s) "
            "OR (m.release_id=d.source_id AND m.state='cancelled')) GROUP BY d.id",
            [*ids, True],
        )
    )
    skipped = [one for one in deliveries if one[2] in stopped]
    doubtful = _left_in_doubt(skipped, left)
    update_many(
        "UPDATE delivery_delivery AS d SET state='skipped', reason=v.reason, changed_ms=v.at_ms FROM {rows} AS v "
        f"WHERE d.id=v.id AND d.state IN ({left})",
        "id bigint, reason text, at_ms bigint",
        [
            (delivery, stopped[delivery], now)
            for _, now, delivery in deliveries
            if delivery in stopped and delivery not in doubtful
        ],
    )
    going = {delivery: (at, now) for at, now, delivery in deliveries if delivery not in stopped}
    update_many(
        "UPDATE delivery_delivery AS d SET state='planned', reason='', not_before_ms=v.not_before_ms, "
        "changed_ms=v.at_ms FROM {rows} AS v WHERE d.id=v.id AND d.state IN (" + left + ")",
        "id bigint, not_before_ms bigint, at_ms bigint",
        [(delivery, at, now) for delivery, (at, now) in going.items()],
    )
    _open_chunks({delivery: at for delivery, (at, _now) in going.items()})


def forget_failed_parts(ids: Sequence[int]) -> None:
    """Parts that are out stay out; those that failed are made anew."""
    if not ids:
        return
    run(f"DELETE FROM delivery_part WHERE delivery_id IN ({marks(ids)}) AND state='failed' AND NOT gone", ids)
    run(
        "UPDATE delivery_delivery SET parts_out=(SELECT count(*) FROM delivery_part p "
        f"WHERE p.delivery_id=delivery_delivery.id) WHERE id IN ({marks(ids)})",
        ids,
    )


def _left_in_doubt(stopped: Sequence[tuple[int, int, int]], left: str) -> set[int]:
    """Those that are not sent again and may be out."""
    ids = [delivery for _, _, delivery in stopped]
    return leave_in_doubt(f"id IN ({marks(ids)}) AND state IN ({left})", ids, stopped[0][1]) if ids else set()


def _open_chunks(going: dict[int, int]) -> None:
    """The chunks of these deliveries {id: not before} are at work again, from the first of them on."""
    if not going:
        return
    first: dict[int, int] = {}
    for delivery, chunk in rows(
        f"SELECT id, chunk_id FROM delivery_delivery WHERE id IN ({marks([*going])})", [*going]
    ):
        first[chunk] = min(going[delivery], first.get(chunk, going[delivery]))
    update_many(
        "UPDATE delivery_chunk AS c SET done=v.done, not_before_ms=CASE WHEN c.not_before_ms>v.not_before_ms "
        "THEN v.not_before_ms ELSE c.not_before_ms END FROM {rows} AS v WHERE c.id=v.id",
        "id bigint, done boolean, not_before_ms bigint",
        [(chunk, False, at) for chunk, at in sorted(first.items())],
    )
