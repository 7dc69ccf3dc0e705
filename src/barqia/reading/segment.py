"""Lines to paragraphs, paragraphs to sentences."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from barqia.reading.lexicon import COMPLEMENTISERS
from barqia.reading.model import Span
from barqia.text.normal import fold_word
from barqia.text.quotes import Quote

STOPS = ".؟!?؛…"
CLOSING = '"”»“'
ENDS_A_LINE = tuple('.؟!?:؛"”»“…')
# What a pattern begins with stands apart, so that the search skips to it.
BLANKS = re.compile(r"[ \t\u00a0][ \t\u00a0]{2,}")
# A stop before مما is a slip: what follows tells of the sentence before it.
SENTENCE_END = re.compile(r"[.؟!?…][.؟!?…]*(?!\s+مما\s)(?=\s|$|[\"”»“)]|[ء-ي])")
TWO_LETTERS = re.compile("[ء-غف-ي]{2}")
LINE = re.compile(r"[^\n\r\u2028\u2029]+")
AROUND = " \t\u00a0\ufeff\u200f\u200e\u200b\u061c"
TRIMMED = " \t\r\n\u00a0،,؛.-–—ـ\u200f\u200e\u200b\u061c\ufeff"
FEWEST_WORDS = 5
WIDEST_WRAP = 160
ABBREVIATION = 6
LEAST_FULL = 35  # in a hundred


def lines_of(text: str) -> list[Span]:
    """The lines that hold more than blanks, without the blanks around them."""
    found: list[Span] = []
    for line in LINE.finditer(text):
        stripped = line.group().strip(AROUND)
        if stripped:
            start = line.start() + line.group().index(stripped)
            found.append((start, start + len(stripped)))
    return found


def paragraphs_of(text: str, lines: Sequence[Span], width: int = 0) -> list[Span]:
    """Paragraphs: a line that ends in mid-sentence goes on in the next, unless a blank line is between; so does one
    that ends with a name in marks where أن follows.

    Where the text is hard-wrapped at a width (see `wrap_width`), a full line goes on whatever it ends with. Wide runs
    of blanks after a stop, as copied web pages have them, divide paragraphs too.
    """
    joined: list[Span] = []
    last = (0, 0)
    for line in lines:
        if joined and _goes_on(text, last, line, width):
            joined[-1] = (joined[-1][0], line[1])
        else:
            joined.append(line)
        last = line
    return [part for paragraph in joined for part in _at_wide_blanks(text, paragraph)]


def wrap_width(text: str, lines: Sequence[Span]) -> int:
    """The width a text is hard-wrapped at, 0 where it is not: most lines are full, and none is very long."""
    width = max((end - start for start, end in lines), default=0)
    if len(lines) < 3 or width > WIDEST_WRAP:
        return 0
    full = sum(is_full(text, line, after, width) for line, after in pairwise(lines))
    return width if full * 100 >= (len(lines) - 1) * LEAST_FULL else 0


def is_full(text: str, line: Span, after: Span, width: int) -> bool:
    """Whether the first word of the next line had no more room in this one."""
    blank = text.find(" ", after[0], after[1])
    word = (blank if blank > 0 else after[1]) - after[0]
    # what was cut off at the beginning of the line, a dateline, is of its length too
    begins = max(text.rfind("\n", max(0, line[0] - WIDEST_WRAP), line[0]) + 1, line[0] - WIDEST_WRAP)
    return line[1] - begins + 1 + word > width


def _goes_on(text: str, before: Span, line: Span, width: int) -> bool:
    between = text[before[1] : line[0]]
    if between.count("\n") + between.count("\r") - between.count("\r\n") > 1:
        return False
    if width and is_full(text, before, line, width):
        return True
    if text[before[1] - 1] in CLOSING and fold_word(text[slice(*line)].partition(" ")[0]) in COMPLEMENTISERS:
        return True
    words = text[slice(*before)].split(None, FEWEST_WORDS)
    return not text[before[1] - 1].endswith(ENDS_A_LINE) and len(words) > FEWEST_WORDS


def _at_wide_blanks(text: str, span: Span) -> Iterator[Span]:
    start = span[0]
    for gap in BLANKS.finditer(text, *span):
        if text[gap.start() - 1 : gap.start()] in {*STOPS, '"', "”", "»", "“"}:
            yield start, gap.start()
            start = gap.end()
    if start < span[1]:
        yield start, span[1]


def sentences_of(text: str, paragraph: Span, outer: Sequence[Quote]) -> list[Span]:
    """The sentences of a paragraph, their final stop left out; a stop inside a closed quotation ends none."""
    closed = [quote for quote in outer if quote.closed]
    starts = [quote.start for quote in closed]
    found: list[Span] = []
    start = paragraph[0]
    for stop in SENTENCE_END.finditer(text, *paragraph):
        at = stop.start()
        within = bisect_right(starts, at) - 1
        if (within >= 0 and at < closed[within].end - 1) or _is_abbreviation(text, at):
            continue
        found.append((start, at))
        start = stop.end()
    found.append((start, paragraph[1]))
    return [trimmed for span in found if (trimmed := trim(text, span))[0] < trimmed[1]]


def _is_abbreviation(text: str, at: int) -> bool:
    """A stop after a single letter (د. م.) or between digits."""
    if TWO_LETTERS.match(text, at - 2):
        return False
    before = fold_word(text[max(0, at - ABBREVIATION) : at])
    alone = before[-1:].isalpha() and not before[-2:-1].isalnum()
    return alone or (before[-1:].isdigit() and text[at + 1 : at + 2].isdigit())


def trim(text: str, span: Span, characters: str = TRIMMED) -> Span:
    """The span without such characters at its ends."""
    start, end = span
    while start < end and text[start] in characters:
        start += 1
    while end > start and text[end - 1] in characters:
        end -= 1
    return start, end
