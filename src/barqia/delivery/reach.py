"""The quota of people: how many a portfolio's lanes may write to first, outside their window, in any 24 hours.

Counted in the database, with the intent: lanes of one portfolio share it, and a crash forgets nobody. Counting
100,000 takes milliseconds a group; a lane with that few a day has few groups.
"""

from collections.abc import Sequence

from django.db import connection

from barqia.delivery.lane import Quota
from barqia.delivery.sql import insert_many, marks, rows, run

DAY_MS = 24 * 3600 * 1000
HOUR_MS = 3600 * 1000
# those put off come again when a twentieth of the quota is free, at most an hour after its first place
SHARE = 20


class Reach:
    """One group's view of the quota, in its transaction; others of the portfolio wait for its end."""

    def __init__(self, quota: Quota, now_ms: int) -> None:
        self._quota, self._now_ms = quota, now_ms

    def admit(self, recipients: Sequence[int]) -> set[int]:
        """Who of these may be written to: whoever was in the last 24 hours, and as many others as there is room for."""
        if not recipients:
            return set()
        if connection.vendor == "postgresql":
            rows("SELECT pg_advisory_xact_lock(hashtext(%s))", [self._quota.portfolio])
        found = rows(
            "SELECT recipient_id FROM delivery_reached WHERE portfolio=%s AND at_ms>%s "
            f"AND recipient_id IN ({marks(recipients)})",
            [self._quota.portfolio, self._now_ms - DAY_MS, *recipients],
        )
        known = {recipient for (recipient,) in found}
        new = [recipient for recipient in recipients if recipient not in known]
        room = room_of(self._quota, self._now_ms) if new else 0
        return known | set(new[:room])

    def room_again_ms(self) -> int:
        """When those who were not admitted are to be tried again."""
        return free_at_ms(self._quota, self._now_ms)

    def record(self, lane_id: int, recipients: Sequence[int]) -> None:
        """These are written to now."""
        if not recipients:
            return
        run(
            "DELETE FROM delivery_reached WHERE portfolio=%s AND at_ms<=%s",
            [self._quota.portfolio, self._now_ms - DAY_MS],
        )
        insert_many(
            "delivery_reached",
            "portfolio, lane_id, recipient_id, at_ms",
            [(self._quota.portfolio, lane_id, recipient, self._now_ms) for recipient in recipients],
            "(portfolio, recipient_id) DO UPDATE SET at_ms=excluded.at_ms",
        )


def room_of(quota: Quota, now_ms: int) -> int:
    """How many more people may be written to now."""
    query = "SELECT count(*) FROM delivery_reached WHERE portfolio=%s AND at_ms>%s"
    ((reached,),) = rows(query, [quota.portfolio, now_ms - DAY_MS])
    return max(0, quota.people - int(reached))


def free_at_ms(quota: Quota, now_ms: int) -> int:
    """When a full quota has room again, worth trying for: for one, and soon after for a share of it.

    Where nobody is counted yet, those who fill it are being written to now.
    """
    query = "SELECT at_ms FROM delivery_reached WHERE portfolio=%s AND at_ms>%s ORDER BY at_ms LIMIT %s"
    found = rows(query, [quota.portfolio, now_ms - DAY_MS, max(1, quota.people // SHARE)])
    if not found:
        return now_ms + DAY_MS
    first, share = found[0][0], found[-1][0]
    return int(min(share, first + HOUR_MS)) + DAY_MS
