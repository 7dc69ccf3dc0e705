"""The name of a person: where it ends.

Given names, names of fathers behind بن, one family name with the article or two; foreign names by their being none of
the language's listed words and shapes.
"""

import re
from collections.abc import Sequence

from barqia.reading.gazetteer import longest_place
from barqia.reading.lists import listed
from barqia.reading.sentence import Token
from barqia.reading.vocabulary import (
    ACRONYM,
    BODY,
    COMMON,
    CONSTRUCT,
    CUE,
    DEFINITE,
    DOCUMENT,
    EMINENCE,
    FUNCTION,
    GIVEN,
    HONORIFIC,
    LINK,
    NISBA,
    NOT_A_NAME,
    NOUN,
    PLACE,
    SPEECH,
    TITLE,
    VERB,
    entry,
    is_verbal_noun,
)

SERVANTS = frozenset({"عبد", "ابو", "ام"})
MOST_NAMES = 6
MOST_UNKNOWN = 3
BREAK = re.compile(r"[،,:؛.()\[\]\"“”„«»/!?؟…|]|\n\s*\n")
ENDING_LINKS = frozenset({"الدين", "الله", "الرحمن", "العزيز"})
REGIONS = listed("regions")
OTHER_CLASSES = NOT_A_NAME | TITLE | HONORIFIC | EMINENCE | PLACE | ACRONYM | CUE


def name_end(tokens: Sequence[Token], first: int, stop: int) -> int:
    """Where a name that begins at `first` ends; `first` where none does."""
    at, words, unknown = first, 0, 0
    while at < stop and words < MOST_NAMES and not _parted(tokens, at, first):
        if _links(tokens, at, words, stop):
            words += tokens[at].entry.bare == "علي"
            at += 1
            continue
        kind = _part(tokens, at, first, words, stop)
        unknown += kind == "unknown"
        if not kind or unknown > MOST_UNKNOWN:
            break
        at += 1
        words += 1
        more = at < stop and (
            tokens[at].entry.flags & (LINK | GIVEN)
            or _ends_a_name(tokens, at, stop)
            or _last_before_a_mark(tokens, at, stop)
        )
        if kind == "family" and not more:
            break
    return _without_loose_links(tokens, first, at) if words else first


def _parted(tokens: Sequence[Token], at: int, first: int) -> bool:
    """Whether a mark stands before a token that is not the first."""
    gap = tokens[at].gap
    return at > first and gap not in {" ", ""} and bool(BREAK.search(gap))


def _links(tokens: Sequence[Token], at: int, words: int, stop: int) -> bool:
    """بن، عبد، علي before a name, فان within one."""
    known = tokens[at].entry
    if words and known.folded == "فان" and at + 1 < stop and not tokens[at + 1].entry.flags:
        return True
    return bool(known.flags & LINK) or (known.bare == "علي" and is_time_or_name(tokens, at, stop))


def _part(tokens: Sequence[Token], at: int, first: int, words: int, stop: int) -> str:
    """What a token is in a name: given, family (with the article) or unknown; empty where it is none of it."""
    known = tokens[at].entry
    flags = known.flags
    if flags & GIVEN:
        common = words > 1 and flags & (TITLE | NOUN | COMMON) and not _goes_on_as_name(tokens, at, stop)
        return "" if common else "given"
    if flags & DEFINITE and not known.joined and not known.clitic:
        if at > first and tokens[at - 1].entry.bare in SERVANTS:
            return "given"
        return "family" if _is_family(tokens, at, first, words, stop) else ""
    if _is_name_all_the_same(tokens, at, words, stop):
        return "unknown"
    return "" if known.joined or known.clitic or flags & OTHER_CLASSES else "unknown"


def _is_family(tokens: Sequence[Token], at: int, first: int, words: int, stop: int) -> bool:
    """Whether a word with the article is a family name here, and no noun, title or adjective."""
    flags = tokens[at].entry.flags
    if at > first and tokens[at - 1].entry.flags & LINK:
        return True
    if flags & (COMMON | NOUN) and (flags & NISBA or entry(tokens[at].entry.bare[2:]).flags & GIVEN):
        titled = at + 1 < stop and tokens[at + 1].entry.flags & TITLE
        return bool(words and titled) or closes(tokens, at + 1, stop)
    if not words:
        return not flags & (TITLE | BODY | NOUN | COMMON | SPEECH | CONSTRUCT | HONORIFIC)
    if flags & (COMMON | NOUN | CONSTRUCT | DOCUMENT):
        return False
    if flags & (BODY | SPEECH):
        return bool(flags & (HONORIFIC | TITLE)) and closes(tokens, at + 1, stop)
    before_name = at + 1 < stop and tokens[at + 1].entry.flags & GIVEN
    return not flags & (TITLE | HONORIFIC) or bool(before_name) or closes(tokens, at + 1, stop)


def _is_name_all_the_same(tokens: Sequence[Token], at: int, words: int, stop: int) -> bool:
    """A word with the shape of a verb, a place or an adjective that is a name by what stands around it."""
    known = tokens[at].entry
    flags = known.flags
    before_unknown = at + 1 < stop and not tokens[at + 1].entry.flags
    if not words:
        titled = at > 0 and bool(tokens[at - 1].entry.flags & (TITLE | NISBA | HONORIFIC))
        return bool(flags & VERB) and before_unknown and titled
    if flags & VERB and before_unknown and not tokens[at + 1].gap.strip():
        return True
    if known.joined:
        return False
    if flags & VERB:
        return known.bare[0] == "ت" and len(known.bare) > 4
    if flags & PLACE and known.bare.endswith("ي"):
        return True
    return bool(flags & NISBA) and not flags & (NOT_A_NAME & ~NISBA)


def _without_loose_links(tokens: Sequence[Token], first: int, at: int) -> int:
    """The end without a بن or the like that nothing follows."""
    while at - 1 > first:
        last = tokens[at - 1].entry
        if not last.flags & LINK or last.flags & GIVEN or last.bare in ENDING_LINKS:
            break
        at -= 1
    return at


def closes(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """Whether nothing of a noun phrase follows: ناصر القاضي، إن …"""
    if at >= stop or BREAK.search(tokens[at].gap):
        return True
    return bool(tokens[at].entry.flags & (FUNCTION | CUE))


def _ends_a_name(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """A second family name: ناصر الراشد العامري, with nothing nominal behind it."""
    known = tokens[at].entry
    if (
        not known.flags & DEFINITE
        or known.joined
        or known.clitic
        or known.flags & (NOT_A_NAME & ~NISBA | TITLE | HONORIFIC)
    ):
        return False
    return at + 1 >= stop or bool(tokens[at + 1].entry.flags & FUNCTION) or bool(BREAK.search(tokens[at + 1].gap))


def _last_before_a_mark(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """عبد اللطيف الوهابي بناني، : an unknown word behind a family name, with a mark behind it."""
    known = tokens[at].entry
    unknown = not known.flags & ~NISBA and not known.joined and not known.clitic and not tokens[at].gap.strip()
    return unknown and (at + 1 >= stop or bool(BREAK.search(tokens[at + 1].gap)))


def _goes_on_as_name(tokens: Sequence[Token], at: int, stop: int) -> bool:
    return at + 1 < stop and bool(tokens[at + 1].entry.flags & (GIVEN | LINK))


def can_be_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a name can begin at a token."""
    flags = tokens[at].entry.flags
    return bool(flags & (GIVEN | LINK)) or not flags & (NOT_A_NAME | DEFINITE | TITLE | HONORIFIC | PLACE | CUE)


def is_time_or_name(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """رجب, رمضان, علي, أم سامي: a month or particle that is a name, where a name's word follows."""
    known = tokens[at].entry
    if not (known.flags & GIVEN or known.bare in {"علي", "ام"}) or at + 1 >= stop:
        return False
    after = tokens[at + 1].entry
    titled = at and known.bare == "علي" and tokens[at - 1].entry.flags & (TITLE | NISBA | PLACE | HONORIFIC)
    if titled and not tokens[at + 1].gap.strip() and not after.flags & ~VERB and not is_verbal_noun(after):
        return True
    return not BREAK.search(tokens[at + 1].gap) and bool(after.flags & (GIVEN | LINK)) and not after.flags & FUNCTION


def is_name_first(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """أمير or سلطان as a given name: a name's word follows it at once."""
    if not tokens[first].entry.flags & GIVEN or first + 1 >= stop:
        return False
    after = tokens[first + 1].entry.flags
    return not after & (NOT_A_NAME | DEFINITE | PLACE | TITLE) or bool(after & GIVEN)


def governs(tokens: Sequence[Token], at: int) -> bool:
    """والي before its province; elsewhere it is وإلى."""
    if at + 1 >= len(tokens):
        return False
    return tokens[at + 1].entry.bare in REGIONS or bool(longest_place(tokens, at + 1))
