"""Places, organisations and agencies by their names, longest first."""

from collections.abc import Iterable, Sequence
from functools import cache

from barqia.reading.sentence import Token
from barqia.reading.vocabulary import ACRONYM, FUNCTION, classes, phrases_of, places

LONGEST_NAME = 6


@cache
def agencies() -> frozenset[str]:
    """How agencies and papers sign, folded, with and without the blanks."""
    found = phrases_of("agencies")
    return frozenset(found | {name.replace(" ", "") for name in found})


@cache
def organisation_openings() -> dict[str, frozenset[tuple[str, ...]]]:
    signed = (name for name in phrases_of("agencies") if " " in name and "اليوم" not in name)
    return _by_first_word({*phrases_of("organisations"), *signed})


@cache
def place_openings() -> dict[str, frozenset[tuple[str, ...]]]:
    return _by_first_word(places())


def _by_first_word(names: Iterable[str]) -> dict[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for name in names:
        words = tuple(name.split())
        found.setdefault(words[0], set()).add(words)
    return {first: frozenset(names) for first, names in found.items()}


def longest_organisation(tokens: Sequence[Token], at: int, first: str | None = None) -> int:
    """How many tokens from `at` on are an organisation's name, as an end position; 0 for none."""
    if not tokens[at].entry.opens_a_name:
        return 0
    word = first or tokens[at].entry.bare
    found = _longest(organisation_openings().get(word), tokens, at)
    if not found and classes().get(word, 0) & ACRONYM:
        return at + 1
    return at + found if found else 0


def longest_place(tokens: Sequence[Token], at: int, first: str | None = None) -> int:
    """How many tokens from `at` on are a place's name; 0 for none."""
    if not tokens[at].entry.opens_a_name or tokens[at].entry.flags & FUNCTION:
        return 0
    return _longest(place_openings().get(first or tokens[at].entry.bare), tokens, at)


def _longest(names: frozenset[tuple[str, ...]] | None, tokens: Sequence[Token], at: int) -> int:
    if not names:
        return 0
    best = 0
    for name in names:
        length = len(name)
        if length > best and _follows(name, tokens, at):
            best = length
    return best


def _follows(name: tuple[str, ...], tokens: Sequence[Token], at: int) -> bool:
    if at + len(name) > len(tokens):
        return False
    return all(
        tokens[at + number].entry.folded == name[number] and not set(tokens[at + number].gap) & set("،,.:؛()")
        for number in range(1, len(name))
    )


def is_place(name: str) -> bool:
    """Whether a folded name is a place of the gazetteer."""
    return name in places()
