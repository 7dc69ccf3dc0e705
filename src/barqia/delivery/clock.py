"""The room's clock: integer milliseconds since 1970 UTC."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def month_of(ms: int) -> int:
    """The month (yyyymm, UTC) a source belongs to."""
    moment = time.gmtime(ms / 1000)
    return moment.tm_year * 100 + moment.tm_mon
