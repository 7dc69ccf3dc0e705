"""Lines to paragraphs, paragraphs to sentences."""

import re
from collections.abc import Iterator, Sequence

from barqia.reading.model import Span
from barqia.text.quotes import Quote

STOPS = ".؟!?؛"
ENDS_A_LINE = tuple('.؟!?:؛"”»“…')
BLANKS = re.compile(r"[ \t\u00a0]{3,}")
SENTENCE_END = re.compile(r"[.؟!?](?=\s|$|[\"”»“])")


def lines_of(text: str) -> list[Span]:
    """The lines that hold more than blanks, without the blanks around them."""
    found: list[Span] = []
    for line in re.finditer(r"[^\n\r\u2028\u2029]+", text):
        stripped = line.group().strip(" \t\u00a0\ufeff\u200f\u200e")
        if stripped:
            start = line.start() + line.group().index(stripped)
            found.append((start, start + len(stripped)))
    return found


def paragraphs_of(text: str, lines: Sequence[Span]) -> list[Span]:
    """Paragraphs: a line that ends in mid-sentence goes on in the next, unless a blank line is between.

    Wide runs of blanks after a stop, as copied web pages have them, divide paragraphs too.
    """
    joined: list[Span] = []
    for line in lines:
        if joined and _goes_on(text, joined[-1], line):
            joined[-1] = (joined[-1][0], line[1])
        else:
            joined.append(line)
    return [part for paragraph in joined for part in _at_wide_blanks(text, paragraph)]


def _goes_on(text: str, before: Span, line: Span) -> bool:
    between = text[before[1] : line[0]]
    if between.count("\n") + between.count("\r") - between.count("\r\n") > 1:
        return False
    last_line = text[before[0] : before[1]].rsplit("\n", 1)[-1]
    return not text[before[1] - 1].endswith(ENDS_A_LINE) and len(last_line.split()) > 5


def _at_wide_blanks(text: str, span: Span) -> Iterator[Span]:
    start = span[0]
    for gap in BLANKS.finditer(text, *span):
        if text[gap.start() - 1 : gap.start()] in {*STOPS, '"', "”", "»", "“"}:
            yield start, gap.start()
            start = gap.end()
    if start < span[1]:
        yield start, span[1]


def sentences_of(text: str, paragraph: Span, marked: Sequence[Quote]) -> list[Span]:
    """The sentences of a paragraph, their final stop left out; a stop inside a quotation ends none."""
    outer = [q for q in marked if q.depth == 0 and paragraph[0] <= q.start < paragraph[1]]
    found: list[Span] = []
    start = paragraph[0]
    for stop in SENTENCE_END.finditer(text, *paragraph):
        at = stop.start()
        if any(q.start < at < q.end - 1 for q in outer) or _is_abbreviation(text, at):
            continue
        found.append((start, at))
        start = at + 1
    found.append((start, paragraph[1]))
    return [trimmed for span in found if (trimmed := trim(text, span))[0] < trimmed[1]]


def _is_abbreviation(text: str, at: int) -> bool:
    """A stop after a single letter (د. م.) or between digits."""
    alone = text[at - 1 : at].isalpha() and (at < 2 or not text[at - 2].isalnum())
    return alone or (text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit())


def trim(text: str, span: Span, characters: str = " \t\r\n\u00a0،,؛.-–—ـ\u200f\u200e") -> Span:
    """The span without such characters at its ends."""
    start, end = span
    while start < end and text[start] in characters:
        start += 1
    while end > start and text[end - 1] in characters:
        end -= 1
    return start, end
