"""What editors set right in a reading, laid over it. Pure: the reading itself is never edited.

A correction of a statement holds to its words: the sentence it was made in, and the cue's place there. Whatever a later
reader makes of that sentence, the correction is of the statement with this cue; where the sentence is not in the text
as it was, or no statement has this cue, the correction is stale and touches nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from barqia.reading import Name, Reading, Span, Statement
from barqia.text import key

STOPS = ".؟?!\n"
STATEMENT, PERSON, PLACE = "statement", "person", "place"

# (statement, its cue's start) or (person or place, its name as read)
Target = tuple[str, int | str]
# who really said it; empty: what was found there is set aside
Marks = Mapping[Target, str]


class Correction(Protocol):
    """`words` are a statement's sentence, or a name; `start` is where they stood, `cue` the cue's offset in them."""

    @property
    def kind(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def cue(self) -> int: ...
    @property
    def speaker(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Review:
    """A reading as it was computed, and under its corrections; `stale` are those whose words it has not."""

    as_read: Reading
    reading: Reading
    fitting: Mapping[Target, Correction]
    stale: tuple[Correction, ...]

    @property
    def marks(self) -> Marks:
        return {target: one.speaker for target, one in self.fitting.items()}


def review(as_read: Reading, text: str, corrections: Iterable[Correction]) -> Review:
    """The reading of `text` with these corrections; of two for one target the last counts."""
    fitting: dict[Target, Correction] = {}
    stale = []
    known = targets(as_read)
    for one in corrections:
        met = [target for target in _met(one, text, known) if target in known]
        fitting |= dict.fromkeys(met, one)
        if not met:
            stale.append(one)
    marks = {target: one.speaker for target, one in fitting.items()}
    return Review(as_read, _under(as_read, marks) if marks else as_read, fitting, tuple(stale))


def targets(as_read: Reading) -> dict[Target, str]:
    """All that can be set right in a reading; each with its speaker or name as read."""
    said: dict[Target, str] = {(STATEMENT, one.cue[0]): one.speaker or "" for one in as_read.statements}
    persons: dict[Target, str] = {(PERSON, one.name): one.name for one in as_read.persons}
    places: dict[Target, str] = {(PLACE, one.name): one.name for one in as_read.places}
    return {**said, **persons, **places}


def sentence(text: str, span: Span) -> Span:
    """The span widened to the stops around it, blanks at its ends left out."""
    start = max(text.rfind(stop, 0, span[0]) for stop in STOPS) + 1
    ends = (text.find(stop, max(start, span[1] - 1)) + 1 for stop in STOPS)
    end = min(filter(None, ends), default=len(text))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def sentence_of(text: str, statement: Statement) -> Span:
    """From the first of cue, source and content to the last, and on to the stops around."""
    spans = [span for span in (statement.cue, statement.source, statement.content) if span]
    return sentence(text, (min(start for start, _ in spans), max(end for _, end in spans)))


def _met(one: Correction, text: str, known: Iterable[Target]) -> Iterator[Target]:
    if one.kind == STATEMENT:
        at = _place(text, one)
        return iter(() if at is None else [(STATEMENT, at + one.cue)])
    wanted = key(one.words)
    return (target for target in known if target[0] == one.kind and key(str(target[1])) == wanted)


def _place(text: str, one: Correction) -> int | None:
    """Where the sentence stands whole: where it stood, else where it stands once."""
    if _stands(text, one.words, one.start):
        return one.start
    found: list[int] = []
    at = text.find(one.words)
    while at >= 0 and len(found) < 2:
        found += [at] if _stands(text, one.words, at) else []
        at = text.find(one.words, at + 1)
    return found[0] if len(found) == 1 else None


def _stands(text: str, words: str, at: int) -> bool:
    span = at, at + len(words)
    return text.startswith(words, at) and sentence(text, span) == span


def _under(as_read: Reading, marks: Marks) -> Reading:
    renamed = [one for one in as_read.statements if marks.get((STATEMENT, one.cue[0]))]
    titles = {key(one.speaker): one.title for one in as_read.statements if one.speaker and one.title}
    stand = (one for one in as_read.statements if marks.get((STATEMENT, one.cue[0])) != "")
    return replace(
        as_read,
        statements=tuple(_said(one, marks, titles) for one in stand),
        persons=tuple(one for one in _not_of(renamed, as_read.persons) if (PERSON, one.name) not in marks),
        organisations=tuple(_not_of(renamed, as_read.organisations)),
        places=tuple(one for one in as_read.places if (PLACE, one.name) not in marks),
    )


def _said(one: Statement, marks: Marks, titles: Mapping[str, str | None]) -> Statement:
    """The statement by its right speaker; by nobody where whom it names is no person."""
    speaker = marks.get((STATEMENT, one.cue[0]))
    if speaker:
        return replace(one, speaker=speaker, title=titles.get(key(speaker)))
    return replace(one, speaker=None) if (PERSON, one.speaker or "") in marks else one


def _not_of(renamed: Iterable[Statement], names: Iterable[Name]) -> Iterator[Name]:
    """The names without the mentions that only said who spoke, and were wrong."""
    wrong = [(one.source, one.speaker) for one in renamed if one.source]
    for name in names:
        if not any(name.name == speaker and a < name.span[1] and name.span[0] < b for (a, b), speaker in wrong):
            yield name
