"""A provider's own limits: a bucket of tokens."""


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
