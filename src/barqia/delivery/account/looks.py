"""What a page that polls looks at: one look for all who ask in this process, the dearer the longer it serves."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

T = TypeVar("T")

# a tenth of one core at most, however many poll
TIMES = 10


def lately(key: str, look: Callable[[], T], *, fresh: bool = False, least_seconds: float = 0) -> T:
    """What `look` found not longer ago than ten times what it took, or `least_seconds`; or `fresh`, which then serves
    the others too."""
    found: T | None = None if fresh else cache.get(key)
    if found is None:
        began = time.perf_counter()
        found = look()
        cache.set(key, found, max(least_seconds, (time.perf_counter() - began) * TIMES))
    return found
