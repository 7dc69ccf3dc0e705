"""A lane's pace: a bucket of tokens. No I/O, no clock. A recipient's is in `gates`."""

from collections import deque
from itertools import takewhile

BURST_SECONDS = 0.25
# a second as the provider counts it, and what the network may add or take on the way there
WINDOW_MS = 1002
# a lane's first calls after a silence wait for connections to be made and come with those behind them: a fifth is
# kept for that in the second in which they go
COLD = 5


class Bucket:
    """Tokens at `rate` a second, at most a quarter second's worth; never more than `rate` in any second.

    A new holder starts it empty.
    """

    def __init__(self, rate: float, now_ms: int) -> None:
        self._rate = max(rate, 0.001)
        self._room = max(1.0, self._rate * BURST_SECONDS)
        self._most = max(1, int(self._rate))
        self._tokens = 0.0
        self._at_ms = now_ms
        self._taken: deque[tuple[int, int]] = deque()
        self._in_window = 0

    def available(self, now_ms: int, ahead_ms: int = 0) -> int:
        """Whole tokens there now, or so much later if nothing is taken until then."""
        self._pass(now_ms)
        tokens = min(self._room, self._tokens + ahead_ms * self._rate / 1000)
        until_ms = now_ms + ahead_ms - WINDOW_MS
        over = sum(count for _at_ms, count in takewhile(lambda taken: taken[0] <= until_ms, self._taken))
        return max(0, min(int(tokens), self._most - self._in_window + over))

    def take(self, count: int, now_ms: int) -> None:
        """Spend tokens; a call that could not wait may overdraw, and later ones pay."""
        self._tokens -= count
        if count:
            self.remember(count if self._taken else count + self._most // COLD, now_ms)

    def left(self, now_ms: int) -> None:
        """What was taken last has left only now: a second counts from here."""
        if self._taken and self._taken[-1][0] < now_ms:
            self._taken[-1] = (now_ms, self._taken[-1][1])

    def remember(self, count: int, at_ms: int) -> None:
        """So many went then, from an earlier holder's bucket: in the second after, they count."""
        self._taken.append((at_ms, count))
        self._in_window += count

    def wait_ms(self, count: int, now_ms: int) -> float:
        """Until so many whole tokens are there; 0 when they are."""
        self._pass(now_ms)
        refill = (min(count, self._room) - self._tokens) * 1000 / self._rate
        full = self._taken[0][0] + WINDOW_MS - now_ms if self._in_window + count > self._most and self._taken else 0
        return max(0.0, refill, full)

    def _pass(self, now_ms: int) -> None:
        if now_ms < self._at_ms:  # the clock was set back
            self._taken = deque([(now_ms, self._in_window)])
        self._tokens = min(self._room, self._tokens + max(0, now_ms - self._at_ms) * self._rate / 1000)
        self._at_ms = now_ms
        while self._taken and self._taken[0][0] <= now_ms - WINDOW_MS:
            self._in_window -= self._taken.popleft()[1]
