"""A provider's own limits: a bucket of tokens, and the penalty for who draws from an empty one."""

import math

# calls that were on their way when the penalty began ignore nothing yet
UNDER_WAY_MS = 500
# so long it may grow; a fault plan may begin with more (18,053 seconds have been seen)
LONGEST_SECONDS = 3_600.0


class Bucket:
    """`rate` tokens a second, `burst` at most; a rate of 0 has no limit."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self._burst, self._tokens, self._at_ms = rate, burst, burst, 0

    def wait_seconds(self, now_ms: int) -> float:
        """0 when a token was taken, else how long until there is one."""
        if not self.rate:
            return 0.0
        self._tokens = min(self._burst, self._tokens + max(0, now_ms - self._at_ms) * self.rate / 1000)
        self._at_ms = now_ms
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self.rate


class Penalty:
    """A time in which every call is refused. With `grows`, a call that ignores it begins it anew, twice as long."""

    __slots__ = ("_began_ms", "_grows", "_seconds", "_until_ms")

    def __init__(self, *, grows: bool) -> None:
        self._grows = grows
        self._began_ms, self._until_ms, self._seconds = 0, 0.0, 0.0

    def begin(self, seconds: float, now_ms: int) -> int:
        """Refuse for so long from now. Returns whole seconds to wait, as providers say them: 1 at least."""
        self._seconds = seconds
        self._began_ms, self._until_ms = now_ms, now_ms + self._seconds * 1000
        return self._left(now_ms)

    def meet(self, now_ms: int) -> int:
        """0 for a call that is free to pass, else the whole seconds it is told to wait."""
        if now_ms >= self._until_ms:
            return 0
        if self._grows and now_ms - self._began_ms >= UNDER_WAY_MS:
            return self.begin(max(self._seconds, min(LONGEST_SECONDS, self._seconds * 2)), now_ms)
        return self._left(now_ms)

    def _left(self, now_ms: int) -> int:
        return max(1, math.ceil((self._until_ms - now_ms) / 1000))
