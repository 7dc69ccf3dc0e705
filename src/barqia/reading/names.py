"""Names: persons, organisations, places, each mention with the name in full. Names are flat: none inside another."""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

from barqia.reading.dateline import Head
from barqia.reading.gazetteer import longest_organisation, longest_place
from barqia.reading.lists import listed
from barqia.reading.mentions import Mention, freed_mention_at
from barqia.reading.model import Name, Span
from barqia.reading.register import joined_words, same_name
from barqia.reading.sentence import Sentence, Token
from barqia.reading.spelling import spelled
from barqia.reading.vocabulary import (
    ACRONYM,
    ADVERB,
    BODY,
    COMMON,
    CUE,
    DEFINITE,
    DOCUMENT,
    FUNCTION,
    GIVEN,
    LINK,
    MASDAR,
    NAMING,
    NISBA,
    NOT_A_NAME,
    NOUN,
    PLACE,
    TITLE,
    VERB,
)
from barqia.text.normal import fold_word

CLITICS = "وفلبك"
BY_SPAN = attrgetter("span")
NO_SURNAME = FUNCTION & ~ADVERB | CUE | TITLE | BODY | NOUN | COMMON
OPENS_A_PLACE = listed("opens_a_place")
# Heads behind which a word of no list is a name.
SETTLED = listed("settled")
URBAN = listed("urban")
NO_BODY = listed("no_body")
# With the article and an adjective they are bodies: الحكومة الأردنية، الإدارة العامة.
GOVERNING = frozenset({"حكومه", "اداره"})


def mentions_of(sentence: Sentence) -> list[Mention]:
    """The persons and bodies a sentence mentions, in order, none inside a person's name."""
    found: list[Mention] = []
    tokens = sentence.tokens
    done = 0
    for at in sentence.named:
        if at < done:
            continue
        known = tokens[at].entry
        places = longest_place(tokens, at) if known.opens_a_place and not known.flags & GIVEN else 0
        if places > 1:
            done = at + places
            continue
        mention = _mention_at(sentence, at)
        if mention is not None:
            found.append(mention)
            done = at + 1 if mention.kind == "title" else mention.last
    return found


def _mention_at(sentence: Sentence, at: int) -> Mention | None:
    tokens = sentence.tokens
    known = tokens[at].entry
    flags = known.flags | known.within
    if not flags & (NAMING | ACRONYM) and not longest_organisation(tokens, at, known.inner or None):
        return None
    if known.flags & CUE and not known.flags & (TITLE | GIVEN):
        return None
    mention = freed_mention_at(sentence, at)
    if mention is None or mention.kind == "name":
        return None
    if mention.kind == "person" and mention.title is None and not _is_surely_a_name(tokens, mention, flags):
        return None
    return mention


def _is_surely_a_name(tokens: Sequence[Token], mention: Mention, flags: int) -> bool:
    """A name without a title: two words of names, the first a given one and no common word."""
    assert mention.name_tokens is not None
    first, last = mention.name_tokens
    if last - first < 2:
        return False
    rest = [token.entry.flags for token in tokens[first + 1 : last]]
    weak = flags & (NOUN | COMMON | ADVERB | PLACE | TITLE | MASDAR | NOT_A_NAME | CUE)
    if weak:
        return bool(rest[0] & (GIVEN | LINK)) and not rest[0] & NOT_A_NAME
    return not rest[0] & VERB


class Names:
    """Collects the names of a text; what is found first keeps its place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.persons: list[Name] = []
        self.organisations: list[Name] = []
        self.places: list[Name] = []
        self._sentences: list[tuple[Sentence, list[bool]]] = []
        self._full: dict[str, str] = {}

    def take_head(self, head: Head) -> None:
        """The names of a dateline: its by-line, its agency, its place."""
        for kind, span in head.parts:
            into = {"person": self.persons, "agency": self.organisations, "place": self.places}.get(kind)
            if into is not None:
                into.append(Name(span, spelled(self.text[slice(*span)])))

    def take(self, sentence: Sentence, mentions: Collection[Mention], subjects: Iterable[Mention]) -> None:
        """The persons that one sentence names in full; the rest is found when all are known."""
        tokens = sentence.tokens
        taken = [False] * len(tokens)
        for mention in (*subjects, *mentions):
            if mention.kind == "person" and mention.name_tokens and not any(taken[slice(*mention.name_tokens)]):
                self._person(tokens, mention, taken)
        self._sentences.append((sentence, taken))

    def _person(self, tokens: Sequence[Token], mention: Mention, taken: list[bool]) -> None:
        assert mention.name_tokens is not None
        first, last = mention.name_tokens
        taken[first:last] = [True] * (last - first)
        name = mention.name or ""
        cut = tokens[first].entry.joined
        self.persons.append(Name((tokens[first].start + cut, tokens[last - 1].end), name))
        linked = tokens[last - 1].entry.flags & LINK and last - first > 2
        surname = tokens[last - 2 if linked else last - 1].entry
        for word in {surname.folded, tokens[first].entry.bare if not surname.flags & GIVEN else surname.folded}:
            if len(word) > 2 and not tokens[first].entry.flags & COMMON and len(self._full.get(word, "")) < len(name):
                self._full[word] = name

    def _surnames(self, tokens: Sequence[Token], taken: list[bool], surnames: Collection[str]) -> None:
        for at in [at for at, token in enumerate(tokens) if token.entry.folded in surnames]:
            token, known = tokens[at], tokens[at].entry
            if not taken[at] and not known.flags & NO_SURNAME:
                cut = 0 if known.folded in self._full else 1
                taken[at] = True
                self.persons.append(Name((token.start + cut, token.end), self._full[known.folded[cut:]]))

    def _bodies(self, sentence: Sentence, taken: list[bool]) -> None:
        tokens = sentence.tokens
        for at in sentence.named:
            known = tokens[at].entry
            can_be = known.opens_a_body or (known.flags | known.within) & BODY
            last = self._body_end(sentence, at) if can_be and not taken[at] else 0
            if not last or any(taken[at:last]):
                continue
            token = tokens[at]
            cut = token.entry.joined + bool(token.entry.clitic)
            span = (token.start + cut, tokens[last - 1].end)
            taken[at:last] = [True] * (last - at)
            self.organisations.append(Name(span, self._written(token, span)))

    def _body_end(self, sentence: Sentence, at: int) -> int:
        """Where the organisation that begins at a token ends; 0 where none does."""
        tokens = sentence.tokens
        known = tokens[at].entry
        flags = known.within if known.clitic else known.flags
        if not flags & BODY and not known.opens_a_body:
            return 0
        word = known.inner if known.clitic else known.bare
        if longest_place(tokens, at, word) > 1:
            return 0
        listed = longest_organisation(tokens, at, word)
        if not flags & BODY or flags & GIVEN:
            return listed
        mention = freed_mention_at(sentence, at)
        if mention is None or mention.kind != "body":
            return listed
        marked = at + 1 < len(tokens) and any(mark in tokens[at + 1].gap for mark in '"“”«')
        if mention.last - at < 2 or flags & DOCUMENT:
            return listed
        if (word in NO_BODY or word.removeprefix("ال") in NO_BODY - GOVERNING) and not marked:
            return listed
        rest = [token.entry for token in tokens[at + 1 : mention.last]]
        known_parts = any(e.flags & (DEFINITE | PLACE | ACRONYM) or e.within & (DEFINITE | PLACE) for e in rest)
        if not marked and not rest[0].flags and not rest[0].clitic and len(rest) > 1:
            return listed
        own_name = not rest[0].flags & ~GIVEN and not rest[0].clitic and not rest[0].bare.endswith(("ه", "ي", "ا"))
        return max(listed, mention.last) if known_parts or own_name or marked else listed

    def _places(self, sentence: Sentence, taken: list[bool]) -> None:
        tokens = sentence.tokens
        for at in sentence.named:
            known = tokens[at].entry
            can_be = known.opens_a_place or known.heads_a_place
            found = self._place_length(tokens, at) if can_be and not taken[at] else 0
            if not found or any(taken[at : at + found]):
                continue
            token = tokens[at]
            cut = token.entry.joined + bool(token.entry.clitic)
            if not cut and not token.entry.flags & PLACE and token.entry.folded[:1] in CLITICS and found == 1:
                cut = 1
            span = (min(token.start + cut, token.end - 1), tokens[at + found - 1].end)
            taken[at : at + found] = [True] * found
            self.places.append(Name(span, self._written(token, span)))

    def _place_length(self, tokens: Sequence[Token], at: int) -> int:
        known = tokens[at].entry
        word = known.inner if known.clitic else known.bare
        if known.heads_a_place and at + 1 < len(tokens) and not word.startswith("ال"):
            headed = self._headed(tokens, at)
            if headed:
                return headed
        if known.flags & GIVEN and not known.clitic:
            return 0
        return longest_place(tokens, at, word)

    def _headed(self, tokens: Sequence[Token], at: int) -> int:
        """محافظة كذا، حي النهضة: a head and the name behind it, listed or not."""
        behind = tokens[at + 1]
        if behind.gap.strip(' \n\r"“”«»()'):
            return 0
        listed = longest_place(tokens, at + 1)
        if listed:
            return 1 + listed
        flags = behind.entry.flags
        if behind.entry.bare in OPENS_A_PLACE and at + 2 < len(tokens) and not tokens[at + 2].gap.strip():
            return 3 if not tokens[at + 2].entry.flags & FUNCTION else 2
        if behind.entry.joined or behind.entry.clitic or flags & (NISBA | CUE | TITLE | BODY | FUNCTION | VERB):
            return 0
        if tokens[at].entry.bare.removeprefix("ال") in URBAN or (tokens[at].entry.inner in URBAN):
            return 2
        if flags & DEFINITE and not flags & (COMMON | NOUN):
            after = tokens[at + 2].entry if at + 2 < len(tokens) else None
            adjective = after is not None and after.flags & NISBA and after.flags & DEFINITE and not after.joined
            return 3 if adjective else 2
        head = tokens[at].entry.inner or tokens[at].entry.bare
        unknown = head in SETTLED and not flags & (NOT_A_NAME | DEFINITE)
        return 2 if unknown or flags & GIVEN else 0

    def _fullest(self, name: Name) -> Name:
        """A surname with the full name its bearer has in this text."""
        words = joined_words(name.name)
        full = self._full.get(fold_word(name.name.split()[-1]), "") if words else ""
        fuller = len(full) > len(name.name) and same_name(words, joined_words(full))
        return Name(name.span, full) if fuller else name

    def _written(self, token: Token, span: Span) -> str:
        """The name as it stands by itself: للرئاسة is الرئاسة."""
        name = spelled(self.text[slice(*span)])
        return f"ا{name}" if token.entry.clitic == "ل" and token.entry.inner.startswith("ال") else name

    def result(self) -> tuple[tuple[Name, ...], tuple[Name, ...], tuple[Name, ...]]:
        """Persons, organisations, places, by their spans; surnames, bodies and places are looked for now."""
        surnames = {f"{clitic}{name}" for name in self._full for clitic in ("", *CLITICS)}
        for sentence, taken in self._sentences:
            if surnames:
                self._surnames(sentence.tokens, taken, surnames)
            self._bodies(sentence, taken)
            self._places(sentence, taken)
        return (
            tuple(sorted(map(self._fullest, self.persons), key=BY_SPAN)),
            tuple(sorted(self.organisations, key=BY_SPAN)),
            tuple(sorted(self.places, key=BY_SPAN)),
        )


__all__ = ["Names", "mentions_of"]
