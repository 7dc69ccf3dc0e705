"""The sandbox's clock: the machine's, moved forward on request, so that windows close and edits grow late."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush

# so many acts that are due together are done before others have their turn
AT_A_TIME = 500


class Clock:
    def __init__(self) -> None:
        self._ahead_ms = 0
        self._moved = asyncio.Event()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._asked = 0
        self._timer: asyncio.TimerHandle | None = None

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def now(self) -> int:
        """Whole seconds, as both providers write times."""
        return self.now_ms() // 1000

    def advance(self, ms: int) -> None:
        self._ahead_ms += ms
        self._moved.set()
        self._moved = asyncio.Event()
        self._wind()

    async def sleep(self, seconds: float) -> None:
        """Until this clock has moved so far, by itself or on request."""
        end = self.now_ms() + seconds * 1000
        while (left := end - self.now_ms()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left / 1000)

    def at(self, due_ms: float, act: Callable[[], None]) -> None:
        """Have `act` done once this clock shows `due_ms`; what is due together, in the order it was asked for."""
        self._asked += 1
        heappush(self._due, (due_ms, self._asked, act))
        if self._due[0][1] == self._asked:
            self._wind()

    def stop(self) -> None:
        self._due.clear()
        self._wind()

    def _wind(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._due:
            left = max(0.0, self._due[0][0] - self.now_ms()) / 1000
            self._timer = asyncio.get_running_loop().call_later(left, self._strike)

    def _strike(self) -> None:
        now = self.now_ms()
        for _ in range(AT_A_TIME):
            if not self._due or self._due[0][0] > now:
                break
            heappop(self._due)[2]()
        self._wind()
