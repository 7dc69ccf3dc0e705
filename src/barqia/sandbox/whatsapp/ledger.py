"""What every delivered message costs: by category, country and kind of price, as Meta bills since October 2026."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from barqia.sandbox.clock import Clock
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.countries import country_of
from barqia.sandbox.whatsapp.sent import Sent

Json = dict[str, Any]
# service messages cost since then, and so do utility templates inside the window
SERVICE_COSTS_MS = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp() * 1000)
FREE_SERVICE = 1_000
KEPT = 200_000
ANY = "*"


class Price(NamedTuple):
    """As a status carries it."""

    category: str
    type: str
    billable: bool

    def as_json(self) -> Json:
        about = {"billable": self.billable, "pricing_model": "PMP", "type": self.type}
        return {**about, "category": self.category}


@dataclass(frozen=True, slots=True)
class Line:
    number: str
    country: str
    price: Price


class Ledger:
    """`rates`: by country (or `*`), then by category; a category without a rate has no cost told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.currency, self.rates = "USD", dict[str, dict[str, float]]()
        self._sums: Counter[Line] = Counter()
        self._entries: deque[Json] = deque(maxlen=KEPT)
        self._count = 0
        self._months: Counter[tuple[str, str]] = Counter()

    def price(self, number: Number, sent: Sent) -> Price:
        if sent.free:
            return Price("referral_conversion", "free_entry_point", False)
        costs = self._clock.now_ms() >= SERVICE_COSTS_MS
        category = sent.category
        if category == "service" and not (costs and self._months[self._month(number)] >= FREE_SERVICE):
            return Price(category, "free_customer_service", False)
        if category == "utility" and sent.open and not costs:
            return Price(category, "free_customer_service", False)
        return Price(category, "regular", True)

    def _month(self, number: Number) -> tuple[str, str]:
        return number.id, datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m")

    def write(self, number: Number, sent: Sent, digits: str) -> Price:
        """A message was delivered to this number (digits)."""
        price, country = self.price(number, sent), country_of(digits)
        if price.category == "service":
            self._months[self._month(number)] += 1
        self._sums[Line(number.id, country, price)] += 1
        self._count += 1
        about: Json = {"n": self._count, "at_ms": self._clock.now_ms(), "number": number.id, "id": sent.wamid}
        about |= {"country": country, "template": sent.template.name if sent.template else None, "tag": sent.tag}
        self._entries.append({**about, **price._asdict()})
        return price

    def clear(self) -> None:
        """Begin anew; the month's free messages stay used."""
        self._sums.clear()
        self._entries.clear()

    def as_json(self, number: str = "") -> Json:
        """Sums by country and category, of one number or of all, and what they cost."""
        sums: Counter[tuple[str, Price]] = Counter()
        for line, count in self._sums.items():
            if number in {"", line.number}:
                sums[line.country, line.price] += count
        rows = [self._row(country, price, count) for (country, price), count in sorted(sums.items())]
        costs = [row["cost"] for row in rows if row["cost"] is not None]
        total = {"messages": sum(sums.values()), "billable": sum(row["messages"] for row in rows if row["billable"])}
        return {"currency": self.currency, "rows": rows, "total": {**total, "cost": round(sum(costs), 6)}}

    def _row(self, country: str, price: Price, count: int) -> Json:
        rate = self.rate(country, price.category) if price.billable else 0.0
        cost = None if rate is None else round(rate * count, 6)
        return {"country": country, **price._asdict(), "messages": count, "rate": rate, "cost": cost}

    def rate(self, country: str, category: str) -> float | None:
        """The rate of the country, else of everywhere; a service message costs what a utility template does."""
        for table in (self.rates.get(country, {}), self.rates.get(ANY, {})):
            for name in (category, "utility" if category == "service" else category.removesuffix("_lite")):
                if name in table:
                    return table[name]
        return None

    def entries(self, after: int) -> list[Json]:
        """The newest messages one by one, with higher numbers than `after`."""
        return [entry for entry in self._entries if entry["n"] > after]
