"""A sentence: its words with what they may be, and which quotation each stands in."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, overload

from barqia.reading.model import Span
from barqia.reading.vocabulary import Entry, entry
from barqia.text.normal import fold_word
from barqia.text.quotes import Quote
from barqia.text.tokens import WORD_CHARACTERS

# What a word begins with stands apart, so that the search skips to it.
WORD = re.compile(f"([{WORD_CHARACTERS}][{WORD_CHARACTERS}]*)")


@dataclass(slots=True)
class Token:
    """A word at `[start, end)`, what it may be, and the marks and blanks before it (`gap`)."""

    start: int
    end: int
    entry: Entry
    gap: str


START = attrgetter("start")


@lru_cache(maxsize=60_000)
def _entry_of(written: str) -> Entry:
    return entry(fold_word(written))


def tokens_of(text: str, span: Span) -> list[Token]:
    """The words of a span in order; a word of direction marks alone is none."""
    found: list[Token] = []
    end, skipped = span[0], ""
    parts = iter(WORD.split(text[slice(*span)]))
    for gap, word in zip(parts, parts, strict=False):
        start = end + len(gap)
        end = start + len(word)
        known = _entry_of(word)
        if known.folded:
            found.append(Token(start, end, known, skipped + gap if skipped else gap))
            skipped = ""
        else:
            skipped += gap + word
    return found


class Freed(Sequence[Token]):
    """Tokens of which one is freed of the preposition that clings to it; made without copying them."""

    def __init__(self, tokens: Sequence[Token], at: int) -> None:
        self._tokens, self._at = tokens, at
        token = tokens[at]
        start = min(token.start + 1 + token.entry.joined, token.end - 1)
        self._freed = Token(start, token.end, entry(token.entry.inner), token.gap)

    def __len__(self) -> int:
        return len(self._tokens)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> list[Token]: ...
    def __getitem__(self, at: int | slice) -> Token | list[Token]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        return self._freed if at == self._at else self._tokens[at]


def freed(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """The tokens with the one at `at` freed of the preposition that clings to it, where one does."""
    return Freed(tokens, at) if tokens[at].entry.clitic else tokens


class Sentence:
    """One sentence of a text. `quote[i]` is the outermost quotation around token i, or None."""

    def __init__(self, text: str, span: Span, tokens: Sequence[Token], outer: Sequence[Quote]) -> None:
        self.text, self.span, self.tokens = text, span, tokens
        # where a name may begin, and where a form of a verb of reporting stands
        self.named = [at for at, token in enumerate(tokens) if token.entry.may_be_named]
        self.cued = [at for at, token in enumerate(tokens) if token.entry.cues]
        self.outer = outer
        self.quote = self._quotes()
        # what is parsed from each token on, kept: several steps ask for the same
        self.parsed: dict[int, Any] = {}
        self.parsed_freed: dict[int, Any] = {}

    def _quotes(self) -> list[Quote | None]:
        found: list[Quote | None] = [None] * len(self.tokens)
        for quote in self.outer:
            first, last = self.index(quote.start), self.index(quote.end)
            found[first:last] = [quote] * (last - first)
        return found

    def index(self, position: int) -> int:
        """The first token that starts at or after a position."""
        return bisect_left(self.tokens, position, key=START)

    def opens_at(self, at: int) -> Quote | None:
        """The quotation whose first word is token `at`."""
        quote = self.quote[at]
        return quote if quote and (at == 0 or self.quote[at - 1] is not quote) else None

    def end_of(self, at: int) -> int:
        """Where token `at` begins, or the sentence ends after the last one."""
        return self.tokens[at].start if at < len(self.tokens) else self.span[1]

    def start_of(self, at: int) -> int:
        """Where a content that starts with token `at` begins: a quotation mark that opens with it belongs to it."""
        quote = self.opens_at(at)
        return quote.start if quote and quote.start >= self.span[0] else self.tokens[at].start
