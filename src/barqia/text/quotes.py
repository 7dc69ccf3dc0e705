"""Quotation marks paired, also where they nest, point the wrong way, or are never closed.

Wire copy written from right to left has “ for opening or for closing, as the keyboard went. So what a mark
does is read from its neighbours: a mark with a blank (or the edge, or an opening bracket, or a single
clitic such as و) before it and a letter after it opens; one with a letter or stop before it closes. Only
where that does not tell, its own shape decides, and then whether one is open.
"""

import re
from dataclasses import dataclass

DOUBLE = frozenset('"“”„‟«»')
OPENING_SHAPE = frozenset("“„«")
CLOSING_SHAPE = frozenset("”»")
CLITICS = frozenset("وفبلك")
STOPS = ".؟!…"
MARK_OR_LINE = re.compile(r'"|“|”|„|‟|«|»|\n|\(\(|\)\)')  # the search skips to what alternatives begin with
DEEPEST = 8
OPEN_BEFORE = frozenset("([{:،؛-–—/,")
OPEN_AFTER = frozenset(")]}.،؛:؟!-–—/,")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation at `[start, end)`, its marks included; `depth` 0 is outermost; `closed` by a mark, its own or one
    that it shares with an inner one."""

    start: int
    end: int
    depth: int
    closed: bool = True


def quotes(
    text: str, start: int = 0, end: int | None = None, *, one_paragraph: bool = False, already: int | None = None
) -> list[Quote]:
    """The quotations of `text[start:end]`, by their start. Linear in its length. `one_paragraph`: no line ends one;
    `already`: where one opened before `start` that is still open.

    One that is never closed ends with an inner one that a stop follows (“… “x”.), else where its paragraph does.
    """
    stop = len(text) if end is None else end
    found: list[Quote] = []
    opened: list[int] = [] if already is None else [already]
    inner_end = 0
    for mark in MARK_OR_LINE.finditer(text, start, stop):
        at = mark.start()
        if mark.group() == "\n":
            if opened and not one_paragraph and _paragraph_ends(text, at, stop):
                found += _unclosed(opened, inner_end, at)
                opened.clear()
        elif inner_end and len(opened) == 1 and text[at] == '"' and _opens(text, at, start, stop, 0):
            found += _unclosed(opened, inner_end, at)
            opened[:] = [at]
            inner_end = 0
        elif mark.group() == "((" or (len(mark.group()) == 1 and _opens(text, at, start, stop, len(opened))):
            opened.append(at)
            inner_end = inner_end if len(opened) > 1 else 0
        elif opened:
            found.append(Quote(opened.pop(), mark.end(), min(len(opened), DEEPEST)))
            if opened and text[mark.end() : mark.end() + 1] in STOPS and not inner_end:
                inner_end = mark.end()
    if opened:
        found += _unclosed(opened, inner_end, stop)
    return sorted(found, key=lambda quote: (quote.start, -quote.end))


def _unclosed(opened: list[int], inner_end: int, at: int) -> list[Quote]:
    shared = bool(opened) and inner_end > opened[-1]
    end = inner_end if shared else at
    return [Quote(start, end, min(depth, DEEPEST), closed=shared) for depth, start in enumerate(opened[:DEEPEST])]


def _paragraph_ends(text: str, at: int, stop: int) -> bool:
    """Whether the line break at `at` ends a paragraph: a blank line, or a line that ended with a stop."""
    before = text[max(0, at - 8) : at].rstrip(" \t\r")[-1:]
    after = text[at + 1 : at + 3].lstrip(" \r")[:1]
    return before in STOPS or after in {"\n", ""} or at + 1 >= stop


def _opens(text: str, at: int, start: int, stop: int, depth: int) -> bool:
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < stop else " "
    free_before = before.isspace() or before in OPEN_BEFORE or _lone_clitic(text, at, start)
    free_after = after.isspace() or after in OPEN_AFTER
    if depth == 0:
        # a mark that only closes, with nothing open, is a stray one
        return not (free_after and not free_before and not after.isspace())
    if free_before != free_after:
        return free_before
    if free_before and free_after:
        return False
    if text[at] in CLOSING_SHAPE:
        return False
    return text[at] in OPENING_SHAPE and before not in DOUBLE


def _lone_clitic(text: str, at: int, start: int) -> bool:
    """A single و or the like that clings to the quotation: ... “x” و”y”."""
    if at - 1 < start or text[at - 1] not in CLITICS:
        return False
    return at - 2 < start or not text[at - 2].isalnum()
