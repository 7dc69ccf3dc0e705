"""The circuit breaker of one lane: a provider that fails again and again is left alone, then asked. No I/O, no clock.

Closed, calls go. When failures outweigh successes it opens: nothing starts, for a pause that grows. After it one
harmless question is asked; where that is answered, one call goes on trial, and its success closes the breaker. So an
outage costs a few deliveries and not one more, however long it lasts.
"""

import random
from collections.abc import Callable
from enum import Enum, auto

# so many failures more than successes open it: a provider that fails now and then is no outage
THRESHOLD, NEVER = 5, 1 << 62
FIRST_MS, MOST_MS = 250, 30_000
# so many successes after an outage, and the next one is a new one: its pauses begin small
WELL = 20
FREE = 1 << 30


class _State(Enum):
    CLOSED = auto()
    OPEN = auto()
    ASKING = auto()
    TRIAL = auto()
    TRYING = auto()


def _jitter() -> float:
    return random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret


class Breaker:
    """`until_ms` is when an open one asks again. `jitter` gives the share of a pause that is waited, up to 1;
    `threshold` how many failures more than successes open it.

    A call that `began` belongs to a round, and only the present round's answers count: of the calls that were under
    way when it opened, none closes it, and none opens it again afterwards.
    """

    def __init__(self, jitter: Callable[[], float] = _jitter, threshold: int = THRESHOLD) -> None:
        self.until_ms = 0
        self._threshold = threshold
        self._jitter = jitter
        self._state = _State.CLOSED
        self._round = self._score = self._openings = self._successes = 0

    @property
    def closed(self) -> bool:
        return self._state is _State.CLOSED

    def room(self) -> int:
        """How many calls may start now."""
        if self._state is _State.CLOSED:
            return FREE
        return 1 if self._state is _State.TRIAL else 0

    def waits(self, now_ms: int) -> bool:
        """Whether nothing can be done but wait: for the pause to end, or for an answer that is awaited."""
        return self._state in {_State.ASKING, _State.TRYING} or (self._state is _State.OPEN and not self._due(now_ms))

    def ask(self, now_ms: int) -> bool:
        """Whether the harmless question is to be asked now; if so, `answered` is owed."""
        if self._state is not _State.OPEN or not self._due(now_ms):
            return False
        self._become(_State.ASKING)
        return True

    def answered(self, well: bool, now_ms: int) -> None:
        """What the question came to."""
        if well:
            self._become(_State.TRIAL)
        else:
            self._open(now_ms)

    def began(self) -> int:
        """A call starts, within `room`; its round, which `ended` is owed."""
        assert self.room(), "nothing starts while the breaker is open"
        if self._state is _State.TRIAL:
            self._become(_State.TRYING)
        return self._round

    def ended(self, round_: int, well: bool, now_ms: int) -> None:
        if round_ != self._round:
            return
        if self._state is _State.TRYING:
            if well:
                self._become(_State.CLOSED)
                self._score = self._successes = 0
            else:
                self._open(now_ms)
        elif well:
            if self._score or self._openings:
                self._score = max(0, self._score - 1)
                self._successes += 1
                if self._successes >= WELL:
                    self._openings = 0
        else:
            self._score += 1
            if self._score >= self._threshold:
                self._open(now_ms)

    def _due(self, now_ms: int) -> bool:
        """Whether the pause is over; also where the clock was set back behind its beginning."""
        return not self.until_ms - MOST_MS <= now_ms < self.until_ms

    def _open(self, now_ms: int) -> None:
        pause = min(MOST_MS, FIRST_MS * 2 ** min(self._openings, 10))
        self._openings += 1
        self.until_ms = now_ms + max(1, int(pause * self._jitter()))
        self._become(_State.OPEN)

    def _become(self, state: _State) -> None:
        self._state = state
        self._round += 1
