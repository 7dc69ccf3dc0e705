"""The reader: one pass over a text, each step a function of its own."""

import re

from barqia.reading.boilerplate import boilerplate_of
from barqia.reading.dateline import Head, head_of
from barqia.reading.model import Reading, Span
from barqia.reading.names import Names, mentions_of
from barqia.reading.register import Register
from barqia.reading.segment import lines_of, paragraphs_of, sentences_of, wrap_width
from barqia.reading.sentence import Sentence, tokens_of
from barqia.reading.speeches import Run, runs_of
from barqia.reading.statements import statements_of
from barqia.reading.topics import Suggestion, sections_of, topical_words, topics_of

READER_VERSION = "3"
ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufefc]+")
LATIN = re.compile("[a-zA-Z]")


def read(text: str) -> Reading:
    """Read a dispatch. Any text has a reading; nothing is raised. Linear in its length."""
    lines = lines_of(text)
    boilerplate = boilerplate_of(text, lines)
    stop = boilerplate[0][0] if boilerplate else len(text)
    body = [(start, min(end, stop)) for start, end in lines if start < stop]
    width = wrap_width(text, body)
    number, head = head_of(text, body, width)
    paragraphs = paragraphs_of(text, _behind(head, number, body, text), width)
    sentences = [sentence for run in runs_of(text, paragraphs) for sentence in _sentences(text, run)]
    mentioned = [(sentence, mentions_of(sentence)) for sentence in sentences]
    statements, subjects = statements_of(mentioned, Register())
    names = Names(text)
    names.take_head(head)
    for at, (sentence, mentions) in enumerate(mentioned):
        names.take(sentence, mentions, subjects.get(at, ()))
    persons, organisations, places = names.result()
    return Reading(
        dateline=head.dateline,
        paragraphs=tuple(paragraphs),
        boilerplate=boilerplate,
        statements=tuple(statements),
        persons=persons,
        organisations=organisations,
        places=places,
        topics=topics_of(topical_words(sentences)),
        language=_language(text),
    )


def suggest_sections(text: str) -> tuple[Suggestion, ...]:
    """The sections a dispatch may belong to, by their slugs, most likely first, with the words that speak for each."""
    lines = lines_of(text)
    spans = paragraphs_of(text, lines, wrap_width(text, lines))
    return sections_of(topical_words(sentence for run in runs_of(text, spans) for sentence in _sentences(text, run)))


def _sentences(text: str, run: Run) -> list[Sentence]:
    outer = run.outer
    spans = sentences_of(text, *run)
    made: list[Sentence] = []
    first = 0
    for span in spans:
        while first < len(outer) and outer[first].end <= span[0]:
            first += 1
        last = first
        while last < len(outer) and outer[last].start < span[1]:
            last += 1
        made.append(Sentence(text, span, tokens_of(text, span), outer[first:last]))
    return made


def _behind(head: Head, number: int, lines: list[Span], text: str) -> list[Span]:
    """The lines without the dateline in one of them."""
    if not lines or not head.parts:
        return lines
    rest = [(max(start, head.end), end) for start, end in lines[number:] if end > head.end]
    kept = [line for line in rest if text[slice(*line)].strip()]
    return [*lines[:number], *kept]


def _language(text: str) -> str:
    """By script: ar where Arabic letters are as many as Latin ones or more, else en."""
    latin = len(LATIN.findall(text))
    return "ar" if not latin or sum(map(len, ARABIC.findall(text))) >= latin else "en"
