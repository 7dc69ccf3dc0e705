"""What messages cost, as the newsroom has set it: dated, by market and category. Nothing is set from the start."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from barqia.delivery.lane import Tariff, lane_kind
from barqia.delivery.models import Price
from barqia.errors import InputError

COLUMNS = ("market", "category", "currency", "price", "valid_from")
CURRENCY = re.compile(r"[A-Z]{3}")
# as a provider's rate card writes "no price"
NONE = {"", "n/a", "-"}
SHOWN_ERRORS = 5


class Row(NamedTuple):
    """One price that was checked."""

    market: str
    category: str
    currency: str
    price: Decimal
    valid_from: date


def tariffs() -> list[Tariff]:
    """Of the lane kinds whose messages are billed."""
    kinds = (lane_kind(name) for name in settings.BARQIA_LANE_KINDS)
    return [tariff for kind in kinds if (tariff := kind.tariff({}))]


def markets() -> list[str]:
    return sorted({market for tariff in tariffs() for market in (*tariff.markets.values(), tariff.other)})


def categories() -> list[str]:
    return sorted({category for tariff in tariffs() for category in tariff.categories})


def currencies() -> list[str]:
    return list(Price.objects.order_by("currency").values_list("currency", flat=True).distinct())


def prices_at(day: date, currency: str) -> dict[tuple[str, str], Decimal]:
    """{(market, category): price} as they are on that day."""
    found = Price.objects.filter(currency=currency, valid_from__lte=day).order_by("valid_from")
    return {(row.market, row.category): row.price for row in found}


def checked(market: str, category: str, currency: str, price: str, valid_from: str) -> Row:
    """A price as typed. Raises InputError, saying which of it cannot be."""
    row = Row(
        _named(market, markets(), _("market")),
        _named(category, categories(), _("category")),
        currency.strip().upper().replace("$US", "USD"),
        _amount(price),
        day_of(valid_from),
    )
    if not CURRENCY.fullmatch(row.currency):
        raise InputError(_("“%s” is no currency: write three letters, such as USD.") % currency)
    return row


def _named(given: str, names: list[str], what: str) -> str:
    known = {_plain(name): name for name in names}
    if _plain(given) not in known:
        raise InputError(
            _("“%(given)s” is no %(what)s: there are %(names)s.")
            % {"given": given, "what": what, "names": ", ".join(names)}
        )
    return known[_plain(given)]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower().replace("&", "and"))


def _amount(given: str) -> Decimal:
    try:
        price = Decimal(given.strip())
    except InvalidOperation:
        price = Decimal(-1)
    if not (price.is_finite() and 0 <= price < 1000):
        raise InputError(_("“%s” is no price of a message: write a number with a point, such as 0.0125.") % given)
    return price


def day_of(given: str) -> date:
    """Raises InputError."""
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise InputError(_("“%s” is no day: write it as 2026-10-01.") % given) from None


def store(rows: Iterable[Row]) -> int:
    """Write these prices; one of the same day is replaced. Returns how many."""
    made = [Price(**row._asdict()) for row in rows]
    Price.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["market", "category", "currency", "valid_from"],
        update_fields=["price"],
    )
    return len(made)


def import_csv(lines: Iterable[str], valid_from: str = "") -> int:
    """Prices from a CSV: market,category,currency,price,valid_from; or a rate card of Meta's, a category a column.

    A rate card has no date, so it is given. Raises InputError, naming the first wrong lines, and then nothing is
    written.
    """
    good: list[Row] = []
    errors: list[str] = []
    for number, fields in _records(lines, valid_from):
        try:
            good.append(checked(*fields))
        except InputError as error:
            errors.append(_("line %(line)s: %(what)s") % {"line": number, "what": error})
    if errors:
        shown = "; ".join(errors[:SHOWN_ERRORS])
        raise InputError(
            _("%(count)s lines cannot be taken, so none was: %(shown)s.") % {"count": len(errors), "shown": shown}
        )
    if not good:
        raise InputError(_("The file has no prices: its first line is %s, or it is a rate card.") % ",".join(COLUMNS))
    with transaction.atomic():
        return store(good)


def _records(lines: Iterable[str], valid_from: str) -> Iterator[tuple[int, tuple[str, str, str, str, str]]]:
    """(line, fields) of each price. What stands above the head of a rate card is left out."""
    reader = csv.reader(lines)
    head: list[str] = []
    for record in reader:
        names = [_plain(name) for name in record]
        if not head:
            head = names if {"market", "currency"} <= set(names) else []
            continue
        by_name = dict(zip(head, record, strict=False))
        if not any(record):
            continue
        if "price" in by_name:
            day = by_name.get("validfrom") or valid_from
            fields = (by_name["market"], by_name.get("category", ""), by_name["currency"], by_name["price"], day)
            yield reader.line_num, fields
            continue
        for category in categories():
            price = by_name.get(_plain(category), "")
            if price.strip().lower() not in NONE:
                yield reader.line_num, (by_name["market"], category, by_name["currency"], price, valid_from)


def export_csv() -> Iterator[str]:
    """CSV lines of every price, as `import_csv` takes them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in Price.objects.order_by("currency", "market", "category", "valid_from"):
        writer.writerow([row.market, row.category, row.currency, f"{row.price.normalize():f}", row.valid_from])
    yield from out.getvalue().splitlines(keepends=True)
