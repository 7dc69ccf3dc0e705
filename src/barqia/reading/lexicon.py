"""The verbs of reporting: from the rows of data/verbs.txt every written form, folded, and what may follow it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from barqia.reading.lists import lines_of
from barqia.text.normal import fold_word

OBJECTS = ("ه", "ها", "هم", "هما", "نا", "ني")
CLING = ("", "ه", "ها", "هم", "هما", "هن", "نا", "ني", "ي", "ك", "كم", "ما")

# أن and إن with what may cling to them, with ب, ل or ك before them; بأن too.
COMPLEMENTISERS = frozenset(f"{before}ان{after}" for before in ("", "ب") for after in CLING) | {
    "اننا", "انني", "باننا", "بانني", "الا", "انما",
} - {"الا"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What may follow a verb of reporting; the letters are those of data/verbs.txt."""

    clause: bool
    quote: bool
    nominal: bool
    object: bool
    target: bool
    noun_like: bool
    clause_only: bool
    prepositions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """A form of a verb of reporting. `form` is past, present, participle or noun; `gender` m, f or empty where the
    form does not tell; `number` s, d or p; `object` whether a pronoun object clings to it."""

    lemma: str
    frame: Frame
    form: str
    gender: str = "m"
    number: str = "s"
    object: bool = False


def frame_of(letters: str) -> Frame:
    plain, _, prepositions = letters.partition("/")
    return Frame(
        clause="c" in plain, quote="q" in plain, nominal="n" in plain, object="t" in plain, target="x" in plain,
        noun_like="*" in plain, clause_only="k" in plain,
        prepositions=tuple(fold_word(p) for p in prepositions.split(",") if p),
    )  # fmt: skip


def rows() -> Iterator[tuple[str, str, str, str]]:
    """(lemma, present, participle, frame letters) of each verb; the participle empty where it is no cue."""
    for line in lines_of("verbs"):
        lemma, present, participle, letters = line.split()
        made = f"م{present[1:]}" if participle == "-" and present != "0" else participle.strip("-0")
        yield lemma, present.strip("0"), made, letters


def past(lemma: str, clings: bool) -> Iterator[tuple[str, str, str, bool]]:
    """(form, gender, number, with an object) of a verb's past, its lemma folded."""
    stem, weak = lemma[:-1], lemma[-1] in "يا" and len(lemma) > 2
    feminine = f"{stem}ت" if weak else f"{lemma}ت"
    dual = f"{stem}يا" if weak else f"{lemma}ا"
    plural = f"{stem}وا" if weak else f"{lemma}وا"
    yield from ((lemma, "m", "s", False), (feminine, "f", "s", False), (dual, "m", "d", False))
    yield from ((f"{feminine}ا", "f", "d", False), (plural, "m", "p", False))
    spoken = f"{stem}ي" if weak else f"{lemma[:-2]}{lemma[-1]}" if lemma[-2] == "ا" and len(lemma) < 5 else lemma
    yield from ((f"{spoken}نا", "", "p", False), (f"{spoken}ن", "f", "p", False))
    if not weak and spoken != lemma:
        yield f"{spoken}ت", "", "s", False
    if clings:
        base = f"{stem}ا" if weak else lemma
        yield from ((f"{base}{pronoun}", "m", "s", True) for pronoun in OBJECTS)
        yield from ((f"{feminine}{pronoun}", "f", "s", True) for pronoun in OBJECTS)


def present(verb: str, clings: bool) -> Iterator[tuple[str, str, str, bool]]:
    """(form, gender, number, with an object) of a verb's present: يؤكد، تؤكد، نؤكد، أؤكد، يؤكدون …, folded."""
    if not verb:
        return
    rest, stem = verb[1:], verb[1:-1] if verb[-1] in "يوا" else verb[1:]
    yield from ((f"ي{rest}", "m", "s", False), (f"ت{rest}", "f", "s", False), (f"ن{rest}", "", "p", False))
    yield from ((f"ا{rest}", "", "s", False), (f"ي{stem}ون", "m", "p", False), (f"ي{stem}وا", "m", "p", False))
    yield from ((f"ي{rest}ان", "m", "d", False), (f"ت{rest}ان", "f", "d", False), (f"ي{rest}ن", "f", "p", False))
    if clings:
        yield from ((f"ي{rest}{pronoun}", "m", "s", True) for pronoun in OBJECTS)
        yield from ((f"ت{rest}{pronoun}", "f", "s", True) for pronoun in OBJECTS)


def participles(base: str) -> Iterator[tuple[str, str, str]]:
    """(form, gender, number) of an active participle as a circumstance: مؤكدا، مؤكدة، مؤكدين، مؤكدتين، مؤكدات."""
    stem = base.removesuffix("ي")
    yield from ((f"{base}ا", "m", "s"), (f"{base}ه", "f", "s"), (f"{stem}ين", "m", "p"), (f"{base}تين", "f", "d"))
    yield from ((f"{base}ات", "f", "p"), (f"{base}ين", "m", "d"))


LONG_ENOUGH_FOR_AN_OBJECT = 4


def deeds() -> Iterator[str]:
    """Third persons of the verbs in data/deeds.txt, folded; a short verb with an object looks like a noun (عاده)."""
    for line in lines_of("deeds"):
        for lemma in line.split():
            folded = fold_word(lemma)
            clings = len(folded) >= LONG_ENOUGH_FOR_AN_OBJECT
            yield from (form for form, gender, number, _ in past(folded, clings) if gender and number != "d")


@cache
def forms() -> dict[str, tuple[Cue, ...]]:
    """Every folded form of every verb, without و, ف or س before it; the commoner reading of a form first."""
    found: dict[str, dict[str, Cue]] = {}
    for lemma, imperfect, participle, letters in rows():
        frame = frame_of(letters)
        clings, has_past = ("o" in letters.partition("/")[0], "p" not in letters.partition("/")[0])
        cues = [
            *(
                (form, Cue(lemma, frame, "past", g, n, o))
                for form, g, n, o in past(fold_word(lemma), clings)
                if has_past
            ),
            *((form, Cue(lemma, frame, "present", g, n, o)) for form, g, n, o in present(fold_word(imperfect), clings)),
        ]
        if participle:
            made = participles(fold_word(participle))
            cues += [
                (form, Cue(lemma, frame, "participle", g, n)) for form, g, n in made if n == "s" or not frame.target
            ]
        for form, cue in cues:
            if len(form) > 2 or form == lemma:
                found.setdefault(form, {}).setdefault(f"{cue.lemma} {cue.form}", cue)
    for form in ("بالقول", *(f"بقول{pronoun}" for pronoun in ("ه", "ها", "هم", "هما"))):
        found[form] = {"": Cue("قال", frame_of("cqk/ب"), "noun", "", "s")}
    return {form: tuple(cues.values()) for form, cues in found.items()}
