"""Who works on what: a lane is held by one worker, and the database says what is most urgent.

One seam, two engines: `Embedded` here, `several.handout.Nats` for many processes. A message only wakes a lane's
worker; `take` picks the most urgent due chunk from the database. Taking a lane raises its epoch, and every
intent commit requires the current one, so that a paused worker that wakes cannot send.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from django.db import connection, transaction
from django.db.models import F

from barqia.delivery.models import Chunk
from barqia.delivery.sql import marks, rows, run
from barqia.subscribers.models import Lane


class Handout(Protocol):
    """What holds lanes for one process.

    `lingering_ms` is how long calls that an earlier holder of a lane began may still be answered, 0 where it is
    surely dead; `beat_seconds` how often this process says that it lives.
    """

    lingering_ms: int
    beat_seconds: float

    async def join(self) -> None:
        """Begin. Raises SetupError."""

    async def leave(self) -> None:
        """End; everything that was sent or planned has ended before."""

    async def keep(self, lanes: Collection[int], every: Collection[int]) -> None:
        """Be ready to hold `lanes`; `every` are all that somebody has to."""

    def changed(self) -> bool:
        """Whether a hold came or went since this was last asked."""

    def holds(self, lane_id: int) -> bool:
        """Whether this process may begin calls on the lane at this instant."""

    def plans(self) -> bool:
        """Whether this is the process that plans."""

    def share(self, me: str, shares: Mapping[str, AbstractSet[int]]) -> int | None:
        """Given the lanes each living process holds: the one that this process is to give back, if any."""

    async def give_back(self, lane_id: int) -> None:
        """Let another hold it; what was under way has ended before."""

    async def let_go(self) -> None:
        """This process cannot work: let others hold all that it holds, and plan."""

    async def offer(self, lane_id: int) -> None:
        """Something was added to this lane, whoever holds it."""

    def wake(self, lane_id: int) -> None:
        """Something may be due on this lane, if it is held here."""

    def wake_all(self) -> None:
        """The same of all lanes."""

    async def wait(self, lane_id: int) -> None:
        """Until woken."""


class Bells:
    """What a lane's worker waits for, one a lane."""

    def __init__(self) -> None:
        self._events: dict[int, asyncio.Event] = {}

    def of(self, lane_id: int) -> asyncio.Event:
        return self._events.setdefault(lane_id, asyncio.Event())

    def ring_all(self) -> None:
        for event in self._events.values():
            event.set()

    async def wait(self, lane_id: int) -> None:
        event = self.of(lane_id)
        await event.wait()
        event.clear()


class Embedded:
    """One process holds the data folder's lock, so it holds every lane and plans: no leases at all."""

    lingering_ms = 0
    beat_seconds = 5.0

    def __init__(self) -> None:
        self._bells = Bells()

    async def join(self) -> None:
        pass

    async def leave(self) -> None:
        pass

    async def keep(self, lanes: Collection[int], every: Collection[int]) -> None:
        pass

    def changed(self) -> bool:
        return False

    def holds(self, lane_id: int) -> bool:  # noqa: ARG002 - all of them
        return True

    def plans(self) -> bool:
        return True

    def share(self, me: str, shares: Mapping[str, AbstractSet[int]]) -> int | None:  # noqa: ARG002 - there is nobody else
        return None

    async def give_back(self, lane_id: int) -> None:
        pass

    async def let_go(self) -> None:
        pass

    async def offer(self, lane_id: int) -> None:
        self.wake(lane_id)

    def wake(self, lane_id: int) -> None:
        self._bells.of(lane_id).set()

    def wake_all(self) -> None:
        self._bells.ring_all()

    async def wait(self, lane_id: int) -> None:
        await self._bells.wait(lane_id)


@transaction.atomic
def hold(lane_id: int) -> int:
    """Take a lane: raise its epoch, and give back what its last holder had claimed. Returns the epoch."""
    Lane.objects.filter(pk=lane_id).update(epoch=F("epoch") + 1)
    run(
        "UPDATE delivery_delivery SET state='planned' WHERE state='claimed' AND lane_id=%s",
        [lane_id],
    )
    return Lane.objects.values_list("epoch", flat=True).get(pk=lane_id)


def let_groups_end(lanes: Iterable[int]) -> None:
    """Hold these lanes until the transaction ends: the groups that their senders are committing end first, and locks
    are taken in one order."""
    list(Lane.objects.select_for_update(no_key=True).filter(pk__in=lanes).order_by("pk"))


def tell_trouble(lane_id: int, trouble: str) -> None:
    """Show on the board why a lane's provider is left alone for a while; empty when it answers again."""
    Lane.objects.filter(pk=lane_id).update(trouble=trouble)


MOST_URGENT = (
    "SELECT c.id FROM delivery_chunk c WHERE c.lane_id=l.id AND NOT c.done AND NOT c.paused AND c.not_before_ms<=%s "
    "ORDER BY c.priority, c.id LIMIT 1"
)
NEXT_DUE = "SELECT min(c.not_before_ms) FROM delivery_chunk c WHERE c.lane_id=l.id AND NOT c.done AND NOT c.paused"
CHUNK_FIELDS = ("id", "lane_id", "month", "source_kind", "source_id", "priority", "not_before_ms", "paused", "done")


def take(lanes: Sequence[int], now_ms: int) -> dict[int, Chunk]:
    """The most urgent due chunk of each lane that has one, held until the transaction ends: what is planned again
    meanwhile opens it after we closed it, and what we put off is paused with it."""
    lock = "ORDER BY id FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    found = rows(
        f"SELECT {', '.join(CHUNK_FIELDS)} FROM delivery_chunk WHERE id IN (SELECT ({MOST_URGENT}) "
        f"FROM subscribers_lane l WHERE l.id IN ({marks(lanes)})) AND NOT done AND NOT paused {lock}",
        [now_ms, *lanes],
    )
    return {row[1]: Chunk.from_db(None, CHUNK_FIELDS, row) for row in found}


def next_due_ms(lanes: Sequence[int]) -> dict[int, int]:
    """When the next chunk of each lane that has one is due."""
    found = rows(f"SELECT l.id, ({NEXT_DUE}) FROM subscribers_lane l WHERE l.id IN ({marks(lanes)})", lanes)
    return {lane_id: due for lane_id, due in found if due is not None}
