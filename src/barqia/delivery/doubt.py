"""What may be on a phone though nobody knows: it is not skipped, whatever stops it from being sent again.

A kill or correction that comes later must reach who may have it, and an editor must see that nobody can tell.
"""

from collections.abc import Sequence

from barqia.delivery.sql import rows

# a new message whose call has no end, or an unclear one, and of which nothing was told since
_MAY_BE_OUT = (
    "attempts>0 AND EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id=delivery_delivery.id "
    "AND NOT a.in_place AND (a.ended_ms IS NULL OR a.outcome='unclear') AND NOT EXISTS (SELECT 1 FROM delivery_part p "
    "WHERE p.delivery_id=a.delivery_id AND p.number=a.part))"
)


def leave_in_doubt(where: str, values: Sequence[object], now_ms: int) -> set[int]:
    """Make `unknown` what of these may be out already, before the others are skipped. Returns which."""
    left = rows(
        "UPDATE delivery_delivery SET state='unknown', reason='not_sent_again', changed_ms=%s "
        f"WHERE {where} AND {_MAY_BE_OUT} RETURNING id",
        [now_ms, *values],
    )
    return {delivery for (delivery,) in left}
