"""The word lists of data/: read once, folded."""

from functools import cache
from pathlib import Path

from barqia.text.normal import fold_word

DATA = Path(__file__).parent / "data"


def lines_of(name: str) -> list[str]:
    """The lines of a list in data/, without comments and empty ones."""
    lines = (DATA / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def sections_of(name: str) -> dict[str, list[str]]:
    """The words of each section of a list, as written."""
    found: dict[str, list[str]] = {}
    for line in lines_of(name):
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        else:
            section += line.split()
    return found


@cache
def _lists() -> dict[str, list[str]]:
    return sections_of("lists")


def listed(name: str, *, folded: bool = True) -> frozenset[str]:
    """A section of data/lists.txt."""
    words = _lists()[name]
    return frozenset(map(fold_word, words) if folded else words)
