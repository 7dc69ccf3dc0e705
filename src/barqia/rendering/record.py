"""What machines are told of an item besides its words: identity, version, sections, who said what. Plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its words as they stand in the text. `speaker` is the fullest name the text gives, or empty."""

    speaker: str
    title: str
    words: str
    direct: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """A section, by its slug and its names; or a media topic, by its code alone."""

    code: str
    name_ar: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """`release` is the event this is told of, the same number for all who are told; `uri` the item's for ever.

    `version` is the revision's number, `corrections` how many there were; times are ISO 8601 with a zone.
    """

    release: int
    uri: str
    public_id: str
    version: int
    corrections: int
    slugline: str
    ednote: str
    located: str
    source: str
    created: str
    published: str
    released: str
    sections: tuple[Topic, ...] = ()
    subjects: tuple[str, ...] = ()
    statements: tuple[Said, ...] = ()
    persons: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
