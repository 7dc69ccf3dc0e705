"""The sandbox's clock: the machine's, moved forward on request, so that windows close and edits grow late."""

import time


class Clock:
    def __init__(self) -> None:
        self._ahead_ms = 0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def now(self) -> int:
        """Whole seconds, as both providers write times."""
        return self.now_ms() // 1000

    def advance(self, ms: int) -> None:
        self._ahead_ms += ms
