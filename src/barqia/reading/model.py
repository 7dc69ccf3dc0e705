"""What a reading is. Every span is `(start, end)` in code points of the text as given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where, by whom and (as written) when a dispatch was filed."""

    place: str
    agency: str | None
    date: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """Who said what. `source` is the speaker's mention in this sentence, None where it is dropped;
    `speaker` the fullest name the text gives; `kind` clause, quote, nominal or according."""

    cue: Span
    cue_lemma: str
    speaker: str | None
    title: str | None
    source: Span | None
    content: Span
    direct: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """A mention at `span`, and the name in full."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """An IPTC media topic with a label of our own; `score` 0 to 1."""

    code: str
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is read of one text."""

    dateline: Dateline | None
    paragraphs: tuple[Span, ...]
    boilerplate: tuple[Span, ...]
    statements: tuple[Statement, ...]
    persons: tuple[Name, ...]
    organisations: tuple[Name, ...]
    places: tuple[Name, ...]
    topics: tuple[Topic, ...]
    language: str

    def as_json(self) -> dict[str, Any]:
        """The reading contract's object."""
        kinds = ("persons", "organisations", "places")
        flat = asdict(self)
        names = {kind: flat.pop(kind) for kind in kinds}
        ordered = {key: flat[key] for key in ("dateline", "paragraphs", "boilerplate", "statements")}
        return {**ordered, "names": names, "topics": flat["topics"], "language": flat["language"]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reading":
        """A reading as `as_json` wrote it; an empty object is the reading of an empty text."""
        names = stored.get("names", {})
        dateline = stored.get("dateline")
        return cls(
            dateline=Dateline(**{**dateline, "span": _span(dateline["span"])}) if dateline else None,
            paragraphs=tuple(map(_span, stored.get("paragraphs", ()))),
            boilerplate=tuple(map(_span, stored.get("boilerplate", ()))),
            statements=tuple(map(_statement, stored.get("statements", ()))),
            persons=_names(names.get("persons", ())),
            organisations=_names(names.get("organisations", ())),
            places=_names(names.get("places", ())),
            topics=tuple(Topic(**topic) for topic in stored.get("topics", ())),
            language=stored.get("language", "ar"),
        )


def _span(pair: Any) -> Span:
    start, end = pair
    return start, end


def _names(stored: Any) -> tuple[Name, ...]:
    return tuple(Name(_span(name["span"]), name["name"]) for name in stored)


def _statement(stored: Mapping[str, Any]) -> Statement:
    spans = {key: _span(stored[key]) for key in ("cue", "content")}
    source = _span(stored["source"]) if stored["source"] else None
    return Statement(**{**stored, **spans, "source": source})
