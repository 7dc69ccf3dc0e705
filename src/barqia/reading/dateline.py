"""The dateline: place, agency and date at the head of a dispatch, in the forms agencies use.

`موسكو-سانا` · `عمان 21 آذار (بترا)-` · `واشنطن - أ ف ب` · `رام الله في 3 مايو /أ ش أ/` · `سامي الحلبي- سبق- أبها:`
· `القاهرة: «الشرق الأوسط»` · `واس ( رام الله )`. The head is divided at its dashes, slashes, brackets, colons and
line ends; each part is a place, an agency, a date, a by-line, or not known; the first part that can be none of these
begins the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from barqia.reading.gazetteer import agencies, is_place, longest_place
from barqia.reading.lists import listed
from barqia.reading.model import Dateline, Span
from barqia.reading.personal import name_end
from barqia.reading.segment import is_full
from barqia.reading.sentence import tokens_of
from barqia.reading.spelling import spelled
from barqia.reading.vocabulary import (
    ADVERB,
    BODY,
    CUE,
    DEFINITE,
    FUNCTION,
    GIVEN,
    NISBA,
    TITLE,
    VERB,
)
from barqia.text.normal import TATWEEL, Folded, fold, key

OPENERS = frozenset('"“”«(')
LONGEST = 130
MARKED = 2  # with marks on its letters a head may be so many times as long
LONGEST_PART = 5
MONTHS = "|".join(sorted(listed("months"), key=len, reverse=True))
DAYS = "السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه"
ONE_DATE = (
    rf"(?:في )?(?:يوم )?(?:(?:{DAYS}) ?)?(?:\d{{1,2}} (?:{MONTHS})"
    r"(?: (?:الاول|الثاني|الاولي|الثانيه|الاخره?|القعده|الحجه))?"
    rf"(?: (?:{MONTHS}))?(?: \d{{2,4}} ?[هم]?)?|\d{{1,4}} \d{{1,2}}(?: \d{{2,4}})? ?[هم]?|\d{{1,4}}|(?:{DAYS}))"
)
DATE = re.compile(rf"{ONE_DATE}(?: (?:الموافق )?{ONE_DATE})?")
BYLINE = re.compile(r"^(?:كتبت?|تقرير|اعداد|متابعه|حوار|بقلم|مراسلنا)\s*[:/–—-]\s*")
LONE_TATWEEL = re.compile(r"(?<![\w\u064b-\u0652])ـ+(?!\w)")
CLOSING = re.compile(r"[\s)»\"”/\]]*")
HEADLINES = 3
LONGEST_BYLINE = 48
ENDS_WITH_DATE = re.compile(rf"^(.*?\D) ?((?:في )?\d{{1,2}}(?:[\s/.-]+(?:\d|{'[ء-ي]+'})[\s\S]*)?)$")
DIGIT = re.compile(r"\d")
DIGITS_AND_ERAS = frozenset("0123456789هم")
DATE_THEN_AGENCY = re.compile(r"^(\D*?\D) ?((?:في )?\d[\d\s/.-]*\d) +(\D+)$")
SEPARATOR = re.compile(r"(?!(?<=\d)\s*[-/]\s*\d)(?!(?<=\d )[-/]\s*\d)\s*(?:[-–—]+|[/|:،,()\[\]«»\"“”•*]+|\n)\s*")
STRONG = frozenset("-–—/:|()")
AGENCY_WORDS = listed("agency_words")


@dataclass(frozen=True, slots=True)
class Head:
    """What a dispatch opens with: its dateline, where the text begins behind it, and its parts by kind."""

    dateline: Dateline | None
    end: int
    parts: tuple[tuple[str, Span], ...] = ()


def head_of(text: str, lines: Sequence[Span], width: int = 0) -> tuple[int, Head]:
    """The line a dateline opens (0 where there is none) and the head; a headline or two may stand before it.

    `width` is what the text is hard-wrapped at, 0 where it is not."""
    for number, line in enumerate(lines[: HEADLINES * (2 if width else 1)]):
        if width and number and is_full(text, lines[number - 1], line, width):
            continue  # it goes on with a headline
        signed = _byline(text, line)
        if signed is not None:
            return number, signed
        found = _head_at(text, lines, number, width)
        if found is not None:
            return number, found
    return 0, Head(None, lines[0][0] if lines else 0)


def _byline(text: str, line: Span) -> Head | None:
    """كتب: فلان."""
    if line[1] - line[0] > MARKED * LONGEST_BYLINE:
        return None
    folded = fold(text[slice(*line)])
    signed = BYLINE.match(folded.text)
    if not signed or len(folded.text) > LONGEST_BYLINE:
        return None
    start = line[0] + folded.span(signed.end(), signed.end())[0]
    return Head(None, line[1], (("person", (start, line[1])),))


def _head_at(text: str, lines: Sequence[Span], number: int, width: int) -> Head | None:
    """The head that opens with a line, read folded; its spans are those of the text as written."""
    start, line_end = lines[number]
    written = _unwrapped(text, lines, number, width)
    if TATWEEL in written:
        written = LONE_TATWEEL.sub("-", written)
    folded = fold(written[:LONGEST])
    if len(folded.text) < LONGEST:
        folded = fold(written)
    parts, end = _parts(folded, line_end - start, whole=start + len(written) >= len(text))
    if not parts:
        return None
    placed = [(kind, (start + first, start + last)) for kind, span in parts for first, last in [folded.span(*span)]]
    return _head(text, start, start + folded.span(end, end)[0], placed)


def _unwrapped(text: str, lines: Sequence[Span], number: int, width: int) -> str:
    """The head as written, a line end that is only a hard wrap a blank."""
    start = lines[number][0]
    if not width:
        return text[start : start + MARKED * LONGEST]
    head = list(text[start : start + MARKED * LONGEST])
    for line, after in pairwise(lines[number : number + LONGEST_PART]):
        if width and is_full(text, line, after, width) and after[0] - start < len(head):
            head[line[1] - start : after[0] - start] = " " * (after[0] - line[1])
    return "".join(head)


def _parts(folded: Folded, line_end: int, *, whole: bool) -> tuple[list[tuple[str, Span]], int]:
    """The parts before the running text, by kind, and where it begins; none where no dateline can be."""
    head = folded.text[:LONGEST]
    parts: list[tuple[str, Span]] = []
    position, end, strong = 0, 0, False
    for mark in SEPARATOR.finditer(head):
        made = _classified(head[position : mark.start()], position)
        if made is None:
            break
        if not parts and len(made) == 1 and _is_headline(made[0][0], head[position : mark.start()], mark.group()):
            return [], 0
        parts += made
        ended = "\n" in mark.group() and folded.starts[mark.start()] >= line_end
        strong = strong or ended or bool(STRONG & set(mark.group()))
        position = end = mark.end()
        if ":" in mark.group() and head[end : end + 1] not in OPENERS and mark.group().rstrip()[-1:] not in OPENERS:
            break
    else:
        made = _classified(head[position:], position) if whole else None
        if made is not None:
            parts, end, strong = parts + made, len(head), True
    while end and head[end - 1] in OPENERS:
        end -= 1
    return (parts, end) if strong else ([], 0)


def _is_headline(kind: str, line: str, mark: str) -> bool:
    """A line of its own that is neither place nor agency; nor a name where a blank line parts it from what follows,
    and nothing but its ending says that it is one: «افتتاح المعرض الدولي»."""
    if kind == "person":
        return mark.count("\n") > 1 and not tokens_of(line, (0, len(line)))[0].entry.flags & GIVEN
    return kind == "unknown" and "\n" in mark


def _head(text: str, start: int, end: int, parts: list[tuple[str, Span]]) -> Head | None:
    parts = _settled(parts)
    kinds = [kind for kind, _ in parts]
    if not {"place", "agency"} & set(kinds):
        return None
    if kinds == ["agency"] and not text[parts[0][1][1] : end].strip():
        return None
    by_kind: dict[str, str] = {}
    for kind, span in parts:
        by_kind.setdefault(kind, spelled(text[slice(*span)]))
    if "place" not in by_kind:
        return Head(None, end, tuple(parts))
    last = parts[-1][1][1]
    closing = CLOSING.match(text, last, end)
    finish = last + len(closing.group().rstrip()) if closing else last
    dateline = Dateline(by_kind["place"], by_kind.get("agency"), by_kind.get("date"), (start, finish))
    return Head(dateline, end, tuple(parts))


def _settled(parts: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """Unknown parts told by what is known: beside an agency a place, beside a place an agency."""
    kinds = {kind for kind, _ in parts}
    if "both" in kinds:
        as_place = "place" not in kinds
        parts = [("place" if as_place else "agency", span) if kind == "both" else (kind, span) for kind, span in parts]
        kinds = {kind for kind, _ in parts}
    settled: list[tuple[str, Span]] = []
    for kind, span in parts:
        made = kind
        if kind == "unknown":
            if "agency" in kinds and "place" not in kinds:
                made = "place"
            elif "place" in kinds and "agency" not in kinds:
                made = "agency"
            elif "date" in kinds and "place" not in kinds:
                made = "place"
            kinds.add(made)
        settled.append((made, span))
    return settled


def _classified(part: str, start: int) -> list[tuple[str, Span]] | None:
    """The part's kind and span; two of them for a place with a date; None where it is running text."""
    stripped = part.strip(" \t\r\n\u200f\u200e.'ـ")
    if not stripped:
        return []
    at = start + part.index(stripped)
    span = (at, at + len(stripped))
    folded = key(stripped)
    words = folded.split()
    if not words:
        return None
    if is_place(folded) and folded in agencies():
        return [("both", span)]
    if (
        folded in agencies()
        or folded.replace(" ", "") in agencies()
        or (words[0] in AGENCY_WORDS and len(words) <= LONGEST_PART)
    ):
        return [("agency", span)]
    if DATE.fullmatch(folded):
        return [("date", span)]
    if is_place(folded):
        return [("place", span)]
    return _signed(stripped, at) or _with_date(stripped, at) or _by_its_words(stripped, span, words)


def _signed(part: str, at: int) -> list[tuple[str, Span]] | None:
    """جدة 8 شعبان 1446 هـ واس: an agency behind place and date."""
    for words in (1, 2, 3):
        split = part.rsplit(None, words)
        if len(split) == words + 1 and split[0][-1:] in DIGITS_AND_ERAS and key(" ".join(split[1:])) in agencies():
            before = _with_date(split[0], at) or _dated(split[0], at)
            start = at + len(part) - len(part[len(split[0]) :].lstrip())
            return [*before, ("agency", (start, at + len(part)))] if before else None
    return None


def _dated(part: str, at: int) -> list[tuple[str, Span]] | None:
    return [("date", (at, at + len(part)))] if DATE.fullmatch(key(part)) else None


def _with_date(part: str, at: int) -> list[tuple[str, Span]] | None:
    """رام الله 9-4-2026 وفا: a place with a date behind it, perhaps an agency behind that."""
    if not DIGIT.search(part):
        return None
    for dated in (ENDS_WITH_DATE.match(part), DATE_THEN_AGENCY.match(part)):
        if not dated or not DATE.fullmatch(key(dated[2])):
            continue
        made = _classified(dated[1].strip(), at)
        if not made or len(made) != 1 or made[0][0] not in {"place", "unknown", "agency", "both"}:
            continue
        kind = "place" if made[0][0] == "both" else made[0][0]
        found = [(kind, made[0][1]), ("date", (at + dated.start(2), at + dated.end(2)))]
        if dated.lastindex == 3:
            if key(dated[3]) not in agencies():
                continue
            found.append(("agency", (at + dated.start(3), at + dated.end(3))))
        return found
    return None


def _by_its_words(part: str, span: Span, words: list[str]) -> list[tuple[str, Span]] | None:
    tokens = tokens_of(part, (0, len(part)))
    if not tokens or len(words) > LONGEST_PART:
        return None
    flags = [token.entry.flags for token in tokens]
    if any(f & (CUE | FUNCTION & ~ADVERB) and not f & GIVEN for f in flags) or any(t.entry.clitic for t in tokens):
        return None
    if flags[0] & GIVEN and (len(tokens) == 2 or (len(tokens) > 1 and name_end(tokens, 0, len(tokens)) == len(tokens))):
        return [("person", span)]
    if flags[0] & (TITLE | BODY | NISBA) or len(words) > 3 or any(f & VERB for f in flags):
        return None
    if len(tokens) > 1 and flags[-1] & NISBA and flags[-1] & DEFINITE and not flags[0] & DEFINITE:
        return [("person", span)]
    if longest_place(tokens, 0) == len(tokens):
        return [("place", span)]
    return [("unknown", span)]
