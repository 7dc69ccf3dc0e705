"""Attempt ids: made before the call, because they travel in it.

An id is 41 bits of milliseconds since 2025, 7 bits of a counter, 9 bits of the lane, 6 bits of part number:
part n of a delivery's attempt has the id `tag + n`. Two lanes' ids never meet (while there are 512 of them).
"""

from barqia.delivery.clock import Clock

PARTS = 64
LANES = 512
EPOCH_MS = 1_735_689_600_000
COUNTER_BITS = 7


class AttemptIds:
    """Rising ids of one lane's holder; `after` is the last its earlier holders made, should clocks disagree.

    A second holder of the same lane is excluded by the lane's epoch.
    """

    def __init__(self, clock: Clock, lane_id: int, after: int = 0) -> None:
        self._clock = clock
        self._lane = lane_id % LANES
        self._last = after // (LANES * PARTS)

    def next(self) -> int:
        now = (self._clock() - EPOCH_MS) << COUNTER_BITS
        self._last = max(self._last + 1, now)
        return (self._last * LANES + self._lane) * PARTS


def split(attempt_id: int) -> tuple[int, int]:
    """(tag, part number) of an attempt's id."""
    return attempt_id - attempt_id % PARTS, attempt_id % PARTS
