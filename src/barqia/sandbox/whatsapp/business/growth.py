"""How a number and its portfolio grow: a higher limit, more messages a second, a better or worse name."""

from functools import partial

from barqia.sandbox.pace import Bucket
from barqia.sandbox.whatsapp.business.numbers import HIGH, STANDARD, Number
from barqia.sandbox.whatsapp.business.portfolios import UNLIMITED, Portfolio
from barqia.sandbox.whatsapp.world import WhatsApp

RISE_MS = 6 * 3_600_000
ENOUGH_PEOPLE = 100_000
PHONES_A_BUSINESS = 25


class Growth:
    def __init__(self, world: WhatsApp) -> None:
        self._world = world
        self._clock = world.clock

    def consider(self, number: Number) -> None:
        """After one more person was reached: a limit half used rises within six hours."""
        portfolio = number.account.portfolio
        if portfolio.limit == UNLIMITED:
            if len(portfolio.today) >= ENOUGH_PEOPLE and number.bucket.rate == STANDARD and number.quality != "RED":
                self.upgrade(number)
        elif not portfolio.rising and number.quality == "GREEN" and portfolio.next_limit() is not None:
            portfolio.rising = True
            self._clock.at(self._clock.now_ms() + RISE_MS, partial(self._rise, portfolio))

    def _rise(self, portfolio: Portfolio) -> None:
        portfolio.rising = False
        limit = portfolio.next_limit()
        if limit is not None and all(number.quality == "GREEN" for number in self._numbers(portfolio)):
            self.limit(portfolio, limit)

    def _numbers(self, portfolio: Portfolio) -> list[Number]:
        return [number for number in self._world.numbers.values() if number.account.portfolio is portfolio]

    def limit(self, portfolio: Portfolio, limit: int) -> None:
        """A limit of people a day, told to every account of the portfolio."""
        portfolio.limit = limit
        limits = {"max_daily_conversations_per_business": limit, "max_phone_numbers_per_business": PHONES_A_BUSINESS}
        for account in self._world.accounts.values():
            if account.portfolio is portfolio:
                account.tell("business_capability_update", limits, self._clock.now_ms())

    def upgrade(self, number: Number) -> None:
        """A thousand messages a second, after a minute in which none goes."""
        number.bucket = Bucket(HIGH, HIGH)
        number.upgraded_ms = self._clock.now_ms()
        self._tell(number, "THROUGHPUT_UPGRADE")

    def rate(self, number: Number, quality: str) -> None:
        """The quality that people's blocks and reports gave the number."""
        before, number.quality = number.quality, quality
        if "RED" in {before, quality} and before != quality:
            self._tell(number, "FLAGGED" if quality == "RED" else "UNFLAGGED")

    def _tell(self, number: Number, event: str) -> None:
        tier = number.account.portfolio.tier
        value = {"display_phone_number": number.digits, "event": event, "current_limit": tier}
        value["max_daily_conversations_per_business"] = tier
        number.account.tell("phone_number_quality_update", value, self._clock.now_ms())
