"""What a mailing was forecast to cost is what the provider's ledger says after it, to the message and the cent."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flow.wire import NUMBER, Wire, wait_until, wire

# country: (number without its last two digits, readers, of whom so many wrote today)
PEOPLE = {
    "YE": ("9677700000", 9, 4),
    "EG": ("2010000000", 8, 3),
    "SA": ("9665000000", 5, 0),
    "IQ": ("9647700000", 3, 3),
    "US": ("1202555010", 4, 1),
    "SY": ("9639440000", 3, 0),
}
PRICES = {
    ("Egypt", "EG"): ("0.0644", "0.0036"),
    ("Saudi Arabia", "SA"): ("0.0455", "0.0107"),
    ("Iraq", "IQ"): ("0.0300", "0.0080"),
    ("Rest of Middle East", "YE"): ("0.0341", "0.0091"),
    ("North America", "US"): ("0.0250", "0.0034"),
}
# more than one message to who reads it whole
LONG = "افتتاح السوق\n\nوادي الزيزفون-برقية\n" + "قال مدير السوق سامي العامر إن السوق مفتوح كل يوم. " * 120 + "\n"
CELL = re.compile(r"^    ([A-Z]{2}) (\w+): (\d+) to \d+ readers", re.MULTILINE)
COST = re.compile(r"costs at most ([0-9.]+) USD")
OPEN = "SELECT count(*) FROM delivery_delivery WHERE state IN ('planned','claimed','handing','handed')"
Cells = Counter[tuple[str, str]]


def _readers(made: Wire) -> list[dict[str, Any]]:
    """Phones in many countries; who wrote today did so before the wire is told of them all."""
    phones = []
    for country, (start, count, wrote) in PEOPLE.items():
        for at in range(count):
            phone = made.sandbox.add_phone(f"{country}{at}", number=f"{start}{at:02}")
            phones.append(phone)
            if at < wrote:
                made.sandbox.say(phone["id"], "whatsapp", NUMBER, "اشتراك")
    return phones


def _ledger(made: Wire) -> tuple[Cells, float]:
    """What was billed, or was free, by country and category, and what it costs."""
    found = made.sandbox.call("/sandbox/ledger")
    cells: Cells = Counter()
    for row in found["rows"]:
        cells[row["country"], row["category"]] += row["messages"]
    return cells, found["total"]["cost"]


def _forecast(output: str) -> tuple[Cells, float]:
    cost = COST.search(output)
    cells = Counter({(country, category): int(count) for country, category, count in CELL.findall(output)})
    return cells, float(cost[1]) if cost else 0.0


def _set_prices(made: Wire) -> None:
    rates = {}
    for (market, country), (marketing, utility) in PRICES.items():
        for category, price in (("marketing", marketing), ("utility", utility)):
            made.barqia("prices", "set", market, category, price, "USD", "--valid-from", "2026-10-01")
        rates[country] = {"marketing": float(marketing), "utility": float(utility)}
    made.sandbox.call("/sandbox/ledger/prices", {"rates": rates})


def _compare(made: Wire, forecast: str, act: str) -> Cells:
    """Wait for all statuses, and hold the ledger against what was said before."""
    wait_until(lambda: made.finished(act), 60, act)
    expected, cost = _forecast(forecast)
    wait_until(lambda: sum(_ledger(made)[0].values()) >= sum(expected.values()), 30, "the ledger")
    cells, billed = _ledger(made)
    assert cells == expected, act
    assert cost == pytest.approx(billed, abs=0.005)
    return cells


@pytest.mark.timeout(240)
def test_the_forecast_is_the_ledger_for_a_mailing_its_correction_and_its_kill(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        _set_prices(made)
        made.start()
        wait_until(made.listens, 30, "the web")
        made.barqia("lane", "check", "whatsapp")
        phones = _readers(made)
        wrote = sum(count for _start, _all, count in PEOPLE.values())
        wait_until(lambda: made.rows("SELECT count(*) FROM delivery_answer")[0][0] == wrote, 60, "the words")
        wait_until(lambda: made.rows(OPEN)[0][0] == 0, 60, "the answers")
        made.subscribe([], phones)
        left = next(phone for phone in phones if phone["name"] == "EG0")
        made.sandbox.say(left["id"], "whatsapp", NUMBER, "إلغاء")
        wait_until(lambda: made.rows("SELECT count(*) FROM delivery_answer")[0][0] == wrote + 1, 30, "the opt-out")
        wait_until(lambda: made.rows(OPEN)[0][0] == 0, 60, "its answer")

        file = made.data / "long.txt"
        file.write_text(LONG, "utf-8")
        made.sandbox.call("/sandbox/ledger", method="DELETE")
        said = made.barqia("publish", str(file), "--section", "politics")
        item = next(line for line in said.splitlines() if " publish (urgency" in line).split()[0]
        cells = _compare(made, said, "publish")
        assert cells["SA", "marketing"] == 5, "a template each, outside the window"
        assert cells["IQ", "service"] > 3, "whole, in several messages, inside it"
        assert not any(country == "SY" for country, _category in cells), "where the service is not"
        assert cells["US", "marketing"] == 0, "where marketing is refused"
        assert cells["EG", "service"] == cells["IQ", "service"] // 3 * 2, "who left is sent nothing"

        file.write_text(LONG.replace("كل يوم", "يوم الخميس"), "utf-8")
        made.sandbox.call("/sandbox/ledger", method="DELETE")
        _compare(made, made.barqia("correct", item, str(file), "--note", "يوم الخميس وحده"), "correct")

        made.sandbox.call("/sandbox/ledger", method="DELETE")
        cells = _compare(made, made.barqia("kill", item, "--reason", "لم يفتتح"), "kill")
        assert cells["YE", "service"] == 4, "one notice each"
