"""Prices as the newsroom sets them, and what a mailing came to by them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from barqia.delivery.costs.bill import bill
from barqia.delivery.costs.counted import People
from barqia.delivery.costs.forecast import Bulk, Cell, Forecast, forecast
from barqia.delivery.costs.prices import checked, export_csv, import_csv, prices_at, store
from barqia.delivery.costs.pricing import free_used, letters, pricing_of
from barqia.delivery.lane import Pricing
from barqia.delivery.models import Delivery, Part, Price
from barqia.errors import InputError
from barqia.rendering.story import Act, Story
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Release
from delivery.hand import NOW, plan_all, publish, reader, send

pytestmark = pytest.mark.django_db
EGYPT = ("Egypt", "marketing", "USD", "0.0644", "2026-10-01")
CARD = """Rates,,,,
Market,Currency,Marketing,Utility,Authentication
Egypt,$US,0.0644,0.0036,n/a
Rest of Middle East,USD,0.0341,0.0091,-
"""


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (("Atlantis", *EGYPT[1:]), "Atlantis"),
        (("Egypt", "gossip", *EGYPT[2:]), "gossip"),
        ((*EGYPT[:2], "dollars", *EGYPT[3:]), "dollars"),
        ((*EGYPT[:3], "-1", EGYPT[4]), "-1"),
        ((*EGYPT[:3], "1000", EGYPT[4]), "1000"),
        ((*EGYPT[:3], "NaN", EGYPT[4]), "NaN"),
        ((*EGYPT[:3], "0,06", EGYPT[4]), "0,06"),
        ((*EGYPT[:4], "1 October"), "1 October"),
    ],
)
def test_what_cannot_be_a_price_is_refused_by_name(row: tuple[str, str, str, str, str], wrong: str) -> None:
    with pytest.raises(InputError, match=wrong):
        checked(*row)


def test_markets_are_known_however_they_are_written() -> None:
    row = checked("rest of MIDDLE-EAST", "Marketing", " $us ", " 0.03 ", " 2026-10-01 ")
    assert row == ("Rest of Middle East", "marketing", "USD", Decimal("0.03"), date(2026, 10, 1))


def test_a_rate_card_is_taken_as_it_is_and_its_gaps_are_no_prices() -> None:
    assert import_csv(CARD.splitlines(), "2026-10-01") == 4
    assert prices_at(date(2026, 10, 1), "USD") == {
        ("Egypt", "marketing"): Decimal("0.0644"),
        ("Egypt", "utility"): Decimal("0.0036"),
        ("Rest of Middle East", "marketing"): Decimal("0.0341"),
        ("Rest of Middle East", "utility"): Decimal("0.0091"),
    }


def test_one_wrong_line_and_none_is_taken() -> None:
    with pytest.raises(InputError, match="4"):
        import_csv(CARD.replace("0.0341", "free").splitlines(), "2026-10-01")
    assert not Price.objects.exists()


def test_a_file_without_prices_says_what_it_should_begin_with() -> None:
    with pytest.raises(InputError, match="market,category,currency,price,valid_from"):
        import_csv(["a,b", "1,2"])


def test_what_was_exported_is_imported_to_the_same() -> None:
    import_csv(CARD.splitlines(), "2026-10-01")
    lines = list(export_csv())
    Price.objects.all().delete()
    assert import_csv(lines) == 4
    assert list(export_csv()) == lines


def test_a_price_holds_from_its_day_until_the_next_and_one_of_the_same_day_is_replaced() -> None:
    for price, day in (("0.05", "2026-07-01"), ("0.06", "2026-10-01"), ("0.07", "2026-10-01")):
        store([checked("Egypt", "marketing", "USD", price, day)])
    found = [
        prices_at(date(2026, month, day), "USD").get(("Egypt", "marketing"))
        for month, day in ((6, 30), (7, 1), (9, 30), (10, 1))
    ]
    assert found == [None, Decimal("0.05"), Decimal("0.05"), Decimal("0.07")]
    assert prices_at(date(2026, 10, 1), "EUR") == {}


@pytest.mark.parametrize(
    ("pricing", "stored", "again"),
    [
        (Pricing("marketing", "regular", True), "mr1", Pricing("marketing", "regular", True)),
        (Pricing("service", "free_customer_service", False), "sc0", Pricing("service", "free_customer_service", False)),
        (Pricing("tomorrow", "new", True), "oo1", Pricing("other", "other", True)),
    ],
)
def test_three_letters_keep_what_was_billed(pricing: Pricing, stored: str, again: Pricing) -> None:
    assert (letters(pricing), pricing_of(stored)) == (stored, again)


def _mailing(whatsapp: Lane) -> Release:
    """To two readers in Egypt, one in Yemen and one in Iraq."""
    for number in ("201000000001", "201000000002", "967770000001", "964770000001"):
        reader(whatsapp, number)
    _item, release = publish()
    plan_all()
    send(whatsapp)
    Release.objects.filter(pk=release.pk).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    return release


def _told(country: str, pricing: str, state: str) -> None:
    people = Recipient.objects.filter(country=country).values_list("pk", flat=True)
    deliveries = Delivery.objects.filter(recipient_id__in=people).values_list("pk", flat=True)
    Part.objects.filter(delivery_id__in=deliveries).update(pricing=pricing, state=state)


def test_a_bill_is_of_what_arrived_at_the_prices_of_its_day(whatsapp: Lane) -> None:
    release = _mailing(whatsapp)
    assert bill(release.pk) == [], "nothing was told yet"
    _told("EG", "mr1", "delivered")
    _told("YE", "sc0", "read")
    _told("IQ", "mr1", "failed")
    (before,) = bill(release.pk)
    assert (before.cost, before.unpriced) == (None, 2), "no price is set; what is free needs none"
    store([checked(*EGYPT), checked("Egypt", "marketing", "USD", "9", "2026-12-01")])
    (now,) = bill(release.pk)
    assert [(line.country, line.messages, line.cost) for line in now.lines] == [
        ("EG", 2, Decimal("0.1288")),
        ("YE", 1, Decimal(0)),
    ]
    assert (now.currency, now.cost, now.unpriced) == ("USD", Decimal("0.1288"), 0)


def test_a_category_without_a_price_costs_what_it_is_like(whatsapp: Lane) -> None:
    release = _mailing(whatsapp)
    _told("EG", "sr1", "delivered")
    store([checked("Egypt", "utility", "USD", "0.0036", "2026-10-01")])
    (found,) = bill(release.pk)
    assert found.cost == Decimal("0.0072"), "service as utility"


def test_the_free_ones_of_the_month_are_counted_of_every_lane_of_the_number(whatsapp: Lane) -> None:
    _mailing(whatsapp)
    Part.objects.update(pricing="sc0", sent_ms=NOW)
    assert free_used([whatsapp.pk], NOW) == 4
    assert free_used([whatsapp.pk], NOW + 1) == 0
    twin = Lane.objects.create(name="twin", title="twin", kind="whatsapp", settings=whatsapp.settings)
    people = [People("active", closed=False, first=False, country="EG", count=10)]
    found = forecast(
        twin, Story("عنوان", "", ("نص",), "", 5, "ar", "https://x.example/d/1", "برقية"), [Bulk(Act.SEND, people)], NOW
    )
    assert found
    assert found.free_left == 996


def test_the_cheapest_are_taken_to_be_the_free_ones() -> None:
    cells = (
        Cell("EG", "service", 3, 3, Decimal(2)),
        Cell("YE", "service", 2, 2, Decimal(1)),
        Cell("SA", "marketing", 1, 1, Decimal(10)),
        Cell("IQ", "marketing", 1, 1, None),
    )
    found = Forecast(cells, "service", 3, "USD")
    assert (found.messages, found.free, found.unpriced) == (7, 3, 1)
    assert found.cost == Decimal(14), "two of Yemen's and one of Egypt's are free"
    assert Forecast(cells[3:], "service", 3, "USD").cost is None
