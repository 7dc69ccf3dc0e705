"""Direct speech that runs over paragraphs: opened in one, taken up by a mark at the head of the next or left open, and
closed in a later one. A mark that is never closed takes no more than its paragraph's own speech."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from barqia.reading.model import Span
from barqia.reading.segment import SENTENCE_END, trim
from barqia.reading.vocabulary import entry
from barqia.text.normal import fold_word
from barqia.text.quotes import DOUBLE, Quote, quotes

MOST_PARAGRAPHS = 12
LONGEST = 8_000  # characters
TWO_WORDS = 40  # characters, at most
ENDS = " \t\r\n.؟!…"


class Run(NamedTuple):
    """Paragraphs that one speech binds, mostly a single one, and the outermost quotations in them."""

    span: Span
    outer: Sequence[Quote]


def runs_of(text: str, paragraphs: Sequence[Span]) -> Iterator[Run]:
    """The paragraphs in order, those together that a quotation runs over."""
    at = 0
    while at < len(paragraphs):
        start, end = paragraphs[at]
        outer = _outer(quotes(text, start, end, one_paragraph=True))
        at += 1
        if outer and not outer[-1].closed:
            last, closing = _closing(text, paragraphs, at - 1, outer[-1].start)
            if closing is not None:
                yield Run((start, paragraphs[last][1]), [*outer[:-1], closing])
                at = last + 1
                continue
            outer = [*outer[:-1], _of_its_paragraph(text, outer[-1])]
        yield Run((start, end), outer)


def _outer(found: Sequence[Quote]) -> list[Quote]:
    return [quote for quote in found if quote.depth == 0]


def _closing(text: str, paragraphs: Sequence[Span], first: int, opened: int) -> tuple[int, Quote | None]:
    """The paragraph in which the quotation that opened at `opened` ends, and the whole quotation; None where it does
    not end, or the narrator speaks first."""
    marked = None
    for at in range(first + 1, min(first + MOST_PARAGRAPHS, len(paragraphs))):
        start, end = paragraphs[at]
        if end - opened > LONGEST:
            break
        taken_up = text[start] in DOUBLE
        marked = taken_up if marked is None else marked
        if taken_up != marked or (not taken_up and _narrates(text, start, end)):
            break
        found = quotes(text, start + taken_up, end, one_paragraph=True, already=opened)
        whole = next(quote for quote in found if quote.start == opened)
        if whole.closed:
            return at, whole if _nothing_follows(text, whole.end, end) else None
    return first, None


def _nothing_follows(text: str, at: int, end: int) -> bool:
    """Whether the paragraph ends with the quotation, or goes on with a participle: «…»، مضيفا أن."""
    rest = text[at:end].strip(ENDS)
    if not rest:
        return True
    cues = entry(fold_word(rest.lstrip("،, ").partition(" ")[0])).cues
    return rest[0] in "،," and any(cue.form == "participle" for cue in cues)


def _narrates(text: str, start: int, end: int) -> bool:
    """Whether a third person's verb of reporting opens the words: وقال، كما أكد."""
    for word in text[start : min(end, start + TWO_WORDS)].split(maxsplit=2)[:2]:
        if any(cue.gender and cue.form in {"past", "present"} for cue in entry(fold_word(word)).cues):
            return True
    return False


def _of_its_paragraph(text: str, opened: Quote) -> Quote:
    """A quotation that a colon opens and nothing closes: as far as its paragraph speaks, up to the narrator's words."""
    if not text[max(0, opened.start - 4) : opened.start].rstrip().endswith(":"):
        return opened
    end = opened.end
    for stop in SENTENCE_END.finditer(text, opened.start, opened.end):
        if _narrates(text, stop.end(), opened.end):
            end = stop.start()
            break
    return Quote(opened.start, trim(text, (opened.start, end), ENDS)[1], 0)
