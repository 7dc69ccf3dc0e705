"""What a word may be: its classes and clitics, worked out once for each spelling and kept.

Classes are bits of one integer, so that a test of several is one operation on it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from barqia.reading.lexicon import COMPLEMENTISERS, Cue, deeds, forms
from barqia.reading.lists import lines_of, listed, sections_of
from barqia.text.normal import fold_word

SECTIONS = (
    "preposition", "adverb", "relative", "negation", "connective", "title", "honorific", "eminence", "body", "document",
    "speech", "media", "construct", "noun", "act", "common", "acronym",
)  # fmt: skip
(
    PREPOSITION, ADVERB, RELATIVE, NEGATION, CONNECTIVE, TITLE, HONORIFIC, EMINENCE, BODY, DOCUMENT,
    SPEECH, MEDIA, CONSTRUCT, NOUN, ACT, COMMON, ACRONYM,
) = (1 << at for at in range(17))  # fmt: skip
COMPLEMENTISER, DEFINITE, GIVEN, PLACE, NISBA, NUMBER, LINK, MASDAR, VERB, CUE = (1 << at for at in range(17, 27))
FUNCTION = PREPOSITION | ADVERB | RELATIVE | NEGATION | CONNECTIVE | COMPLEMENTISER
NOT_A_NAME = FUNCTION | BODY | DOCUMENT | SPEECH | CONSTRUCT | NOUN | ACT | COMMON | NUMBER | MASDAR | NISBA | VERB
NAMING = TITLE | HONORIFIC | EMINENCE | BODY | GIVEN
WITH_ARTICLE = TITLE | BODY | DOCUMENT | SPEECH | MEDIA | CONSTRUCT | NOUN | COMMON | PLACE
# What begins with ال by its root, where it is listed so: التزام.
WITHOUT_ARTICLE = GIVEN | FUNCTION | LINK | ACT | NOUN
LINKS = listed("links")
PLACE_HEADS = listed("place_heads")
# What may stand behind each first word of a name, the most words first.
Openings = dict[str, list[list[str]]]
PRONOUNS = ("هما", "ها", "هم", "نا", "ه")
# تفعيل, إفعال, افتعال, انفعال, استفعال, تفاعل, مفاعلة, with a clinging pronoun or without
PATTERN = re.compile(
    r"(?:ت..ي.|ت..يه|ا..ا.|ا.ا.ه|ا[^ل]..ا.|ا.ا|است..ا.|است.ا.ه|ت.ا..|م.ا..ه|م.ا..ت|ت[^ا]..)(?:ه|ها|هم|هما|نا|ت|ته|تها|تهم)?"
)
FUUL = re.compile(r"..و.(?:ه|ها|هم|هما)?")
# Long enough to be no accident: a name seldom has these shapes.
SURE_PATTERN = re.compile(r"(?:ت..ي.|است..ا.|است.ا.ه|ا.ت.ا.|ان..ا.|م.ا..ه|م.ا..ته|م.ا..تها)(?:ه|ها|هم|هما|نا)?")
PRESENT = re.compile(
    r"ا.ت.[^هيا]ت?|ا[^ل]..ت|س?ي.{2,5}|س?ت.{3,5}|س?[يت]ست.{3,8}|سن.{3,6}|س?[يت].{3,7}(?:ون|ان|وا|ها|هم|نا)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A folded word and what it may be.

    `bare` is the word without a و or ف that joins it (`joined`); `clitic` a ب, ل or ك that clings to it, and `inner`
    what is left then, with its classes `within`; `opens_a_place` and `opens_a_body` whether a listed one begins with
    it, `heads_a_place` whether it is محافظة or the like; `may_be_named` whether a name of any kind may begin with it.
    """

    folded: str
    bare: str
    flags: int
    joined: bool
    clitic: str
    inner: str
    within: int
    cues: tuple[Cue, ...]
    opens_a_place: bool
    opens_a_body: bool
    heads_a_place: bool
    may_be_named: bool


@cache
def classes() -> dict[str, int]:
    """Every listed word, folded, and its classes."""
    found = _sections()
    for word in COMPLEMENTISERS:
        found[word] = found.get(word, 0) | COMPLEMENTISER
    for word in words_of("given"):
        if not found.get(word, 0) & FUNCTION & ~ADVERB:
            found[word] = found.get(word, 0) | GIVEN
    for place in places():
        if " " not in place and not found.get(place, 0) & FUNCTION:
            found[place] = found.get(place, 0) | PLACE
            found.update((form, NISBA) for form in demonyms(place) if form not in found)
    for word in LINKS:
        found[word] = found.get(word, 0) | LINK
    for form in deeds():
        found.setdefault(form, ACT)
    return found


def _sections() -> dict[str, int]:
    """The words of words.txt, and the feminine of those that people and bodies are called by."""
    found: dict[str, int] = {}
    for section, words in sections_of("words").items():
        bit = 1 << SECTIONS.index(section)
        for word in map(fold_word, words):
            found[word] = found.get(word, 0) | bit
            if bit & (TITLE | COMMON | BODY) and not word.endswith(("ه", "ا")):
                found.setdefault(f"{word}ه", bit)
    return found


def words_of(name: str) -> list[str]:
    """The words of a list in data/, folded."""
    return [word for line in lines_of(name) for word in fold_word(line).split()]


def phrases_of(*names: str) -> set[str]:
    """The lines of lists in data/, folded."""
    return {" ".join(fold_word(line).split()) for name in names for line in lines_of(name)}


@cache
def places() -> frozenset[str]:
    """Every place of the gazetteer, folded."""
    return frozenset(phrases_of("places", "places_more"))


@cache
def organisations() -> frozenset[str]:
    """Every listed organisation, folded; an agency by its name in several words."""
    signed = {name for name in phrases_of("agencies") if " " in name and "اليوم" not in name}
    return frozenset(phrases_of("organisations") | signed)


@cache
def place_openings() -> Openings:
    return _by_first_word(places())


@cache
def organisation_openings() -> Openings:
    return _by_first_word(organisations())


def _by_first_word(names: Iterable[str]) -> Openings:
    found: Openings = {}
    for name in sorted(names, key=lambda name: -name.count(" ")):
        first, *rest = name.split()
        found.setdefault(first, []).append(rest)
    return found


def demonyms(place: str) -> tuple[str, ...]:
    """فرنسي، فرنسية، فرنسيا of فرنسا, folded; with the article they are adjectives by their ending alone."""
    stem = place.removeprefix("ال")
    stem = stem[:-1] if stem.endswith(("ا", "ه")) else stem
    stem = stem.removesuffix("ي")
    return (f"{stem}ي", f"{stem}يه", f"{stem}يا", f"{stem}يين") if len(stem) > 2 else ()


@lru_cache(maxsize=60_000)
def entry(folded: str) -> Entry:
    """What a folded word may be."""
    known, verbs = classes(), forms()
    flags, joined, bare = known.get(folded, 0), False, folded
    cues = verbs.get(folded, ())
    if not flags and not cues and folded[:1] in {"و", "ف"} and len(folded) > 2:
        rest = folded[1:]
        cues = verbs.get(rest, ()) or _future(rest, verbs)
        clitic, inner, _ = _clitic(rest, known)
        if cues or rest in known or rest.startswith("ال") or (clitic and inner in known) or _article(rest, known):
            joined, bare, flags = True, rest, known.get(rest, 0)
    elif folded[:1] in {"و", "ف"} and len(folded) > 3 and not cues:
        cues = verbs.get(folded[1:], ())
        joined, bare = bool(cues), folded[1:] if cues else folded
    if not cues and not flags:
        cues = _future(bare, verbs)
    if flags & (BODY | TITLE | CONSTRUCT | COMMON | PREPOSITION):
        cues = tuple(cue for cue in cues if cue.form != "participle" and not (cue.form == "past" and flags & BODY))
    tanwin = bare.endswith("ا") and not bare.endswith("ها") and bare[:-1] in known
    clitic, inner, within = ("", "", 0) if flags or tanwin else _clitic(bare, known)
    flags |= _morphology(bare, known, flags, clitic) | (CUE if cues else 0)
    opens_a_place = not flags & FUNCTION and (bare in place_openings() or inner in place_openings())
    acronym = bool((flags | within) & ACRONYM)
    opens_a_body = acronym or bare in organisation_openings() or inner in organisation_openings()
    heads_a_place = (inner if clitic else bare).removeprefix("ال") in PLACE_HEADS
    may_be_named = opens_a_place or opens_a_body or heads_a_place or bool((flags | within) & NAMING)
    return Entry(
        folded, bare, flags, joined, clitic, inner, within, cues,
        opens_a_place, opens_a_body, heads_a_place, may_be_named,
    )  # fmt: skip


def _future(word: str, verbs: dict[str, tuple[Cue, ...]]) -> tuple[Cue, ...]:
    if word[:1] != "س" or word[1:2] not in {"ي", "ت", "ن", "ا"}:
        return ()
    return tuple(cue for cue in verbs.get(word[1:], ()) if cue.form == "present")


def _article(word: str, known: dict[str, int]) -> int:
    """The classes of a word that carries the article."""
    return known.get(word[2:], 0) & WITH_ARTICLE if word.startswith("ال") and len(word) > 4 else 0


def _clitic(word: str, known: dict[str, int]) -> tuple[str, str, int]:
    """A ب, ل or ك that clings to a known word or one with the article, what is left, and its classes."""
    if len(word) < 4:
        return "", "", 0
    if word.startswith("لل"):
        inner = f"ال{word[2:]}"
        return "ل", inner, known.get(inner, 0) | DEFINITE | _article(inner, known)
    if word[0] not in "بلك":
        return "", "", 0
    inner = word[1:]
    classes_within = known.get(inner, 0)
    if classes_within:
        return word[0], inner, classes_within
    if inner.startswith("ال") and len(inner) > 3:
        return word[0], inner, DEFINITE | _article(inner, known) | _adjective(inner)
    if word[0] != "ك" and (PATTERN.fullmatch(inner) or _without_pronoun(inner, known)):
        return word[0], inner, MASDAR
    return "", "", 0


def _without_pronoun(word: str, known: dict[str, int]) -> int:
    """The classes of a noun to which a pronoun clings: بلاده، حرصها."""
    for pronoun in PRONOUNS:
        if word.endswith(pronoun) and len(word) - len(pronoun) > 2:
            stem = word[: -len(pronoun)]
            found = known.get(stem, 0) | (known.get(f"{stem[:-1]}ه", 0) if stem.endswith("ت") else 0)
            if found & (NOUN | COMMON | BODY | CONSTRUCT | SPEECH | DOCUMENT | TITLE):
                return found
    return 0


def _adjective(word: str) -> int:
    return NISBA if word.endswith(("ي", "يه", "يين", "يون", "يات")) and len(word) > 5 else 0


def _morphology(word: str, known: dict[str, int], flags: int, clitic: str) -> int:
    """What a word's shape says of it, where the lists do not."""
    if word[:1].isdigit():
        return NUMBER
    if word.startswith("ال") and len(word) > 3 and not (flags | _without_pronoun(word, known)) & WITHOUT_ARTICLE:
        return DEFINITE | _article(word, known) | _adjective(word)
    if clitic == "ل" and word.startswith("لل"):
        return DEFINITE
    if flags or clitic:
        return 0
    if word.endswith("ا") and not word.endswith("ها") and known.get(word[:-1], 0) & (COMMON | NOUN | TITLE):
        return COMMON
    noun = _without_pronoun(word, known)
    if noun & TITLE and not noun & (NOUN | COMMON | BODY | CONSTRUCT | GIVEN):
        return TITLE | DEFINITE
    if noun:
        return noun & (NOUN | COMMON | BODY | SPEECH | DOCUMENT) | COMMON
    if SURE_PATTERN.fullmatch(word):
        return MASDAR
    return VERB if PRESENT.fullmatch(word) else 0


def governs_a_noun(found: Entry) -> bool:
    """Whether a noun must follow: مع, but not معه, which has its own."""
    if not found.flags & PREPOSITION:
        return False
    stems = (found.bare.removesuffix(pronoun) for pronoun in PRONOUNS if found.bare.endswith(pronoun))
    return not any(classes().get(stem, 0) & PREPOSITION for stem in stems)


def is_verbal_noun(found: Entry) -> bool:
    """Whether a word can open a nominal content: a verbal noun or a noun that one stresses or announces."""
    if found.flags & (NOUN | MASDAR):
        return True
    if found.flags & DEFINITE and not found.joined and SURE_PATTERN.fullmatch(found.bare[2:]):
        return True
    return not found.flags & (FUNCTION | GIVEN | PLACE | TITLE | BODY | NISBA | DEFINITE | COMMON) and bool(
        PATTERN.fullmatch(found.bare) or FUUL.fullmatch(found.bare)
    )
