"""A text with its statements marked: runs of characters, each with the statement it belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from barqia.reading import Reading
from barqia.reading.model import Span, Statement

HUES = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters in one statement, or in none. `number` is the statement's place in the reading."""

    text: str
    statement: Statement | None = None
    number: int = -1
    hue: int = -1


@dataclass(frozen=True, slots=True)
class Speaker:
    """One who speaks in a text, with the numbers of the statements."""

    name: str
    title: str
    hue: int
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """One paragraph, and who speaks in it."""

    pieces: tuple[Piece, ...]
    speakers: tuple[Speaker, ...]


def speakers_of(reading: Reading) -> tuple[Speaker, ...]:
    """In the order they first speak; each has a hue of its own while there are hues."""
    found: dict[str, tuple[str, list[int]]] = {}
    for number, statement in enumerate(reading.statements):
        if statement.speaker:
            title, numbers = found.setdefault(statement.speaker, (statement.title or "", []))
            numbers.append(number)
            if not title and statement.title:
                found[statement.speaker] = (statement.title, numbers)
    return tuple(
        Speaker(name, title, hue % HUES, tuple(numbers)) for hue, (name, (title, numbers)) in enumerate(found.items())
    )


def marked(text: str, reading: Reading) -> tuple[Marked, ...]:
    """Every paragraph with its statements marked, the dateline left out, hard wraps joined."""
    speakers = speakers_of(reading)
    hues = {speaker.name: speaker.hue for speaker in speakers}
    start = reading.dateline.span[1] if reading.dateline else 0
    result = []
    for first, last in reading.paragraphs:
        span = (max(first, start), last)
        if span[0] >= span[1] or not text[slice(*span)].strip():
            continue
        pieces = tuple(_pieces(text, span, reading.statements, hues))
        present = {piece.number for piece in pieces if piece.statement}
        here = tuple(speaker for speaker in speakers if present & set(speaker.statements))
        result.append(Marked(pieces, here))
    return tuple(result)


def _pieces(text: str, span: Span, statements: Sequence[Statement], hues: dict[str, int]) -> Iterator[Piece]:
    """The span cut where statements begin and end; where they nest, the inner one counts."""
    inside = [
        (max(s.content[0], span[0]), min(s.content[1], span[1]), number, s)
        for number, s in enumerate(statements)
        if s.content[0] < span[1] and span[0] < s.content[1]
    ]
    cuts = sorted({*span, *(a for a, *_ in inside), *(b for _, b, *_ in inside)})
    for a, b in pairwise(cuts):
        covering = [one for one in inside if one[0] <= a and b <= one[1]]
        words = _joined(text[a:b])
        if not covering:
            yield Piece(words)
            continue
        _start, _end, number, statement = min(covering, key=lambda one: one[1] - one[0])
        yield Piece(words, statement, number, hues.get(statement.speaker or "", -1))


def _joined(text: str) -> str:
    """Line breaks are blanks; blanks at the ends stay, for the next piece goes on there."""
    return text.replace("\r\n", " ").replace("\n", " ")
