"""A business portfolio: whom its numbers may write to in a day, and the ids under which it knows people."""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

from barqia.sandbox.phones import Phone

DAY_MS, WEEK_MS = 86_400_000, 7 * 86_400_000
UNLIMITED = -1
TIERS = (250, 2_000, 10_000, 100_000, UNLIMITED)
TIER_NAMES = {250: "TIER_250", 2_000: "TIER_2K", 10_000: "TIER_10K", 100_000: "TIER_100K", UNLIMITED: "TIER_UNLIMITED"}
# the portfolio that numbers have where none is named; it knows people by the ids their phones show
COMMON = "1"


@dataclass(slots=True, eq=False)
class Portfolio:
    """`limit` people a rolling day may be written to outside their windows, -1 for no limit.

    `today` and `this_week` have when each was last written to so, the latest at the end.
    """

    id: str
    limit: int = UNLIMITED
    rising: bool = False
    today: OrderedDict[int, int] = field(default_factory=OrderedDict)
    this_week: OrderedDict[int, int] = field(default_factory=OrderedDict)
    _people: dict[str, Phone] = field(default_factory=dict)

    @property
    def tier(self) -> str:
        return TIER_NAMES.get(self.limit, f"TIER_{self.limit}")

    def reach(self, phone: Phone, now_ms: int) -> bool:
        """Whether one more person may be written to; who was within the day costs nothing."""
        for reached, length_ms in ((self.today, DAY_MS), (self.this_week, WEEK_MS)):
            while reached and next(iter(reached.values())) <= now_ms - length_ms:
                reached.popitem(last=False)
        if phone.id not in self.today and self.limit != UNLIMITED and len(self.today) >= self.limit:
            return False
        for reached in (self.today, self.this_week):
            reached[phone.id] = now_ms
            reached.move_to_end(phone.id)
        return True

    def next_limit(self) -> int | None:
        """The tier above, where at least half of this one was used in seven days."""
        if self.limit not in TIERS[:-1] or len(self.this_week) < self.limit / 2:
            return None
        return TIERS[TIERS.index(self.limit) + 1]

    def user_id(self, phone: Phone) -> str:
        """The id of a person here: each portfolio has its own."""
        if self.id == COMMON:
            return phone.user_id
        number = int.from_bytes(sha256(f"{self.id}/{phone.user_id}".encode()).digest()[:8], "big")
        made = f"{phone.user_id[:2]}.{number:020d}"
        self._people[made] = phone
        return made

    def person(self, user_id: str) -> Phone | None:
        """Whom an id names that was told before, as long as it is theirs."""
        phone = self._people.get(user_id)
        return phone if phone and self.user_id(phone) == user_id else None
