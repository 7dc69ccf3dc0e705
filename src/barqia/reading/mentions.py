"""A mention of someone: title and name, or a body, or a bare description; parsed from its first word on.

Titles come before names: a head (وزير), what it is construed with, its adjectives; the name begins at the first
word that can be none of these once the title is definite. A name may be followed by its title (سامي الحلبي وزير
الخارجية), with a comma or without. A body is its head and what defines it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from barqia.reading.gazetteer import longest_organisation
from barqia.reading.lists import listed
from barqia.reading.model import Span
from barqia.reading.personal import BREAK, can_be_name, closes, governs, is_name_first, is_time_or_name, name_end
from barqia.reading.phrases import Phrase, plain_gap
from barqia.reading.sentence import Sentence, Token, freed
from barqia.reading.spelling import spelled
from barqia.reading.vocabulary import (
    BODY,
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
    TITLE,
    VERB,
    is_verbal_noun,
)

LONGEST = 24
ONLY_COMMA = re.compile(r"\s*[،,]\s*")


class Mention(NamedTuple):
    """Someone mentioned by tokens `[first, last)`.

    `kind` is person, body, title (a description alone) or name (a body's or a thing's by its noun phrase);
    `name` and `title` as written, `name_tokens` the name's own tokens; `definite` whether the title is.
    """

    first: int
    last: int
    span: Span
    kind: str
    name: str | None
    title: str | None
    name_tokens: tuple[int, int] | None
    gender: str
    definite: bool
    head: str


def mention_at(sentence: Sentence, first: int) -> Mention | None:
    """The mention that begins with token `first`, as far as it goes."""
    if first not in sentence.parsed:
        sentence.parsed[first] = parse(sentence.text, sentence.tokens, first, len(sentence.tokens))
    found: Mention | None = sentence.parsed[first]
    return found


def freed_mention_at(sentence: Sentence, first: int) -> Mention | None:
    """The mention that begins with token `first`, freed of the preposition that clings to it, where one does."""
    tokens = sentence.tokens
    if not tokens[first].entry.clitic:
        return mention_at(sentence, first)
    if first not in sentence.parsed_freed:
        sentence.parsed_freed[first] = parse(sentence.text, freed(tokens, first), first, len(tokens))
    found: Mention | None = sentence.parsed_freed[first]
    return found


def parse(text: str, tokens: Sequence[Token], first: int, stop: int) -> Mention | None:
    """The mention that begins with token `first` and ends before token `stop`; None where none begins."""
    stop = min(stop, first + LONGEST, len(tokens))
    if first >= stop:
        return None
    head = tokens[first].entry
    if head.folded == "والي" and not governs(tokens, first):
        return None
    if head.flags & (TITLE | HONORIFIC | EMINENCE) and not is_name_first(tokens, first, stop):
        return _titled(text, tokens, first, stop)
    if (head.flags & FUNCTION and not is_time_or_name(tokens, first, stop)) or head.clitic:
        return None
    if (head.flags & CUE and not head.flags & (GIVEN | DEFINITE | DOCUMENT | NOUN)) or head.flags & VERB:
        return None
    known = longest_organisation(tokens, first)
    if head.flags & (BODY | DOCUMENT) or known:
        phrase = Phrase(tokens, first, stop)
        return _body(text, tokens, first, max(known, phrase.at), phrase.definite or bool(known))
    if head.flags & (GIVEN | LINK) or not head.flags & (NOT_A_NAME | DEFINITE):
        last = name_end(tokens, first, stop)
        if last > first:
            return _named(text, tokens, first, last, stop)
    phrase = Phrase(tokens, first, stop)
    return _described(text, tokens, first, phrase.at, phrase.specific)


def _start(token: Token) -> int:
    """Where a mention begins: behind a و or ف that joins it."""
    return token.start + 1 if token.entry.joined and token.end - token.start > 1 else token.start


def _titled(text: str, tokens: Sequence[Token], first: int, stop: int) -> Mention | None:
    """A mention that opens with a title."""
    phrase = Phrase(tokens, first, stop)
    last, definite, specific = phrase.at, phrase.definite, phrase.specific
    name_first = last
    marked = last < stop and tokens[last].gap != " "
    if marked and definite and ONLY_COMMA.fullmatch(tokens[last].gap) and can_be_name(tokens, last):
        end = name_end(tokens, last, stop)
        name_first = last if closes(tokens, end, stop) or tokens[end].entry.clitic else -1
    elif marked and BREAK.search(plain_gap(tokens, last)):
        name_first = -1
    if 0 <= name_first < stop and not _begins_a_name(tokens, name_first, stop, definite):
        name_first = -1
    end = name_end(tokens, name_first, stop) if 0 <= name_first < stop else 0
    title = spelled(text[_start(tokens[first]) : tokens[last - 1].end])
    head = tokens[first].entry.bare
    gender = gender_of(head)
    if end <= max(name_first, 0):
        end = 0
        span = _start(tokens[first]), tokens[last - 1].end
        return Mention(first, last, span, "title", None, title, None, gender, specific, head)
    name = spelled(text[tokens[name_first].start : tokens[end - 1].end])
    behind, more = _title_behind(text, tokens, end, stop)
    span = _start(tokens[first]), tokens[behind - 1].end
    if more and tokens[first].entry.flags & (HONORIFIC | EMINENCE):
        title = f"{more} {title}" if tokens[first].entry.flags & HONORIFIC else f"{title} {more}"
    return Mention(first, behind, span, "person", name, title, (name_first, end), gender, definite, head)


def _begins_a_name(tokens: Sequence[Token], at: int, stop: int, definite: bool) -> bool:
    """Whether a name may begin behind a title: behind an indefinite one (شاهد عيان) only a given name does, behind a
    definite one no word that و joins (وباقي) and no noun with its genitive (صمود المرابطين)."""
    known = tokens[at].entry
    if known.flags & (GIVEN | LINK):
        return True
    before = tokens[at - 1].entry.flags
    called = before & TITLE and before & DEFINITE and known.flags & NISBA
    if known.flags & DEFINITE and not (before & HONORIFIC or called):
        return False
    if not definite or (known.folded[:1] == "و" and len(known.folded) > 3):
        return False
    behind = tokens[at + 1].entry if at + 1 < stop else None
    return not (is_verbal_noun(known) and behind is not None and behind.flags & DEFINITE and not known.flags & DEFINITE)


def _named(text: str, tokens: Sequence[Token], first: int, last: int, stop: int) -> Mention:
    """A mention that opens with the name; its title may follow."""
    name = spelled(text[_start(tokens[first]) : tokens[last - 1].end])
    gender = ""
    if tokens[first].entry.bare in FEMININE_NAMES:
        gender = "f"
    end, title = _title_behind(text, tokens, last, stop)
    gender = gender_of(tokens[last].entry.bare) if title else gender
    span = _start(tokens[first]), tokens[end - 1].end
    return Mention(first, end, span, "person", name, title, (first, last), gender, True, tokens[first].entry.bare)


def _title_behind(text: str, tokens: Sequence[Token], last: int, stop: int) -> tuple[int, str | None]:
    """A title right behind a name, with a comma or without, and where it ends."""
    after = tokens[last] if last < stop else None
    if after is None or not after.entry.flags & TITLE or after.entry.joined or after.entry.flags & (GIVEN | CUE):
        return last, None
    if after.gap.strip() and not ONLY_COMMA.fullmatch(after.gap):
        return last, None
    end = Phrase(tokens, last, stop).at
    return end, spelled(text[after.start : tokens[end - 1].end])


def _body(text: str, tokens: Sequence[Token], first: int, last: int, definite: bool) -> Mention:
    span = _start(tokens[first]), tokens[last - 1].end
    name, head = spelled(text[slice(*span)]), tokens[first].entry
    return Mention(first, last, span, "body", name, None, (first, last), gender_of(head.bare), definite, head.bare)


def _described(text: str, tokens: Sequence[Token], first: int, last: int, definite: bool) -> Mention:
    """المصدر، شهود، متشددون: someone without title or name."""
    span = _start(tokens[first]), tokens[last - 1].end
    head = tokens[first].entry.bare
    return Mention(
        first, last, span, "name", spelled(text[slice(*span)]), None, (first, last), gender_of(head), definite, head
    )


def gender_of(head: str) -> str:
    """By its ending; a plural of things (مصادر) is feminine to its verb, so it is not told."""
    return "f" if head.endswith(("ه", "اء")) else "" if head in PLURALS else "m"


FEMININE_NAMES = listed("feminine_names")
PLURALS = listed("plurals")
