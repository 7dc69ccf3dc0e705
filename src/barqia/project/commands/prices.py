"""`prices show`, `set`, `import`, `export`: what a message costs."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from barqia.errors import InputError
from barqia.project.boot import ready


@click.group()
def prices() -> None:
    """What messages cost, as you set it: nothing is known from the start. WhatsApp bills by country and category."""


@prices.command()
@click.option("--currency", help="This one alone: USD.")
@click.option("--on", "day", help="As of this day, 2026-10-01; today when left out.")
def show(currency: str | None, day: str | None) -> None:
    """The prices that hold on a day, and the markets that have none."""
    ready()
    from barqia.delivery.costs import prices as table

    at = table.day_of(day) if day else datetime.now(UTC).date()
    wanted = [currency.upper()] if currency else table.currencies()
    if not wanted:
        click.echo("No price is set. Import your provider's rate card: `barqia prices import FILE --valid-from DAY`.")
    for one in wanted:
        found = table.prices_at(at, one)
        for (market, category), price in sorted(found.items()):
            click.echo(f"{market}, {category}: {price.normalize():f} {one}")
        missing = [market for market in table.markets() if not any(known == market for known, _category in found)]
        if missing:
            click.echo(f"without a price in {one}: {', '.join(missing)}")


@prices.command("set")
@click.argument("market")
@click.argument("category")
@click.argument("price")
@click.argument("currency")
@click.option("--valid-from", required=True, help="The first day of this price, 2026-10-01.")
def set_(market: str, category: str, price: str, currency: str, valid_from: str) -> None:
    """Set one price from a day on: `barqia prices set Egypt marketing 0.06 USD --valid-from 2026-10-01`."""
    ready()
    from barqia.delivery.costs import prices as table

    row = table.checked(market, category, currency, price, valid_from)
    table.store([row])
    click.echo(f"{row.market}, {row.category}: {row.price:f} {row.currency} from {row.valid_from} on.")


@prices.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--valid-from", default="", help="The first day, where the file has none: a rate card's own.")
def import_(file: Path, valid_from: str) -> None:
    """Take the prices of a CSV file: market,category,currency,price,valid_from, or a rate card as Meta offers it.

    One wrong line and none is taken; a price of the same day is replaced.
    """
    ready()
    from barqia.delivery.costs import prices as table

    try:
        lines = file.read_text("utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as UTF-8: {type(error).__name__}.") from None
    click.echo(f"{table.import_csv(lines, valid_from)} prices taken. See them: `barqia prices show`.")


@prices.command()
def export() -> None:
    """Print every price as CSV, as `import` takes it."""
    ready()
    from barqia.delivery.costs import prices as table

    for line in table.export_csv():
        sys.stdout.write(line)
