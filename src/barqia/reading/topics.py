"""Topics: IPTC media topics by the words that speak of them, and the sections of a newsroom that they suggest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from barqia.reading.lists import lines_of
from barqia.reading.model import Topic
from barqia.reading.sentence import Sentence, Token
from barqia.text.normal import fold_word
from barqia.text.stems import stems

LEAST_SHARE = 0.15
LEAST_SECTION = 0.2
LEAST_WORDS = 2
MOST_TOPICS = 5
MOST_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class MediaTopic:
    """A topic of data/topics.txt: IPTC's code, the broader one's (empty at the top), our labels, the section's slug."""

    code: str
    broader: str
    arabic: str
    english: str
    section: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A section (its slug) that a text may belong to; `score` 0 to 1, `evidence` the words that
    speak for it, folded."""

    section: str
    score: float
    evidence: tuple[str, ...]


@cache
def media_topics() -> dict[str, MediaTopic]:
    """The topics the reader knows, by code."""
    return {topic.code: topic for topic, _ in _rows()}


def topic_label(code: str, language: str = "ar") -> str | None:
    """Our label of a topic (`medtop:…`) in Arabic or English; None for a topic the reader does not know."""
    topic = media_topics().get(code.removeprefix("medtop:"))
    return (topic.arabic if language == "ar" else topic.english) if topic else None


def _rows() -> Iterator[tuple[MediaTopic, str]]:
    for line in lines_of("topics"):
        *fields, words = line.split("|")
        yield MediaTopic(*fields), words


@cache
def _codes_by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for topic, words in _rows():
        for word in map(fold_word, words.split()):
            found[word] = (*found.get(word, ()), topic.code)
    return found


@lru_cache(maxsize=60_000)
def _codes(folded: str) -> tuple[str, ...]:
    """The topics of a word, its clitics and article left out."""
    known = _codes_by_word()
    return next((known[stem] for stem in stems(folded) if stem in known), ())


@dataclass(frozen=True, slots=True)
class Topical:
    """The topical words of a text by topic, as tokens in their order."""

    words: dict[str, list[Token]]

    @property
    def total(self) -> int:
        return sum(map(len, self.words.values()))


def topical_words(sentences: Iterable[Sentence]) -> Topical:
    """The words of a text that speak of a topic."""
    found: dict[str, list[Token]] = {}
    for sentence in sentences:
        for token in sentence.tokens:
            for code in _codes(token.entry.folded):
                found.setdefault(code, []).append(token)
    return Topical(found)


def topics_of(topical: Topical) -> tuple[Topic, ...]:
    """The topics with a good share of the topical words, most first; a broad topic has its narrower ones' words too."""
    total = topical.total
    if total < LEAST_WORDS:
        return ()
    shares: dict[str, float] = {}
    for code, words in topical.words.items():
        at = code
        while at:
            shares[at] = shares.get(at, 0) + len(words) / total
            at = media_topics()[at].broader
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    chosen = [(code, share) for code, share in ranked if share >= LEAST_SHARE][:MOST_TOPICS]
    return tuple(Topic(f"medtop:{code}", media_topics()[code].arabic, round(share, 2)) for code, share in chosen)


def sections_of(topical: Topical) -> tuple[Suggestion, ...]:
    """The sections these words suggest, most likely first."""
    if topical.total < LEAST_WORDS:
        return ()
    by_section: dict[str, list[Token]] = {}
    for code, words in topical.words.items():
        by_section.setdefault(media_topics()[code].section, []).extend(words)
    scored = sorted(by_section.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Suggestion(section, round(len(words) / topical.total, 2), _evidence(words))
        for section, words in scored
        if len(words) / topical.total >= LEAST_SECTION
    )


def _evidence(words: list[Token]) -> tuple[str, ...]:
    """Distinct words, in their order in the text."""
    distinct = {token.entry.folded: token for token in sorted(words, key=lambda token: token.start)}
    return tuple(token.entry.folded for token in list(distinct.values())[:MOST_EVIDENCE])
