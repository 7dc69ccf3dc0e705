"""Where a content ends: at the next report of the sentence, at an attribution behind it, with its quotation, or with
the sentence. A report inside a reported clause does not end it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from barqia.reading.lists import listed
from barqia.reading.mentions import Mention, mention_at, parse
from barqia.reading.model import Span
from barqia.reading.nominal import leaves_a_noun, opens_a_clause
from barqia.reading.openings import Opening, following_tokens
from barqia.reading.segment import trim
from barqia.reading.sentence import Sentence, Token, freed
from barqia.reading.vocabulary import (
    ACT,
    ADVERB,
    BODY,
    COMPLEMENTISER,
    CONNECTIVE,
    CUE,
    DOCUMENT,
    GIVEN,
    NEGATION,
    PREPOSITION,
    RELATIVE,
    TITLE,
)

ACCORDING = listed("according")
ITS_WORDS = listed("its_words")
RESUMING = listed("resuming")
MOST_TAILS = 12
FARTHEST_ANSWER = 10


class Tail(NamedTuple):
    """An attribution at token `at`: its cue's span and lemma, who is named, and the first token behind it.

    `verbal` where a verb of reporting stands in it (حسبما أفادت …)."""

    at: int
    cue: Span
    lemma: str
    source: Mention | None
    after: int
    verbal: bool
    gender: str


def content_of(sentence: Sentence, opening: Opening, others: Mapping[int, Opening], tails: Sequence[Tail]) -> Span:
    """The content that a cue opens."""
    limit = _limit(sentence, opening)
    quote_at = _quotation(sentence, opening)
    if quote_at is not None:
        quote = sentence.quote[quote_at]
        assert quote is not None
        after = sentence.index(quote.end)
        while after < limit and sentence.opens_at(after) and sentence.tokens[after].entry.folded == "و":
            after = sentence.index(sentence.opens_at(after).end)  # type: ignore[union-attr]
        end = quote.end
        if quote.closed and (opening.kind == "quote" or _stands_alone(sentence, after, limit, others, tails)):
            return opening.content, min(end, sentence.span[1])
        end = _boundary(sentence, opening, after - 1, limit, others, tails)
        return _trimmed(sentence, opening.content, max(end, quote.end if quote.closed else 0))
    if opening.first <= opening.at and opening.content < opening.span[0]:
        return opening.content, opening.content
    return _trimmed(sentence, opening.content, _boundary(sentence, opening, opening.first, limit, others, tails))


def _limit(sentence: Sentence, opening: Opening) -> int:
    """The token before which the content ends at the latest: a report in a quotation stays in it."""
    quote = sentence.quote[opening.at]
    if quote is not None and sentence.quote[opening.first] is quote:
        return sentence.index(quote.end)
    return len(sentence.tokens)


def _quotation(sentence: Sentence, opening: Opening) -> int | None:
    """The token that opens the quotation which is the content, its complementiser apart."""
    for at in range(opening.first, min(opening.first + 3, len(sentence.tokens))):
        quote = sentence.opens_at(at)
        if quote is not None and sentence.quote[opening.at] is not quote:
            return at
        if not sentence.tokens[at].entry.flags & (COMPLEMENTISER | PREPOSITION):
            return None
    return None


def _stands_alone(
    sentence: Sentence, after: int, limit: int, others: Mapping[int, Opening], tails: Sequence[Tail]
) -> bool:
    """Whether the quotation is the whole content: a stop, a mark, or another report behind it."""
    if after >= limit:
        return True
    token = sentence.tokens[after]
    if set(token.gap) & set("،,.:؛(") or after in others or token.entry.joined:
        return True
    return bool(token.entry.flags & CONNECTIVE) or any(tail.at == after for tail in tails)


def _boundary(
    sentence: Sentence, opening: Opening, first: int, limit: int, others: Mapping[int, Opening], tails: Sequence[Tail]
) -> int:
    """The position at which the content ends."""
    ends = {
        tail.at
        for tail in tails
        if not sentence.quote[tail.at] or sentence.quote[tail.at] is sentence.quote[opening.at]
    }
    plain = opening.kind == "nominal"
    for at in following_tokens(sentence, max(first, 0)):
        if at >= limit:
            break
        if at <= first:
            continue
        if plain and leaves_a_noun(sentence, at, opening):
            return _end_before(sentence, at)
        plain = plain and not opens_a_clause(sentence, at)
        if at in ends or (at in others and others[at].at != opening.at):
            stop = at if at in ends else _resumed(sentence, at, others[at], opening)
            if stop is not None and stop > first:
                return _end_before(sentence, stop)
        elif _breaks(sentence, at, opening):
            return _end_before(sentence, at)
    if limit < len(sentence.tokens):
        quote = sentence.quote[opening.at]
        assert quote is not None
        return quote.end - (1 if quote.closed else 0)
    return sentence.span[1]


def _end_before(sentence: Sentence, at: int) -> int:
    """Where the words before token `at` end, with a closing mark that follows them."""
    before = sentence.tokens[at - 1]
    gap = sentence.tokens[at].gap
    for number, mark in enumerate(gap):
        if mark in '”»"' and sentence.quote[at - 1] is not None and sentence.quote[at] is not sentence.quote[at - 1]:
            return before.end + number + 1
    closing = gap.find(")")
    return before.end + closing + 1 if closing >= 0 and "(" not in gap[:closing] else before.end


def _resumed(sentence: Sentence, at: int, other: Opening, opening: Opening) -> int | None:
    """Where the sentence takes up reporting again with `other`; None where it only reports inside the content."""
    token = sentence.tokens[at]
    if other.cue.form in {"participle", "noun"}:
        return at
    if token.entry.joined:
        inner = other.cue.form == "present" and opening.cue.form == "past" and other.subject is None
        return None if inner else at
    before = sentence.tokens[at - 1].entry
    if before.bare in RESUMING or before.bare == "قد":
        return at - 1
    for back in range(at, max(at - 5, opening.first), -1):
        gap = sentence.tokens[back].gap
        if "،" in gap or "," in gap:
            between = sentence.tokens[back:at]
            circumstance = all(t.entry.flags & (ADVERB | PREPOSITION | CONNECTIVE) or len(between) < 3 for t in between)
            if back == at:
                return at if other.subject is not None else None
            return back if circumstance and not _is_subject(between) else None
    return None


def _is_subject(between: Sequence[Token]) -> bool:
    return any(token.entry.flags & (TITLE | BODY) for token in between)


def _breaks(sentence: Sentence, at: int, opening: Opening) -> bool:
    """Another act of the speaker that is no report: لكنه لم يوضح، واستعرض، وترحم على."""
    token = sentence.tokens[at]
    known = token.entry
    behind = sentence.tokens[at + 1].entry if at + 1 < len(sentence.tokens) else None
    third = sentence.tokens[at + 2].entry if at + 2 < len(sentence.tokens) else None
    if behind is None:
        return False
    if known.bare == "الامر" and behind.flags & RELATIVE:
        return True
    circumstance = known.bare.endswith("ا") and not sentence.tokens[at - 1].entry.bare.endswith("ا")
    if known.bare in CLOSING_PARTICIPLES and ("،" in token.gap or circumstance):
        return True
    if "،" in token.gap and any(cue.form == "participle" and cue.number == "s" for cue in known.cues):
        return True
    if known.flags & CONNECTIVE and known.bare in RESUMING and behind.flags & NEGATION and third and third.flags & CUE:
        return True
    if not known.joined or not known.flags & ACT or known.flags & (TITLE | BODY) or opening.cue.form == "noun":
        return False
    return known.bare in CLOSING_ACTS or (known.bare[:-1] in CLOSING_ACTS and known.bare.endswith("ت"))


CLOSING_PARTICIPLES = listed("closing_participles")
CLOSING_ACTS = listed("closing_acts")


def _trimmed(sentence: Sentence, start: int, end: int) -> Span:
    return start, max(start, trim(sentence.text, (start, end))[1])


def tails_of(sentence: Sentence, openings: Mapping[int, Opening]) -> list[Tail]:
    """The attributions of a sentence: بحسب …, وفقا ل…, حسبما أعلنت …, على ما قال …, على حد قوله، نقلا عن …."""
    found: list[Tail] = []
    busy = 0
    for at in [at for at, token in enumerate(sentence.tokens) if token.entry.bare in STARTS]:
        if at < busy:
            continue
        made = _tail_at(sentence, at, openings)
        if made is not None:
            found.append(made)
            busy = made.after
            if len(found) == MOST_TAILS:
                break
    return found


STARTS = ACCORDING | {"علي", "كما", "نقلا"}


def _tail_at(sentence: Sentence, at: int, openings: Mapping[int, Opening]) -> Tail | None:
    tokens, bare = sentence.tokens, sentence.tokens[at].entry.bare
    if at + 1 >= len(tokens):
        return None
    behind = tokens[at + 1].entry
    verb = at + 1
    if behind.bare == "ما" and at + 2 < len(tokens):
        verb = at + 2
    marked = at == 0 or bool(set(tokens[at].gap) & set("،,")) or tokens[at].entry.joined
    is_verb = tokens[verb].entry.flags & CUE and verb not in openings
    if is_verb and (bare in ACCORDING or verb == at + 2 or bare == "كما"):
        return _verbal(sentence, at, verb) if bare != "كما" or marked else None
    if bare == "علي":
        return _silent(sentence, at, at + 3) if behind.bare == "حد" else None
    if bare == "كما" or (tokens[at].entry.bare == "نقلا" and behind.bare != "عن"):
        return None
    if behind.bare in ITS_WORDS or behind.bare == "ما":
        return _silent(sentence, at, at + 2)
    return _nominal(sentence, at, marked)


def _verbal(sentence: Sentence, at: int, verb: int) -> Tail:
    token = sentence.tokens[verb]
    cue = next((cue for cue in token.entry.cues if cue.form in {"past", "present"}), token.entry.cues[0])
    first = verb + 1
    if first < len(sentence.tokens) and sentence.tokens[first].entry.bare in {"به", "بها", "عنه", "عنها"}:
        first += 1
    source = mention_at(sentence, first)
    span = token.start + (1 if token.entry.joined else 0), token.end
    return Tail(at, span, cue.lemma, source, source.last if source else verb + 1, verbal=True, gender=cue.gender)


def _silent(sentence: Sentence, at: int, after: int) -> Tail:
    """على حد قوله: it ends the content and says nothing new."""
    return Tail(at, (sentence.tokens[at].start, sentence.tokens[at].end), "", None, after, verbal=False, gender="")


def _nominal(sentence: Sentence, at: int, marked: bool) -> Tail | None:
    """بحسب الوزير، وفقا لإحصاء رويترز: with someone who can speak in it."""
    tokens = sentence.tokens
    first = at + 2 if tokens[at + 1].entry.bare in {"عن", "الي", "ل"} else at + 1
    if first >= len(tokens):
        return None
    tokens = freed(tokens, first)
    source = parse(sentence.text, tokens, first, len(tokens))
    if source is None or source.kind == "name":
        return _silent(sentence, at, first) if marked and at and set(sentence.tokens[at].gap) & set("،,") else None
    if (
        tokens[first].entry.flags & DOCUMENT
        and not tokens[first].entry.flags & (BODY | TITLE)
        and source.last - first > 1
    ):
        inner = parse(sentence.text, freed(tokens, first + 1), first + 1, len(tokens))
        source = inner if inner is not None and inner.kind == "body" else source
    trusted = source.kind == "title" or (source.kind == "person" and source.title is not None)
    if not trusted and (not marked or (source.kind == "person" and not tokens[first].entry.flags & GIVEN)):
        return None
    token = sentence.tokens[at]
    span = token.start + (1 if token.entry.joined else 0), token.end
    return Tail(at, span, sentence.text[slice(*span)], source, source.last, verbal=False, gender="")


SKIPPED = listed("skipped")


def after_source(sentence: Sentence, tail: Tail) -> int:
    """Where the content of a leading attribution begins: behind it, and behind فقد or فإن."""
    at = tail.after
    for behind in range(at, min(at + FARTHEST_ANSWER, len(sentence.tokens))):
        if sentence.tokens[behind].entry.folded in {"فان", "فقد"}:
            at = behind
            break
    while at < len(sentence.tokens) and sentence.tokens[at].entry.bare in SKIPPED:
        at += 1
    return at
