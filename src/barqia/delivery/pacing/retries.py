"""When what surely did not happen is tried again, and when that is in vain. No I/O, no clock."""

import random

from barqia.delivery.lane import Effect, Outcome, Refused, Throttled, Transient

MOST_MS = 300_000
DAY_MS = 24 * 3600 * 1000
# a wait grows to a day, or to eight times itself where it is longer than that
GROWN = 8


def retry_at(outcome: Outcome, attempts: int, now_ms: int) -> int:
    """Throttled: when the provider says; at once what goes another way. Otherwise back-off, to five minutes, with
    jitter."""
    if isinstance(outcome, Refused) and outcome.effect is Effect.WINDOW_CLOSED:
        return now_ms
    if isinstance(outcome, Throttled):
        growth: int = outcome.growth ** min(attempts, 10)
        most = max(DAY_MS, outcome.retry_ms * GROWN)
        return now_ms + max(outcome.retry_ms, min(most, outcome.retry_ms * growth))
    back_off = min(MOST_MS, 1000 * 2 ** min(attempts, 10))
    return now_ms + int(back_off * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret


def in_vain(outcome: Throttled | Transient, attempts: int, at_ms: int, expires_ms: int) -> bool:
    """Whether trying again at `at_ms` would come to nothing; `attempts` are those before this one."""
    if isinstance(outcome, Transient):
        return 0 < outcome.tries <= attempts + 1
    return not outcome.whole_lane and at_ms >= expires_ms
