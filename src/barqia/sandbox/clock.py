"""The sandbox's clock: the machine's, moved forward on request, so that windows close and edits grow late."""

import asyncio
import time
from contextlib import suppress


class Clock:
    def __init__(self) -> None:
        self._ahead_ms = 0
        self._moved = asyncio.Event()

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def now(self) -> int:
        """Whole seconds, as both providers write times."""
        return self.now_ms() // 1000

    def advance(self, ms: int) -> None:
        self._ahead_ms += ms
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Until this clock has moved so far, by itself or on request."""
        end = self.now_ms() + seconds * 1000
        while (left := end - self.now_ms()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left / 1000)
