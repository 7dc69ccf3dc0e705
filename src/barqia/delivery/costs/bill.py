"""What a mailing came to, as the provider billed it, with what that costs where prices are set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from barqia.delivery.costs.forecast import currency_of, price_of
from barqia.delivery.costs.prices import prices_at
from barqia.delivery.costs.pricing import Billed, billed
from barqia.delivery.lane import Pricing, lane_kind
from barqia.subscribers.models import Lane
from barqia.wire.models import Release


@dataclass(frozen=True, slots=True)
class Line:
    """So many messages to one country that arrived; `cost` of the billable, None where no price is set."""

    country: str
    pricing: Pricing
    messages: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Bill:
    """One lane's, as far as its provider has told."""

    lane_name: str
    title: str
    currency: str
    lines: tuple[Line, ...]

    @property
    def sums(self) -> list[tuple[Pricing, int]]:
        """All countries together."""
        counted: Counter[Pricing] = Counter()
        for line in self.lines:
            counted[line.pricing] += line.messages
        return sorted(counted.items())

    @property
    def cost(self) -> Decimal | None:
        known = [line.cost for line in self.lines if line.cost is not None]
        return (
            sum(known, Decimal(0))
            if any(line.pricing.billable and line.cost is not None for line in self.lines)
            else None
        )

    @property
    def unpriced(self) -> int:
        return sum(line.messages for line in self.lines if line.cost is None)


def bill(release_id: int) -> list[Bill]:
    """The bills of a release's lanes; a lane that is not billed by the message has none."""
    found = billed([release_id])
    lanes = {lane.pk: lane for lane in Lane.objects.filter(pk__in={one.lane_id for one in found})}
    at = Release.objects.values_list("created_at", flat=True).get(pk=release_id) if found else datetime.now(UTC)
    return [_bill(lane, [one for one in found if one.lane_id == pk], at) for pk, lane in sorted(lanes.items())]


def _bill(lane: Lane, found: Sequence[Billed], at: datetime) -> Bill:
    currency = currency_of(lane)
    tariff, prices = lane_kind(lane.kind).tariff(lane.settings), prices_at(at.astimezone(UTC).date(), currency)

    def cost(one: Billed) -> Decimal | None:
        if not one.pricing.billable:
            return Decimal(0)
        price = price_of(tariff, prices, one.country, one.pricing.category) if tariff else None
        return None if price is None else price * one.messages

    lines = [Line(one.country, one.pricing, one.messages, cost(one)) for one in found]
    return Bill(lane.name, lane.title, currency, tuple(sorted(lines, key=lambda line: (-line.messages, line.country))))
