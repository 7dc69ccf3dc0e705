"""Where lanes' turns meet: those that come in together are one transaction, for one for thirty slow lanes costs little
more than one for a single message.

A turn that can wait does, for others to join it; one in a hurry takes along all that wait. What a turn asks is settled
when its transaction begins, and not when it came.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from barqia.delivery.clock import Clock
from barqia.delivery.sending.intents import Group, resting
from barqia.delivery.sending.outcomes import Turn, exchange

InDatabase = Callable[..., Awaitable[Any]]
Waiting = tuple[Turn, asyncio.Future[Group]]

# how long a slow lane's turn waits for others'; its tokens and answers wait no longer than that
JOIN_MS = 40
# answers and intents in one transaction: so that it holds the writer for no more than some fifty milliseconds
MOST_MESSAGES = 500


class Clearing:
    """One transaction at a time. `database` runs a function in the database's thread."""

    def __init__(self, database: InDatabase, clock: Clock) -> None:
        self.database, self._clock = database, clock
        self._asked: list[tuple[Callable[[], Turn], asyncio.Future[Group]]] = []
        self._hurried = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def exchange(self, turn: Callable[[], Turn], hurried: bool) -> Group:
        """What the lane begins, once its answers are committed. Raises DatabaseError, and what fails this lane."""
        future: asyncio.Future[Group] = asyncio.get_running_loop().create_future()
        self._asked.append((turn, future))
        if hurried:
            self.hurry()
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    def hurry(self) -> None:
        """All that wait go now."""
        self._hurried.set()

    async def _run(self) -> None:
        while self._asked:
            await within(self._hurried, JOIN_MS / 1000)
            self._hurried.clear()
            asked, self._asked = self._asked, []
            for part in _parts([(turn(), future) for turn, future in asked]):
                await self._settle(part)
        self._running = None

    async def _settle(self, waiting: Sequence[Waiting]) -> None:
        found: Sequence[Group | Exception]
        try:
            found = await self.database(settle, [turn for turn, _future in waiting], self._clock())
        except Exception as error:  # noqa: BLE001 - raised where each turn was asked for
            found = [error] * len(waiting)
        for (_turn, future), group in zip(waiting, found, strict=True):
            if future.cancelled():
                continue
            if isinstance(group, Exception):
                future.set_exception(group)
            else:
                future.set_result(group)


def settle(turns: Sequence[Turn], now_ms: int) -> list[Group | Exception]:
    """`outcomes.exchange`, for lanes that have something to do: of those that had nothing, a look tells it."""
    looking = [turn.hold for turn in turns if turn.hold.rests and not turn.results]
    found: dict[int, Group | Exception] = {**resting(looking, now_ms)} if looking else {}
    acting = [turn for turn in turns if turn.hold.config.id not in found]
    if acting:
        for turn, group in zip(acting, exchange(acting, now_ms), strict=True):
            turn.hold.rests = isinstance(group, Group) and group.idle
            found[turn.hold.config.id] = group
    return [found[turn.hold.config.id] for turn in turns]


def _parts(waiting: Sequence[Waiting]) -> Iterator[Sequence[Waiting]]:
    """Not too many messages in one, and a lane in doubt alone: what fails there fails no other."""
    part: list[Waiting] = []
    messages = 0
    for one in waiting:
        turn, _future = one
        if turn.hold.in_doubt:
            yield [one]
            continue
        part.append(one)
        messages += len(turn.results) + turn.room
        if messages >= MOST_MESSAGES:
            yield part
            part, messages = [], 0
    if part:
        yield part


async def within(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set; after so many seconds it is."""
    if not event.is_set():
        timer = asyncio.get_running_loop().call_later(seconds, event.set)
        try:
            await event.wait()
        finally:
            timer.cancel()
