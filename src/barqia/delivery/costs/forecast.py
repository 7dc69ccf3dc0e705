"""What a mailing will cost on a lane whose messages are billed: messages by country and category, the free ones, and
the price where the newsroom has set prices."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from barqia.delivery.costs.counted import People
from barqia.delivery.costs.prices import currencies, prices_at
from barqia.delivery.costs.pricing import free_used
from barqia.delivery.lane import Address, Calls, Job, LaneConfig, Tariff, lane_kind
from barqia.rendering.story import Act, Story
from barqia.subscribers.models import Lane


@dataclass(frozen=True, slots=True)
class Cell:
    """So many people of one country, and the messages to them; `price` is one message's, None where none is set."""

    country: str
    category: str
    people: int
    messages: int
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`free_left` messages of the category `inside` are free this month, before this mailing."""

    cells: tuple[Cell, ...]
    inside: str
    free_left: int
    currency: str

    @property
    def messages(self) -> int:
        return sum(cell.messages for cell in self.cells)

    @property
    def by_category(self) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for cell in self.cells:
            counted[cell.category] += cell.messages
        return dict(sorted(counted.items()))

    @property
    def free(self) -> int:
        """How many of these messages are free."""
        return min(self.free_left, self.by_category.get(self.inside, 0))

    @property
    def unpriced(self) -> int:
        """Messages whose price nobody has set."""
        return sum(cell.messages for cell in self.cells if cell.price is None)

    @property
    def cost(self) -> Decimal | None:
        """At most: the free ones are taken to be the cheapest. None where no price is set."""
        priced = [(cell.price, cell) for cell in self.cells if cell.price is not None]
        if not priced:
            return None
        free, total = self.free, Decimal(0)
        for price, cell in sorted(priced, key=lambda one: one[0]):
            taken = min(free, cell.messages) if cell.category == self.inside else 0
            free -= taken
            total += price * (cell.messages - taken)
        return total


@dataclass(frozen=True, slots=True)
class Bulk:
    """People who get the same messages of a story: `act` is what it is to them."""

    act: Act
    people: Sequence[People]


def forecast(lane: Lane, story: Story, bulks: Sequence[Bulk], now_ms: int) -> Forecast | None:
    """None on a lane whose messages cost nothing by country."""
    tariff = lane_kind(lane.kind).tariff(lane.settings)
    if tariff is None:
        return None
    people: Counter[tuple[str, str]] = Counter()
    messages: Counter[tuple[str, str]] = Counter()
    for bulk in bulks:
        for group in bulk.people:
            cell = group.country, tariff.outside if group.closed else tariff.inside
            people[cell] += group.count
            messages[cell] += group.count * messages_of(lane, story, bulk.act, group.closed, now_ms)
    day = datetime.fromtimestamp(now_ms / 1000, UTC)
    currency = currency_of(lane)
    prices = prices_at(day.date(), currency)
    cells = [
        Cell(country, category, people[country, category], count, price_of(tariff, prices, country, category))
        for (country, category), count in sorted(messages.items(), key=lambda found: (-found[1], found[0]))
    ]
    return Forecast(tuple(cells), tariff.inside, max(0, tariff.free - _free_used(lane, day)), currency)


def messages_of(lane: Lane, story: Story, act: Act, closed: bool, now_ms: int) -> int:
    """How many a reader gets: as many as the kind renders for one whose window is open, or closed."""
    job = Job(act, story, Address("1"), 0, now_ms, last_inbound_ms=None if closed else now_ms)
    nobodys = dict.fromkeys(lane_kind(lane.kind).secrets, "")
    rendered = lane_kind(lane.kind).render(job, LaneConfig(lane.pk, lane.name, lane.kind, lane.settings, nobodys))
    return len(rendered.calls) if isinstance(rendered, Calls) else 0


def currency_of(lane: Lane) -> str:
    """The lane's own, or the only one in which prices are set."""
    set_in = currencies()
    return lane.settings.get("currency", "").upper() or (set_in[0] if len(set_in) == 1 else "")


def price_of(tariff: Tariff, prices: Mapping[tuple[str, str], Decimal], country: str, category: str) -> Decimal | None:
    market = tariff.markets.get(country, tariff.other)
    own = prices.get((market, category))
    return prices.get((market, tariff.like.get(category, category))) if own is None else own


def _free_used(lane: Lane, day: datetime) -> int:
    """Of the month's free messages; lanes of one number share them."""
    number = lane.settings.get("phone_number_id")
    lanes = [one.pk for one in Lane.objects.filter(kind=lane.kind) if one.settings.get("phone_number_id") == number]
    first = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return free_used(lanes, int(first.timestamp() * 1000))
