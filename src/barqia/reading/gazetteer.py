"""Places, organisations and agencies by their names, longest first."""

from collections.abc import Sequence
from functools import cache

from barqia.reading.sentence import Token
from barqia.reading.vocabulary import (
    ACRONYM,
    Openings,
    classes,
    organisation_openings,
    phrases_of,
    place_openings,
    places,
)

MARKS = frozenset("،,.:؛()")


@cache
def agencies() -> frozenset[str]:
    """How agencies and papers sign, folded, with and without the blanks."""
    found = phrases_of("agencies")
    return frozenset(found | {name.replace(" ", "") for name in found})


def longest_organisation(tokens: Sequence[Token], at: int, first: str | None = None) -> int:
    """How many tokens from `at` on are an organisation's name, as an end position; 0 for none."""
    if not tokens[at].entry.opens_a_body:
        return 0
    word = first or tokens[at].entry.bare
    found = _longest(organisation_openings(), word, tokens, at)
    if not found and classes().get(word, 0) & ACRONYM:
        return at + 1
    return at + found if found else 0


def longest_place(tokens: Sequence[Token], at: int, first: str | None = None) -> int:
    """How many tokens from `at` on are a place's name; 0 for none."""
    if not tokens[at].entry.opens_a_place:
        return 0
    return _longest(place_openings(), first or tokens[at].entry.bare, tokens, at)


def _longest(openings: Openings, word: str, tokens: Sequence[Token], at: int) -> int:
    """How many tokens the longest name has that stands at `at` and begins with the word; 0 for none."""
    for rest in openings.get(word, ()):
        if _follows(rest, tokens, at + 1):
            return 1 + len(rest)
    return 0


def _follows(words: Sequence[str], tokens: Sequence[Token], at: int) -> bool:
    """Whether these words stand from `at` on, with no mark between that parts a name."""
    for number, word in enumerate(words, at):
        if number == len(tokens) or tokens[number].entry.folded != word or not MARKS.isdisjoint(tokens[number].gap):
            return False
    return True


def is_place(name: str) -> bool:
    """Whether a folded name is a place of the gazetteer."""
    return name in places()
