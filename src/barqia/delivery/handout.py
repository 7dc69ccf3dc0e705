"""Who works on what: a lane is held by one worker, and the database says what is most urgent.

One seam. A message (here an asyncio event) only wakes a lane's worker; `take` picks the most urgent due
chunk from the database. Taking a lane raises its epoch, and every intent commit requires the current one,
so that a paused worker that wakes cannot send.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from django.db import transaction
from django.db.models import F

from barqia.delivery.models import Chunk
from barqia.delivery.sql import run
from barqia.subscribers.models import Lane


class Handout(Protocol):
    def wake(self, lane_id: int) -> None:
        """Something may be due on this lane."""

    async def wait(self, lane_id: int, seconds: float) -> None:
        """Until woken, or this long."""


class Embedded:
    """One process holds the data folder's lock, so it holds every lane: no leases at all."""

    def __init__(self) -> None:
        self._events: dict[int, asyncio.Event] = {}

    def wake(self, lane_id: int) -> None:
        self._event(lane_id).set()

    def wake_all(self) -> None:
        for event in self._events.values():
            event.set()

    async def wait(self, lane_id: int, seconds: float) -> None:
        event = self._event(lane_id)
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
        event.clear()

    def _event(self, lane_id: int) -> asyncio.Event:
        return self._events.setdefault(lane_id, asyncio.Event())


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


def take(lane_id: int, now_ms: int) -> Chunk | None:
    """The most urgent due chunk of a lane, held until the transaction ends: what is planned again meanwhile opens it
    after we closed it, and what we put off is paused with it."""
    due = Chunk.objects.select_for_update(no_key=True).filter(
        lane_id=lane_id, done=False, paused=False, not_before_ms__lte=now_ms
    )
    return due.order_by("priority", "id").first()


def next_due_ms(lane_id: int) -> int | None:
    """When the next postponed chunk of a lane is due."""
    waiting = Chunk.objects.filter(lane_id=lane_id, done=False, paused=False)
    return waiting.order_by("not_before_ms").values_list("not_before_ms", flat=True).first()
