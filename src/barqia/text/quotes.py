"""Quotation marks paired, also where they nest or point the wrong way.

Wire copy written from right to left has “ for opening or for closing, as the keyboard went. So what a mark
does is read from its neighbours: a mark with a blank (or the edge, or an opening bracket, or a single
clitic such as و) before it and a letter after it opens; one with a letter or stop before it closes. Only
where that does not tell, its own shape decides, and then whether one is open.
"""

from dataclasses import dataclass

DOUBLE = frozenset('"“”„‟«»')
OPENING_SHAPE = frozenset("“„«")
CLOSING_SHAPE = frozenset("”»")
CLITICS = frozenset("وفبلك")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation at `[start, end)`, its marks included; `depth` 0 is outermost."""

    start: int
    end: int
    depth: int


def quotes(text: str, start: int = 0, end: int | None = None) -> list[Quote]:
    """The quotations of `text[start:end]`, by their start. An unclosed one ends where its line does."""
    stop = len(text) if end is None else end
    found: list[Quote] = []
    opened: list[int] = []
    for at in range(start, stop):
        character = text[at]
        if character == "\n" and opened and _paragraph_ends(text, at, stop):
            found += [Quote(a, at, depth) for depth, a in enumerate(opened)]
            opened.clear()
        elif character in DOUBLE:
            if _opens(text, at, (start, stop), len(opened)):
                opened.append(at)
            elif opened:
                found.append(Quote(opened.pop(), at + 1, len(opened)))
    found += [Quote(a, stop, depth) for depth, a in enumerate(opened)]
    return sorted(found, key=lambda quote: (quote.start, -quote.end))


def _paragraph_ends(text: str, at: int, stop: int) -> bool:
    """Whether the line break at `at` ends a paragraph: a blank line, or a line that ended with a stop."""
    before = text[:at].rstrip(" \t\r")[-1:] if at else ""
    after = text[at + 1 : at + 3].lstrip(" \r")[:1]
    return before in ".؟!" or after in {"\n", ""} or at + 1 >= stop


def _opens(text: str, at: int, bounds: tuple[int, int], depth: int) -> bool:
    before = text[at - 1] if at > bounds[0] else " "
    after = text[at + 1] if at + 1 < bounds[1] else " "
    if depth == 0:
        return True
    free_before = before.isspace() or before in "([{:،؛-–—" or _lone_clitic(text, at, bounds[0])
    free_after = after.isspace() or after in ")]}.،؛:؟!-–—"
    if free_before != free_after:
        return free_before
    if text[at] in CLOSING_SHAPE and not free_before:
        return False
    if free_before and free_after:
        return False
    return text[at] in OPENING_SHAPE and before not in DOUBLE


def _lone_clitic(text: str, at: int, start: int) -> bool:
    """A single و or the like that clings to the quotation: ... “x” و”y”."""
    if at - 1 < start or text[at - 1] not in CLITICS:
        return False
    return at - 2 < start or not text[at - 2].isalnum()
