"""The register of a dispatch: everyone it names, and who is meant by a surname, a title, or nothing at all."""

from collections import defaultdict, deque
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache, partial

from barqia.reading.lists import listed
from barqia.reading.mentions import PLURALS, Mention
from barqia.reading.vocabulary import BODY, DOCUMENT, NISBA, PLACE, TITLE, entry
from barqia.text.normal import key
from barqia.text.stems import without_article

RECENT = 12
# A title's words that say nothing about who bears it.
EMPTY = listed("empty")
EMINENCES = listed("eminences")


# What the bearer of a style is called, or the style itself, by the pronoun without its ending.
OFFICES = {
    "سمو": frozenset(["سمو", "امير", "اميره", "شيخ"]),
    "معالي": frozenset(["معالي", "وزير", "امين"]),
    "سعادت": frozenset(["سعاد", "سفير", "وكيل", "نايب", "مدير", "سعاده"]),
    "جلالت": frozenset(["جلال", "ملك", "سلطان", "عاهل"]),
    "فخامت": frozenset(["فخام", "رييس"]),
    "سماحت": frozenset(["سماح", "مفتي", "شيخ", "سيد"]),
    "دولت": frozenset(["دول", "رييس"]),
    "نيافت": frozenset(["نياف", "مطران", "انبا", "كاردينال"]),
    "غبطت": frozenset(["غبط", "بطريرك"]),
    "قداست": frozenset(["قداس", "بابا"]),
    "سيادت": frozenset(["رييس", "وزير"]),
}


@dataclass(slots=True, eq=False)
class Someone:
    """A person or body of one text; name and title grow as the text tells more."""

    name: str
    title: str | None
    kind: str
    gender: str
    words: tuple[str, ...]
    titles: frozenset[str] = frozenset()
    definite: bool = True
    head: str = ""

    @property
    def speaks_as_person(self) -> bool:
        return self.kind in {"person", "title"}


class Register:
    """Who is known so far, looked up by name words, by titles, and by having spoken last."""

    def __init__(self) -> None:
        self._by_word: dict[str, Someone] = {}
        self._by_title: defaultdict[str, deque[Someone]] = defaultdict(partial(deque, maxlen=RECENT))
        self._spoke: deque[Someone] = deque(maxlen=RECENT)
        self._persons: list[Someone] = []
        self._unnamed: Someone | None = None
        self._met: deque[Someone] = deque(maxlen=RECENT)

    @property
    def last(self) -> Someone | None:
        """Who spoke last."""
        return self._spoke[-1] if self._spoke else None

    def meet(self, mention: Mention) -> Someone | None:
        """Someone the text names, who need not speak here: known when a surname or a title comes later."""
        if mention.kind not in {"person", "body"} or not mention.name:
            return None
        if mention.kind == "body" and not mention.definite:
            return None
        found = self._named(mention)
        self._met.append(found)
        return found

    def identify(self, mention: Mention, gender: str, number: str) -> Someone:
        """Whoever a mention that speaks is; the verb tells gender and number."""
        found = self._of(mention, gender)
        # The verb before its subject agrees with the bearer, a title only with itself: قال نجم الملاعب.
        if gender and number == "s" and (not found.gender or found.kind == "person"):
            found.gender = gender
        return found

    def spoken_by(self, someone: Someone) -> Someone:
        self._spoke.append(someone)
        return someone

    def knows(self, mention: Mention) -> bool:
        """Whether a mention is of somebody met before."""
        if mention.kind == "title":
            return self._titled(mention) is not None
        words = joined_words(mention.name or "")
        return self._find(words) is not None

    def names(self, word: str) -> bool:
        """Whether a word is the end or the beginning of a person's name met before."""
        found = self._by_word.get(without_article(word))
        return found is not None and found.kind == "person"

    def dropped(self, gender: str, number: str) -> Someone | None:
        """Who speaks where the text names nobody: the last speaker that agrees with the verb."""
        for someone in reversed(self._spoke):
            if agrees(someone, gender, number):
                return someone
        for someone in reversed(self._met):
            if agrees(someone, gender, number) and (someone.kind == "person" or not self._spoke):
                return someone
        return self.last

    def _of(self, mention: Mention, gender: str) -> Someone:
        if mention.kind == "title":
            bearer = self._titled(mention)
            if bearer is not None and bearer.kind == "title" and len(mention.title or "") > len(bearer.name):
                bearer.name = mention.title or ""
            return bearer or self._only_person(mention, gender) or self._new(mention)
        if mention.kind == "person":
            words = joined_words(mention.name or "")
            unnamed = self._unnamed
            fits = unnamed is not None and (not gender or not unnamed.gender or unnamed.gender == gender)
            if fits and self._find(words) is None and mention.title is None:
                return self._name_unnamed(mention, words)
            return self._named(mention)
        return self._thing(mention)

    def _named(self, mention: Mention) -> Someone:
        words = joined_words(mention.name or "")
        found = self._find(words)
        if found is None or found.kind != mention.kind:
            return self._new(mention)
        if len(words) > len(found.words):
            found.name, found.words = mention.name or "", words
            self._index(found)
        if mention.title and len(mention.title) > len(found.title or ""):
            found.title = mention.title
        if mention.title:
            found.titles |= title_words(mention.title)
            self._bear(found)
        found.gender = found.gender or mention.gender
        return found

    def _thing(self, mention: Mention) -> Someone:
        """A body or a bare description; الوكالة is the agency named before, المصدر the source."""
        found = self._find(joined_words(mention.name or ""))
        if found is not None:
            return found
        if mention.last - mention.first == 1 or mention.definite:
            bearer = self._bearer(mention.head, title_words(mention.name or ""))
            if bearer is not None and mention.head.startswith("ال"):
                return bearer
        if mention.kind == "name" and mention.head.startswith("ال") and mention.last - mention.first == 1:
            person = self._find((without_article(mention.head),))
            if person is not None:
                return person
        return self._new(mention)

    def _titled(self, mention: Mention) -> Someone | None:
        """A title alone is whoever bears it; سموه the last person who can be."""
        if mention.head in EMINENCES:
            return self._eminent(mention.head)
        if mention.last - mention.first == 1 and self.names(mention.head):
            return self._by_word[without_article(mention.head)]
        written = key(mention.title or "").split()
        if mention.last - mention.first == 2 and mention.head.startswith("ال") and self.names(written[-1]):
            return self._by_word[without_article(written[-1])]
        if not mention.definite and not mention.head.startswith("ال"):
            return None
        wanted = title_words(mention.title or "") - EMPTY
        if not wanted:
            return None
        words = [_stem(word) for word in written if word not in EMPTY]
        for last in range(len(words), min(len(words) - 1, 1), -1):
            found = self._bearer(words[0], set(words[:last]))
            if found is not None:
                return found
            if entry(f"ال{words[last - 1]}").flags & NISBA or entry(words[last - 1]).flags & (NISBA | PLACE):
                return None
        return None

    def _eminent(self, pronoun: str) -> Someone | None:
        """سموه, معاليه: the last person with such a style or office, else the last speaker, else the first person."""
        wanted = OFFICES.get(pronoun.rstrip("اه"), frozenset())
        for someone in (*reversed(self._spoke), *self._persons[:RECENT]):
            if someone.kind == "person" and wanted & someone.titles:
                return someone
        last = self.last
        return last if last is not None and last.kind == "person" else next(iter(self._persons), None)

    def _bearer(self, head: str, wanted: AbstractSet[str]) -> Someone | None:
        bearers = self._by_title.get(_stem(head), ())
        for someone in reversed(bearers):
            if wanted <= someone.titles:
                return someone
        last = self.last
        known = last.titles - EMPTY if last is not None and last.kind in {"title", "person"} else set()
        return last if len(known) > 1 and known <= wanted else None

    def _only_person(self, mention: Mention, gender: str) -> Someone | None:
        """A definite description of nobody else: where one person alone has been named, it is theirs."""
        if not mention.definite or len(self._persons) != 1 or mention.head in PLURALS:
            return None
        if mention.head.endswith(("ون", "ين", "ات")):
            return None
        person = self._persons[0]
        known = entry(without_article(mention.head)).flags & TITLE or entry(mention.head).flags & TITLE
        return person if known and (not person.gender or not gender or person.gender == gender) else None

    def _name_unnamed(self, mention: Mention, words: tuple[str, ...]) -> Someone:
        """متحدثة باسم الوزارة, whom the text names only later."""
        found = self._unnamed
        assert found is not None
        found.title, found.name, found.words, found.kind = found.name, mention.name or "", words, "person"
        self._unnamed = None
        self._index(found)
        return found

    def _new(self, mention: Mention) -> Someone:
        name = mention.name or mention.title or ""
        title = mention.title if mention.name else None
        made = Someone(name, title, mention.kind, mention.gender, joined_words(name), definite=mention.definite)
        made.head = mention.head
        made.titles = title_words(title or name if mention.kind != "person" else title or "")
        if mention.kind == "person":
            self._persons.append(made)
        if (
            mention.kind == "title"
            and not mention.definite
            and mention.gender
            and not mention.head.endswith(("ون", "ين", "ان"))
        ):
            self._unnamed = made
        elif mention.kind == "person":
            self._unnamed = None
        if mention.kind != "title" or mention.definite:
            self._index(made)
        self._bear(made, mention.head)
        return made

    def _index(self, someone: Someone) -> None:
        for word in someone.words:
            self._by_word[word] = someone

    def _bear(self, someone: Someone, head: str = "") -> None:
        for word in {_stem(head), *filter(_is_an_office, someone.titles)}:
            bearers = self._by_title[word]
            if bearers and bearers[-1] is someone:
                continue
            if someone in bearers:
                bearers.remove(someone)
            bearers.append(someone)

    def _find(self, words: tuple[str, ...]) -> Someone | None:
        """Someone whose name has these words, or is among them."""
        if not words:
            return None
        for word in (words[-1], words[0]):
            found = self._by_word.get(word)
            if found is not None and same_name(words, found.words):
                return found
        known = self._by_word.get(words[0]) if len(words) == 2 else None
        return known if known is not None and known.words[-1:] == words[:1] and known.kind == "person" else None


def agrees(someone: Someone, gender: str, number: str) -> bool:
    """Whether someone can be the subject of a verb of such gender and number."""
    if number == "s" and gender and someone.gender:
        return someone.gender == gender
    return number != "p" or someone.kind != "person"


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """A title's word without article, clitic and feminine ending: الوزيرة and وزير, لبلدية and البلدية are one."""
    found = entry(word)
    return without_article(found.inner if found.clitic else found.bare).removesuffix("ه")


@lru_cache(maxsize=20_000)
def _is_an_office(word: str) -> bool:
    return bool(entry(word).flags & (TITLE | BODY | DOCUMENT))


@lru_cache(maxsize=20_000)
def title_words(title: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in key(title).split())


@lru_cache(maxsize=20_000)
def joined_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded, عبد and what follows as one."""
    folded = (
        key(name).replace("عبد ال", "عبدال").replace("ابو ", "ابو").replace(" الله", "الله").replace("الدين", "دين")
    )
    return tuple(without_article(word) for word in folded.split())


def same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names are of one bearer: the words of the shorter are all in the longer."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return bool(short) and (short == long or set(short) <= set(long))
