"""The quota of people: how many a portfolio's lanes may write to first, outside their window, in any 24 hours.

Counted in the database, with the intent: lanes of one portfolio share it, and a crash forgets nobody. The portfolio's
row holds how many there are, and holds others of it off until the transaction ends; counting them for each group costs
ten times as much at 100,000 (`benchmarks/gates.py`).
"""

from collections.abc import Sequence

from barqia.delivery.lane import Quota
from barqia.delivery.sql import insert_many, marks, rows, run

DAY_MS = 24 * 3600 * 1000
HOUR_MS = 3600 * 1000
# those put off come again when a twentieth of the quota is free, at most an hour after its first place
SHARE = 20
# in one group's transaction; until all are, fewer are admitted than might be
FORGOTTEN_AT_ONCE = 1000


class Reach:
    """One group's view of the quota, in its transaction; others of the portfolio wait for its end."""

    def __init__(self, quota: Quota, now_ms: int) -> None:
        self._quota, self._now_ms = quota, now_ms
        self._known: set[int] = set()

    def admit(self, recipients: Sequence[int]) -> set[int]:
        """Who of these may be written to: whoever was in the last 24 hours, and as many others as there is room for."""
        if not recipients:
            return set()
        room = self._quota.people - self._reached()
        found = rows(
            f"SELECT recipient_id FROM delivery_reached WHERE portfolio=%s AND recipient_id IN ({marks(recipients)})",
            [self._quota.portfolio, *recipients],
        )
        self._known = {recipient for (recipient,) in found}
        new = [recipient for recipient in recipients if recipient not in self._known]
        return self._known | set(new[: max(0, room)])

    def _reached(self) -> int:
        """How many there are, without those of a day ago; the portfolio's row is held."""
        name = self._quota.portfolio
        insert_many(
            "delivery_portfolio",
            "name, reached",
            [(name, 0)],
            "(name) DO UPDATE SET reached=delivery_portfolio.reached",
        )
        forgotten = run(
            "DELETE FROM delivery_reached WHERE id IN (SELECT id FROM delivery_reached WHERE portfolio=%s "
            "AND at_ms<=%s ORDER BY at_ms LIMIT %s)",
            [name, self._now_ms - DAY_MS, FORGOTTEN_AT_ONCE],
        )
        ((reached,),) = rows(
            "UPDATE delivery_portfolio SET reached=reached-%s WHERE name=%s RETURNING reached", [forgotten, name]
        )
        return int(reached)

    def room_again_ms(self) -> int:
        """When those who were not admitted are to be tried again."""
        return free_at_ms(self._quota, self._now_ms)

    def record(self, lane_id: int, recipients: Sequence[int]) -> None:
        """These, who were admitted, are written to now."""
        if not recipients:
            return
        insert_many(
            "delivery_reached",
            "portfolio, lane_id, recipient_id, at_ms",
            [(self._quota.portfolio, lane_id, recipient, self._now_ms) for recipient in recipients],
            "(portfolio, recipient_id) DO UPDATE SET at_ms=excluded.at_ms",
        )
        new = sum(recipient not in self._known for recipient in recipients)
        run("UPDATE delivery_portfolio SET reached=reached+%s WHERE name=%s", [new, self._quota.portfolio])


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
