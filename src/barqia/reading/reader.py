"""The reader: one pass over a text, each step a function of its own."""

from barqia.reading.boilerplate import boilerplate_of
from barqia.reading.dateline import dateline_of
from barqia.reading.model import Reading, Span
from barqia.reading.names import organisations_of, persons_of, places_of, titled_people
from barqia.reading.segment import lines_of, paragraphs_of, sentences_of
from barqia.reading.statements import statements_of
from barqia.reading.topics import topics_of
from barqia.text.quotes import quotes
from barqia.text.tokens import words

READER_VERSION = "1"


def read(text: str) -> Reading:
    """Read a dispatch. Any text has a reading; nothing is raised. Linear in its length."""
    lines = lines_of(text)
    boilerplate = boilerplate_of(text, lines)
    body = [line for line in lines if not boilerplate or line[1] <= boilerplate[0][0]]
    dateline = dateline_of(text, body[0][0]) if body else None
    body = _after_dateline(text, body, dateline.span[1] if dateline else 0)
    paragraphs = paragraphs_of(text, body)
    marked = [quote for paragraph in paragraphs for quote in quotes(text, *paragraph)]
    sentences = [span for paragraph in paragraphs for span in sentences_of(text, paragraph, marked)]
    statements, _people = statements_of(text, sentences, marked)
    found = [word for paragraph in paragraphs for word in words(text, *paragraph)]
    persons = persons_of(text, statements, titled_people(text, found))
    organisations = organisations_of(text, found, statements)
    return Reading(
        dateline=dateline,
        paragraphs=tuple(paragraphs),
        boilerplate=boilerplate,
        statements=tuple(statements),
        persons=persons,
        organisations=organisations,
        places=places_of(text, found, dateline, [*persons, *organisations]),
        topics=topics_of(found),
        language=_language(text),
    )


def _after_dateline(text: str, lines: list[Span], end: int) -> list[Span]:
    """The lines without the dateline at the head of the first."""
    if not lines or not end:
        return lines
    rest = text[end : lines[0][1]]
    start = end + len(rest) - len(rest.lstrip(" \t:-–—ـ"))
    return [(start, lines[0][1]), *lines[1:]] if start < lines[0][1] else lines[1:]


def _language(text: str) -> str:
    """By script: ar where Arabic letters are as many as Latin ones or more, else en."""
    arabic = sum("\u0600" <= c <= "\u06ff" or "\ufb50" <= c <= "\ufefc" for c in text)
    latin = sum("a" <= c.lower() <= "z" for c in text)
    return "ar" if arabic >= latin else "en"
