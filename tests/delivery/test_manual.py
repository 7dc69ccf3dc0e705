"""The manual of delivery says what the code does: its table of states, and the tests it names."""

import re
from pathlib import Path

from barqia.delivery.states import MOVES

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")


def test_its_table_of_states_is_the_one_table() -> None:
    rows = re.findall(r"^\| ([a-z, ]+) \| ([a-z, ]*)\|$", MANUAL.split("## States")[1].split("##")[0], re.MULTILINE)
    told = {old: set(filter(None, new.strip().split(", "))) for olds, new in rows[1:] for old in olds.split(", ")}
    assert told == {str(old): {str(new) for new in news} for old, news in MOVES.items()}


def test_the_tests_it_names_are_there() -> None:
    files = [*ROOT.glob("tests/delivery/*.py"), *ROOT.glob("tests/flow/*.py")]
    there = {
        name
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    there |= {file.stem for file in files}
    assert set(re.findall(r"`(test_\w+?)(?:\.py)?`", MANUAL)) <= there
