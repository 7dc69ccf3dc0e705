"""Statements: who said what. Sentence by sentence, cue by cue.

A finite cue is followed by the speaker's mention, circumstances, and the content; a participle (مؤكدا أن…)
carries the sentence's speaker on. The content begins at a complementiser, a quotation mark, a colon, the
cue's own preposition, or a noun that one stresses or announces; it ends at the next cue of the same
sentence, at an attribution tail, or with the sentence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from barqia.reading.lexicon import (
    AFTER_SOURCE,
    COMPLEMENTISERS,
    FORMS,
    NEGATIONS,
    TAILS,
    Cue,
    opens_nominal,
)
from barqia.reading.mentions import BODY_HEADS, TITLE_HEADS, Mention, People, Speaker, parse
from barqia.reading.model import Span, Statement
from barqia.reading.names import titled_people
from barqia.reading.segment import trim
from barqia.text.quotes import DOUBLE, Quote
from barqia.text.tokens import Word, words

FARTHEST = 40
LONGEST_SOURCE = 14


@dataclass(frozen=True, slots=True)
class Found:
    """A cue in a sentence: the word's place in it, where its content starts, and how."""

    at: int
    cue: Cue
    cue_span: Span
    content_start: int
    kind: str
    source: tuple[Word, ...]


class Sentence:
    """One sentence with its words and quotations."""

    def __init__(self, text: str, span: Span, marked: Sequence[Quote]) -> None:
        self.text, self.span = text, span
        self.words = words(text, *span)
        self.quotes = [q for q in marked if span[0] <= q.start < span[1]]
        self.outer = [q for q in self.quotes if q.depth == 0]

    def quoted(self, position: int) -> bool:
        return any(q.start < position < q.end for q in self.outer)

    def quote_at(self, start: int, end: int) -> Quote | None:
        """The quotation that opens between two words."""
        return next((q for q in self.outer if start <= q.start < end), None)


def statements_of(text: str, sentences: Iterable[Span], marked: Sequence[Quote]) -> tuple[list[Statement], People]:
    """The statements of all sentences in order, and the people the text knows at its end."""
    people = People()
    drafts: list[tuple[Statement, Speaker | None]] = []
    for span in sentences:
        drafts += _in_sentence(Sentence(text, span, marked), people)
    return [_named(statement, people.fullest(speaker)) for statement, speaker in drafts], people


def _named(statement: Statement, speaker: Speaker | None) -> Statement:
    if speaker is None:
        return statement
    s = statement
    return Statement(s.cue, s.cue_lemma, speaker.name, speaker.title, s.source, s.content, s.direct, s.kind)


def _in_sentence(sentence: Sentence, people: People) -> list[tuple[Statement, Speaker | None]]:
    found = _cues(sentence)
    introduced = titled_people(sentence.text, sentence.words)
    made: list[tuple[Statement, Speaker | None]] = []
    for number, one in enumerate(found):
        after = found[number + 1] if number + 1 < len(found) else None
        # what stands behind a participle is whom it addresses: داعية السائقين إلى
        mention = None if one.cue.participle else parse(one.source, sentence.text)
        if mention is None and not one.cue.participle:
            mention = _subject_before(sentence, one, found[:number])
        speaker = people.resolve(mention or (_introduced_before(introduced, one) if not number else None))
        content = _content(sentence, one, after)
        if content[0] >= content[1]:
            continue
        made.append((_statement(sentence, one, mention, content), speaker))
    for named in introduced:
        people.meet(named)
    return made or _according(sentence, people)


def _introduced_before(introduced: Sequence[Mention], one: Found) -> Mention | None:
    """Who a sentence opens with as the subject of another verb: افتتح الوزير فلان المعرض وقال إن."""
    first = introduced[0] if introduced else None
    return first if first and first.span[1] <= one.cue_span[0] else None


def _statement(sentence: Sentence, one: Found, mention: Mention | None, content: Span) -> Statement:
    direct = _is_direct(sentence, one, content)
    kind = "quote" if direct and one.kind == "quote" else one.kind
    source = mention.span if mention else None
    return Statement(one.cue_span, one.cue.lemma, None, None, source, content, direct, kind)


def _cues(sentence: Sentence) -> list[Found]:
    found: list[Found] = []
    for at, word in enumerate(sentence.words):
        if sentence.quoted(word.start):
            continue
        cue, cut = _cue_form(word)
        if cue is None or _negated(sentence, at):
            continue
        one = _opened(sentence, at, cue, cut)
        if one is not None and not (found and one.content_start == found[-1].content_start):
            found.append(one)
    return found


def _cue_form(word: Word) -> tuple[Cue | None, int]:
    """The cue a word is, and how many letters (و or ف) cling before it."""
    folded = word.folded
    if folded in FORMS:
        return FORMS[folded], 0
    if folded[:1] in {"و", "ف"} and folded[1:] in FORMS and len(folded) > 3:
        return FORMS[folded[1:]], 1
    if folded[:1] == "س" and folded[1:2] in {"ي", "ت"} and folded[1:] in FORMS:
        return None, 0
    return None, 0


def _negated(sentence: Sentence, at: int) -> bool:
    before = sentence.words[at - 1].folded if at else ""
    return before.lstrip("وف") in NEGATIONS or before in NEGATIONS


def _opened(sentence: Sentence, at: int, cue: Cue, cut: int) -> Found | None:
    """Where this cue's content starts, if it has one."""
    word = sentence.words[at]
    cue_span = word.start + cut, word.end
    last = min(len(sentence.words), at + (FARTHEST if not cue.participle else 6))
    source_end: int | None = None
    previous_end = word.end
    for position in range(at + 1, last + 1):
        next_start = sentence.words[position].start if position < len(sentence.words) else sentence.span[1]
        quote = sentence.quote_at(previous_end, next_start)
        between = sentence.text[previous_end:next_start]
        stop = position if source_end is None else source_end
        if quote is not None and cue.quote and _is_speech(sentence, quote):
            return Found(at, cue, cue_span, quote.start, "quote", _source(sentence, at, stop))
        if ":" in between and cue.quote:
            return Found(at, cue, cue_span, next_start, "quote", _source(sentence, at, stop))
        if position >= len(sentence.words):
            return None
        current = sentence.words[position]
        kind = _opens(cue, current, position - at)
        if kind == "nominal" and [word.folded for word in sentence.words[position + 1 : position + 2]] == ["ان"]:
            kind = "clause"
        if kind:
            return Found(at, cue, cue_span, current.start, kind, _source(sentence, at, stop))
        if not cue.participle and _cue_form(current)[0] and not _cue_form(current)[0].nominal and position - at > 1:  # type: ignore[union-attr]
            return None
        if source_end is None and (current.folded in AFTER_SOURCE or "،" in between or "(" in between):
            source_end = position
        previous_end = current.end
    return None


def _opens(cue: Cue, word: Word, distance: int) -> str:
    """The kind of content that this word opens for the cue, or nothing."""
    folded = word.folded
    if folded in COMPLEMENTISERS and (cue.clause or cue.quote):
        return "clause"
    for preposition in cue.prepositions:
        if folded == preposition or (len(preposition) == 1 and folded.startswith(preposition) and len(folded) > 3):
            if len(preposition) == 1 and folded.startswith("بال") and distance > 1 and cue.clause:
                continue
            return "clause" if folded in COMPLEMENTISERS else "nominal"
    if cue.nominal and opens_nominal(folded):
        return "nominal"
    if cue.participle and cue.nominal and distance == 1:
        return "nominal"
    return ""


def _is_speech(sentence: Sentence, quote: Quote) -> bool:
    """Whether a quotation is speech rather than a name in marks: more than three words."""
    inside = [w for w in sentence.words if quote.start <= w.start < quote.end]
    return len(inside) > 3


def _source(sentence: Sentence, at: int, stop: int) -> tuple[Word, ...]:
    found = sentence.words[at + 1 : min(stop, at + 1 + LONGEST_SOURCE)]
    while found and found[-1].folded in AFTER_SOURCE:
        found = found[:-1]
    return tuple(found)


def _subject_before(sentence: Sentence, one: Found, earlier: Sequence[Found]) -> Mention | None:
    """A subject that stands before its verb: وكانت وكالة … أعلنت أن, or … لكن الوزير أوضح أن."""
    first = 0
    for position in range(one.at - 1, -1, -1):
        if sentence.words[position].folded in {
            "وكان",
            "وكانت",
            "كان",
            "كانت",
            "لكن",
            "ان",
            "لان",
            "غير",
            "فيما",
            "بينما",
            "فان",
        }:
            first = position + 1
            break
    before = sentence.words[first : one.at]
    if not before or len(before) > LONGEST_SOURCE or (earlier and earlier[-1].at >= first):
        return None
    if before[0].folded.lstrip("و") not in TITLE_HEADS | BODY_HEADS and not before[0].folded.startswith("ال"):
        return None
    cut = next((i for i, w in enumerate(before) if i and w.folded in AFTER_SOURCE), len(before))
    return parse(before[:cut], sentence.text)


def _content(sentence: Sentence, one: Found, after: Found | None) -> Span:
    start, end = one.content_start, sentence.span[1]
    quote = next((q for q in sentence.outer if q.start == start), None)
    if quote is not None:
        return start, quote.end
    opened = _quote_after_complementiser(sentence, start)
    if opened is not None and (after is not None or _only_stop_after(sentence, opened.end)):
        return start, opened.end
    if after is not None:
        end = _before_cue(sentence, after)
    tail = _tail(sentence, start, end)
    return _trimmed(sentence, (start, tail))


def _quote_after_complementiser(sentence: Sentence, start: int) -> Quote | None:
    """Content that is أن and then a quotation alone."""
    first = next((w for w in sentence.words if w.start >= start), None)
    if first is None or first.folded not in COMPLEMENTISERS:
        return None
    following = next((w for w in sentence.words if w.start >= first.end), None)
    limit = following.start + 1 if following else sentence.span[1]
    return sentence.quote_at(first.end, limit)


def _only_stop_after(sentence: Sentence, position: int) -> bool:
    return not sentence.text[position : sentence.span[1]].strip(" .،؛\n")


def _before_cue(sentence: Sentence, after: Found) -> int:
    """Where the content before another cue ends: before its subject when that stands before the verb."""
    at = after.at
    if at and sentence.words[at - 1].folded in {"كما", "فيما", "حيث", "وقد", "ثم", "بينما", "اذ"}:
        at -= 1
    return sentence.words[at].start


def _tail(sentence: Sentence, start: int, end: int) -> int:
    """Where an attribution tail (، بحسب …) begins within the content, else its end."""
    for number, word in enumerate(sentence.words):
        if start < word.start < end and word.folded in TAILS - {"كما"} and not sentence.quoted(word.start):
            before = sentence.text[sentence.words[number - 1].end : word.start]
            if "،" in before or "," in before:
                return word.start
    return end


def _trimmed(sentence: Sentence, span: Span) -> Span:
    start, end = trim(sentence.text, span)
    return span[0], max(end, start)


def _is_direct(sentence: Sentence, one: Found, content: Span) -> bool:
    """Wholly quoted, its complementiser apart; or after a colon."""
    if one.kind == "quote":
        return True
    quote = _quote_after_complementiser(sentence, content[0])
    return quote is not None and quote.end >= content[1] - 1


def _according(sentence: Sentence, people: People) -> list[tuple[Statement, Speaker | None]]:
    """A whole sentence attributed by a tail or a head: بحسب …, وفقا لـ…, حسبما أعلنت …."""
    for at, word in enumerate(sentence.words):
        folded = word.folded[1:] if word.folded[:1] == "و" and word.folded[1:] in TAILS else word.folded
        if folded not in TAILS - {"كما", "نقلا"} or sentence.quoted(word.start):
            continue
        made = _according_at(sentence, at, people)
        if made:
            return [made]
    return []


def _according_at(sentence: Sentence, at: int, people: People) -> tuple[Statement, Speaker | None] | None:
    word = sentence.words[at]
    rest = sentence.words[at + 1 :]
    verb = next((w for w in rest[:3] if _cue_form(w)[0]), None)
    start = rest.index(verb) + 1 if verb else 0
    stop = next(
        (
            i
            for i, w in enumerate(rest)
            if i >= start and (_comma_before(sentence, rest, i) or w.folded in AFTER_SOURCE)
        ),
        len(rest),
    )
    source = _without_preposition(rest[start:stop])
    mention = parse(source[:LONGEST_SOURCE], sentence.text)
    if mention is None or (mention.title is None and not mention.body and len(source) > 5):
        return None
    content = _trimmed(sentence, (sentence.span[0], word.start))
    if at <= 1:
        behind = rest[stop].start if stop < len(rest) else sentence.span[1]
        content = _trimmed(sentence, (behind, sentence.span[1]))
    if content[1] - content[0] < 20:
        return None
    cue = (verb.start, verb.end) if verb else (word.start + (word.folded[0] == "و"), word.end)
    lemma = verb and _cue_form(verb)[0]
    name = lemma.lemma if lemma else sentence.text[slice(*cue)]
    return Statement(cue, name, None, None, mention.span, content, False, "according"), people.resolve(mention)


def _comma_before(sentence: Sentence, rest: Sequence[Word], position: int) -> bool:
    if position == 0:
        return False
    return bool(set("،,") & set(sentence.text[rest[position - 1].end : rest[position].start]))


def _without_preposition(source: Sequence[Word]) -> list[Word]:
    """The words of a source without the ل that وفقا puts before it."""
    found = list(source)
    if (
        found
        and found[0].folded.startswith("لل") is False
        and found[0].folded.startswith("ل")
        and len(found[0].folded) > 4
    ):
        first = found[0]
        found[0] = Word(first.start + 1, first.end, first.text[1:], first.folded[1:])
    return found


__all__ = ["DOUBLE", "statements_of"]
