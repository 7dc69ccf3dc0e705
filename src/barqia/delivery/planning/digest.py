"""When the daily digest of a lane goes, and what of it belongs to which day. No I/O, no clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
# what is being planned in the moment a digest goes would come a minute after it, in a second one
CUT_OFF_MS = MINUTE_MS
# a digest that could not go is news until the middle of the next day, and then goes with that day's
LIFE_MS = 36 * HOUR_MS


def next_ms(at: time, zone: str, now_ms: int) -> int:
    """The next moment after `now_ms` at which it is this time in the zone.

    A time that the clocks skip is the one at which they would have shown it, and one that comes twice is its first.
    """
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    today = _ms(local, at)
    return today if today > now_ms else _ms(local + timedelta(days=1), at)


def last_ms(at: time, zone: str, now_ms: int) -> int:
    """The newest such moment that is not after `now_ms`."""
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    today = _ms(local, at)
    return today if today <= now_ms else _ms(local - timedelta(days=1), at)


def _ms(day: datetime, at: time) -> int:
    return int(day.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0, fold=0).timestamp() * 1000)
