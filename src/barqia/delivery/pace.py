"""The pace gates: a bucket of tokens for the lane, a least interval for each recipient. No I/O, no clock."""

from collections import OrderedDict

BURST_SECONDS = 0.25


class Bucket:
    """Tokens at `rate` a second, at most a quarter second's worth; a new holder starts it empty."""

    def __init__(self, rate: float, now_ms: int) -> None:
        self._rate = max(rate, 0.001)
        self._room = max(1.0, self._rate * BURST_SECONDS)
        self._tokens = 0.0
        self._at_ms = now_ms

    def available(self, now_ms: int) -> int:
        """Whole tokens there now."""
        if now_ms > self._at_ms:
            self._tokens = min(self._room, self._tokens + (now_ms - self._at_ms) * self._rate / 1000)
            self._at_ms = now_ms
        return int(self._tokens)

    def take(self, count: int) -> None:
        """Spend tokens; a call that could not wait may overdraw, and later ones pay."""
        self._tokens -= count

    def wait_ms(self) -> float:
        """Until the next whole token."""
        return max(0.0, (1.0 - self._tokens) * 1000 / self._rate)


class Intervals:
    """When each recipient may be sent to next; forgets those whose time has passed."""

    def __init__(self, interval_ms: int) -> None:
        self._interval = interval_ms
        self._next: OrderedDict[int, int] = OrderedDict()

    def free_at(self, recipient: int) -> int:
        return self._next.get(recipient, 0)

    def sent(self, recipient: int, at_ms: int) -> None:
        if not self._interval:
            return
        self._next[recipient] = at_ms + self._interval
        self._next.move_to_end(recipient)
        while self._next and next(iter(self._next.values())) <= at_ms:
            self._next.popitem(last=False)
