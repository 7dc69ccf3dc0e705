"""Attempt ids: made before the call, because they travel in it.

An id is 42 bits of milliseconds since 2025, then 15 bits of a counter, then 6 bits of part number:
part n of a delivery's attempt has the id `tag + n`.
"""

from barqia.delivery.clock import Clock

PARTS = 64
EPOCH_MS = 1_735_689_600_000
COUNTER_BITS = 15


class AttemptIds:
    """Rising ids of one sender. A second sender of the same lane is excluded by the lane's epoch."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        now = (self._clock() - EPOCH_MS) << COUNTER_BITS
        self._last = max(self._last + 1, now)
        return self._last * PARTS


def split(attempt_id: int) -> tuple[int, int]:
    """(tag, part number) of an attempt's id."""
    return attempt_id - attempt_id % PARTS, attempt_id % PARTS
