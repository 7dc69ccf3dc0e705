"""Which standing interests a reading meets, and why. Pure: no table, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from barqia.reading import Reading
from barqia.text import key


@dataclass(frozen=True, slots=True)
class Interest:
    """What readers ask for. `kind` is everything, section, person, place, topic or phrase.

    `key` is empty for everything, a slug for a section, a media topic code for a topic, else words.
    """

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Match:
    """An interest that is met; `why` names what met it, as the text has it."""

    interest: Interest
    why: str


def match(reading: Reading, text: str, sections: Sequence[str], interests: Iterable[Interest]) -> tuple[Match, ...]:
    """The interests that this text, its reading and its sections meet, in the order given.

    A person or place is met by a name that contains its words in their order: «لافروف» by
    «سيرغي لافروف». A phrase is met by whole words, however they are spelt.
    """
    item = _Item(reading, text, sections)
    found = ((interest, item.why(interest)) for interest in interests)
    return tuple(Match(interest, why) for interest, why in found if why is not None)


class _Item:
    """What a text offers to each kind of interest, folded once."""

    def __init__(self, reading: Reading, text: str, sections: Sequence[str]) -> None:
        speakers = [s.speaker for s in reading.statements if s.speaker]
        self._names = {
            "person": {key(name): name for name in [*(p.name for p in reading.persons), *speakers]},
            "place": {key(place.name): place.name for place in reading.places},
        }
        if reading.dateline:
            self._names["place"].setdefault(key(reading.dateline.place), reading.dateline.place)
        self._topics = {topic.code: topic.label for topic in reading.topics}
        self._sections = frozenset(sections)
        self._text = f" {key(text)} "

    def why(self, interest: Interest) -> str | None:
        match interest.kind:
            case "everything":
                return ""
            case "section":
                return interest.key if interest.key in self._sections else None
            case "person" | "place":
                return self._named(interest)
            case "topic":
                return self._topics.get(interest.key)
            case "phrase":
                wanted = key(interest.key)
                return interest.key if wanted and f" {wanted} " in self._text else None
        raise ValueError(f"no such kind of interest: {interest.kind}")

    def _named(self, interest: Interest) -> str | None:
        wanted = key(interest.key)
        if not wanted:
            return None
        names = self._names[interest.kind].items()
        return next((name for folded, name in names if f" {wanted} " in f" {folded} "), None)
