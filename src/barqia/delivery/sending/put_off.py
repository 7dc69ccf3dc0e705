"""Deliveries that a gate puts off: planned again, those that wait long in a later chunk, so that this one can end."""

from collections import defaultdict
from collections.abc import Iterable

from barqia.delivery.models import Chunk
from barqia.delivery.sql import marks, rows, run, update_many

LATER_MS = 30_000
# those that wait long are gathered: a chunk for each moment would be as many chunks as deliveries
GATHERED_MS = 10_000
CHUNK = 1000


def commit(chunk: Chunk, put_off: Iterable[tuple[int, int]], now_ms: int) -> None:
    """Put these (until ms, delivery id) of the chunk off, in the caller's transaction."""
    soon: list[tuple[int, int]] = []
    later: dict[int, list[int]] = defaultdict(list)
    for until_ms, delivery in put_off:
        if until_ms - now_ms <= LATER_MS:
            soon.append((delivery, until_ms))
        else:
            later[-(-until_ms // GATHERED_MS) * GATHERED_MS].append(delivery)
    update_many(
        "UPDATE delivery_delivery AS d SET state='planned', not_before_ms=v.until_ms FROM {rows} AS v "
        "WHERE d.id=v.id AND d.state='claimed'",
        "id bigint, until_ms bigint",
        soon,
    )
    for until_ms, deliveries in sorted(later.items()):
        run(
            "UPDATE delivery_delivery SET state='planned', not_before_ms=%s, chunk_id=%s "
            f"WHERE id IN ({marks(deliveries)}) AND state='claimed'",
            [until_ms, _later_chunk(chunk, until_ms, len(deliveries)), *deliveries],
        )


def _later_chunk(chunk: Chunk, until_ms: int, count: int) -> int:
    """The chunk of the same source for that moment which has room for so many more; a new one where none has."""
    names = ("lane_id", "month", "source_kind", "source_id", "priority", "paused")
    same = {name: getattr(chunk, name) for name in names} | {"not_before_ms": until_ms}
    newest = Chunk.objects.filter(**same, done=False).exclude(pk=chunk.pk).order_by("-pk").first()
    if newest:
        ((waiting,),) = rows("SELECT count(*) FROM delivery_delivery WHERE chunk_id=%s", [newest.pk])
        if waiting + count <= CHUNK:
            return newest.pk
    return Chunk.objects.create(**same).pk
