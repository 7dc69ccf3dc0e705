"""Names in a text: people and bodies who speak or bear titles, places of the gazetteer."""

from collections.abc import Iterable, Sequence

from barqia.reading.gazetteer import LONGEST_PLACE, PLACES
from barqia.reading.lexicon import AFTER_SOURCE
from barqia.reading.mentions import BODY_HEADS, TITLE_HEADS, Mention, parse
from barqia.reading.model import Dateline, Name, Span, Statement
from barqia.text.normal import key
from barqia.text.stems import stems, without_article
from barqia.text.tokens import Word, words

LONGEST_TITLE = 9
LONGEST_NAME = 4


def titled_people(text: str, found: Sequence[Word]) -> list[Mention]:
    """People named behind a title anywhere in the text."""
    mentions = []
    for at, word in enumerate(found):
        head = word.folded[1:] if word.folded[:1] in "ول" and word.folded[1:] in TITLE_HEADS else word.folded
        if head not in TITLE_HEADS:
            continue
        mention = parse(_title_run(text, found, at), text)
        if mention and mention.name and mention.title and 2 <= len(mention.name.split()) <= LONGEST_NAME:
            mentions.append(mention)
    return mentions


def _title_run(text: str, found: Sequence[Word], at: int) -> list[Word]:
    """The words from a title on, up to a circumstance, a mark, or a word that no name holds."""
    run = [found[at]]
    for word in found[at + 1 : at + LONGEST_TITLE + LONGEST_NAME]:
        gap = text[run[-1].end : word.start]
        if gap.strip(" ") or word.folded in AFTER_SOURCE:
            break
        run.append(word)
    mention = parse(run, text)
    if mention and mention.name_span:
        named = [word for word in run if word.start >= mention.name_span[0]]
        keep = len(run) - max(0, len(named) - 2)
        return run[:keep]
    return run


def persons_of(text: str, statements: Iterable[Statement], mentions: Iterable[Mention]) -> tuple[Name, ...]:
    """Speakers who are people, and people named behind titles, each mention once."""
    found: dict[Span, str] = {}
    for statement in statements:
        if statement.source and statement.speaker and not is_body(statement.speaker):
            span = _name_in(text, statement.source, statement.speaker)
            if span:
                found[span] = statement.speaker
    for mention in mentions:
        if mention.name_span and mention.name and not any(_overlap(mention.name_span, span) for span in found):
            found[mention.name_span] = mention.name
    return tuple(Name(span, name) for span, name in sorted(found.items()))


def _name_in(text: str, source: Span, speaker: str) -> Span | None:
    """The words of the name within a source mention; None where the mention is a title alone."""
    wanted = set(key(speaker).split())
    named = [word for word in words(text, *source) if word.folded in wanted]
    return (named[0].start, named[-1].end) if named else None


def organisations_of(text: str, found: Sequence[Word], statements: Iterable[Statement]) -> tuple[Name, ...]:
    """Bodies: those that speak, and a body's head noun with the definite words after it."""
    spans: dict[Span, str] = {}
    for statement in statements:
        if statement.source and statement.speaker and is_body(statement.speaker):
            spans[statement.source] = statement.speaker
    for at, word in enumerate(found):
        head = next((stem for stem in stems(word.folded) if stem in BODY_HEADS), None)
        if head is None or head.startswith("ال"):
            continue
        end = at + 1
        while end < len(found) and end - at < 6 and _continues(text, found, end):
            end += 1
        if end - at >= 2:
            start = word.end - len(word.text.lstrip("وفبلك")) if word.folded != head else word.start
            span = start, found[end - 1].end
            if not any(_overlap(span, other) for other in spans):
                spans[span] = " ".join(text[slice(*span)].split())
    return tuple(Name(span, name) for span, name in sorted(spans.items()))


def _continues(text: str, found: Sequence[Word], at: int) -> bool:
    gap = text[found[at - 1].end : found[at].start]
    return not gap.strip(" ") and found[at].folded.startswith(("ال", "وال", "لل"))


def places_of(text: str, found: Sequence[Word], dateline: Dateline | None, taken: Sequence[Name]) -> tuple[Name, ...]:
    """Countries and cities outside the names of people and bodies; the dateline's place."""
    places: dict[Span, str] = {}
    if dateline:
        at = text.find(dateline.place, *dateline.span)
        if at >= 0:
            places[at, at + len(dateline.place)] = dateline.place
    position = 0
    while position < len(found):
        length = _place_length(found, position)
        if length:
            span = _without_clitic(found[position], length, found[position + length - 1].end)
            if not any(_overlap(span, name.span) for name in taken) and not any(_overlap(span, s) for s in places):
                places[span] = text[slice(*span)]
        position += max(1, length)
    return tuple(Name(span, name) for span, name in sorted(places.items()))


def _place_length(found: Sequence[Word], at: int) -> int:
    """How many words from here are a place's name; a clinging و، ب، ل is no part of it."""
    for length in range(min(LONGEST_PLACE, len(found) - at), 0, -1):
        rest = [word.folded for word in found[at + 1 : at + length]]
        for stem in stems(found[at].folded):
            name = " ".join([stem, *rest])
            if name in PLACES and (length > 1 or stem != "عمان" or found[at].folded == "عمان"):
                return length
    return 0


def _without_clitic(word: Word, length: int, end: int) -> Span:
    exact = next((s for s in stems(word.folded) if s in PLACES), word.folded) if length == 1 else word.folded
    return word.start + max(0, len(word.folded) - len(exact)), end


def is_body(name: str) -> bool:
    first = key(name).split(" ")[0]
    return first in BODY_HEADS or without_article(first) in BODY_HEADS


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]
