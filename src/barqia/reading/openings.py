"""Cues and what they open: each verb of reporting in a sentence, its subject, and where its content begins.

A finite cue is followed by its subject, circumstances, and the content; a participle (مؤكدا أن …) has its content near
and carries on the subject of the sentence. The frame of the verb says what can open the content.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from barqia.reading.contexts import can_report, reports
from barqia.reading.lexicon import Cue
from barqia.reading.mentions import Mention, parse
from barqia.reading.model import Span
from barqia.reading.openers import Opener
from barqia.reading.sentence import Sentence
from barqia.reading.speech import SHORTEST_SPEECH
from barqia.reading.subjects import subject_of
from barqia.reading.vocabulary import (
    ADVERB,
    COMPLEMENTISER,
    SPEECH,
    Entry,
)

STOPS = frozenset(".؟!")
FARTHEST = {"past": 48, "present": 48, "participle": 10, "noun": 4}


COMMENTING = frozenset({"علق", "عقب"})
# What stands before the one who is told of, by the verb.
TELLING = {"جاء": {"في", "فيه", "فيها"}, "نقل": {"عن", "عنه", "عنها"}, "نسب": {"الي", "اليه", "اليها"}}
FARTHEST_WORDS = 16
HIS_WORDS = frozenset({"قوله", "قولها", "قولهم", "قولهما"})


class Opening(NamedTuple):
    """A cue at token `at`; its content begins at `content`, and with token `first`. `kind` clause, quote or nominal.

    `subject` is the mention behind the verb; `after_colon` whether a colon opens the content.
    """

    at: int
    cue: Cue
    span: Span
    first: int
    content: int
    kind: str
    subject: Mention | None = None
    after_colon: bool = False


def openings_of(sentence: Sentence) -> list[Opening]:
    """The cues of a sentence that open a content, in order."""
    found: dict[int, Opening] = {}
    next_cue = len(sentence.tokens)
    for at in reversed(sentence.cued):
        known = sentence.tokens[at].entry
        if not can_report(sentence, at):
            continue
        for cue in known.cues:
            if not reports(sentence, at, cue):
                continue
            opening = _opening(sentence, at, cue, next_cue, found)
            if opening is not None:
                if next_cue in found and found[next_cue].first == opening.first:
                    found.pop(next_cue)
                found[at] = opening
                next_cue = at
                break
    openings = [found[at] for at in sorted(found)]
    if not sentence.outer:
        return openings
    taken = {opening.content for opening in openings}
    return sorted(
        [*openings, *(made for made in _behind_quotations(sentence, found) if made.content not in taken)],
        key=lambda opening: opening.at,
    )


def _behind_quotations(sentence: Sentence, found: dict[int, Opening]) -> Iterator[Opening]:
    """«…»، قال فلان: a cue behind its quotation."""
    for quote in sentence.outer:
        at = sentence.index(quote.end)
        first = sentence.index(quote.start)
        if not quote.closed or at >= len(sentence.tokens) or at in found or at - first < SHORTEST_SPEECH:
            continue
        known = sentence.tokens[at].entry
        cue = next(
            (cue for cue in known.cues if cue.frame.quote and cue.form in {"past", "present"} and cue.gender), None
        )
        if cue is None or known.joined or not can_report(sentence, at):
            continue
        subject, _ = subject_of(sentence, at, cue)
        token = sentence.tokens[at]
        yield Opening(at, cue, (token.start, token.end), first, quote.start, "quote", subject)


def _opening(sentence: Sentence, at: int, cue: Cue, next_cue: int, later: dict[int, Opening]) -> Opening | None:
    token = sentence.tokens[at]
    start = token.start + (token.end - token.start and _clinging(token.entry, sentence.text[token.start : token.end]))
    span = (start, token.end)
    lent = _lent(sentence, at, cue, span, later.get(next_cue))
    if lent is not None:
        return lent
    if cue.lemma in TELLING:
        told = _told(sentence, at, cue, span, min(len(sentence.tokens), next_cue + 1))
        if told is not None or cue.lemma != "نسب":
            return told
    subject, after = subject_of(sentence, at, cue)
    stop = min(len(sentence.tokens), at + 1 + FARTHEST[cue.form], next_cue + 1)
    if cue.frame.target:
        return _target(sentence, at, cue, span, subject, after, min(stop, next_cue))
    opener = Opener(sentence, at, cue, subject, after)
    tokens = sentence.tokens
    for position in range(at + 1, stop):
        gap = tokens[position].gap
        if not STOPS.isdisjoint(gap) and len(tokens[position - 1].entry.bare) > 1:
            return None
        kind = opener.kind_at(position)
        if kind == "stop":
            return None
        if kind:
            colon = ":" in gap or kind == "speech"
            kind = "clause" if kind == "speech" else kind
            content = sentence.start_of(position)
            return Opening(at, cue, span, position, content, kind, subject if after <= position else None, colon)
        if position == next_cue and position in later:
            return None
    return None


def _lent(sentence: Sentence, at: int, cue: Cue, span: Span, said: Opening | None) -> Opening | None:
    """A content that the participle behind the verb opens, but for the verb: استطرد قائلا, قال معلقا على القرار."""
    if said is None:
        return None
    if cue.frame.quote and said.at == at + 1 and _is_saying(said):
        return said._replace(at=at, cue=cue, span=(span[0], said.span[1]), subject=None)
    if cue.form in {"past", "present"} and cue.frame.clause and _comments(said):
        subject, after = subject_of(sentence, at, cue)
        if after <= said.at and not _parted(sentence, at, said.at):
            return said._replace(at=at, cue=cue, span=span, subject=subject)
    return None


def _told(sentence: Sentence, at: int, cue: Cue, span: Span, stop: int) -> Opening | None:
    """جاء في البيان أن، نقلت الوكالة عن الوزير أن، نسبت إليه قوله إن: who speaks stands behind the preposition."""
    tokens = sentence.tokens
    wanted = TELLING[cue.lemma]
    nearest = at + 2 if cue.lemma == "جاء" else at + 12
    by = next((p for p in range(at + 1, min(nearest, len(tokens))) if tokens[p].entry.bare in wanted), None)
    if by is None:
        return None
    words = next((p for p in range(by + 1, min(by + FARTHEST_WORDS, stop)) if tokens[p].entry.bare in HIS_WORDS), stop)
    if cue.lemma == "نسب" and words == stop:
        return None
    named = tokens[by].entry.bare in {"في", "عن", "الي"}
    subject = parse(sentence.text, tokens, by + 1, words) if named else None
    if subject is None and named:
        return None
    after = subject.last if subject else by + 1
    for position in range(after, min(after + 12, stop, len(tokens))):
        known = tokens[position].entry
        if (known.flags & COMPLEMENTISER and not known.joined) or sentence.opens_at(position):
            kind = "clause" if known.flags & COMPLEMENTISER else "quote"
            if subject is None and cue.lemma == "جاء":
                span = (span[0], tokens[by].end)
            elif subject is None:
                cue = replace(cue, gender="f" if tokens[by].entry.bare.endswith("ها") else "m", number="s")
            return Opening(at, cue, span, position, sentence.start_of(position), kind, subject)
    return None


def _clinging(known: Entry, written: str) -> int:
    """How many letters of the written word are a و or ف, or the س of the future, before the cue."""
    joined = 1 if known.joined else 0
    future = known.bare[:1] == "س" and any(cue.form == "present" for cue in known.cues) and known.bare[1:2] in "يتنا"
    return min(joined + (1 if future else 0), len(written) - 1)


def _is_saying(opening: Opening) -> bool:
    return opening.cue.form in {"participle", "noun"} and opening.cue.lemma == "قال"


def _comments(opening: Opening) -> bool:
    """معلقا على القرار: a participle that says what the speech is about, not what is said."""
    return opening.cue.form == "participle" and opening.cue.lemma in COMMENTING


def _parted(sentence: Sentence, at: int, stop: int) -> bool:
    """Whether a content stands between two cues: a complementiser, a quotation, a stop."""
    between = range(at + 1, stop)
    tokens = sentence.tokens
    return any(tokens[p].entry.flags & COMPLEMENTISER or sentence.quote[p] or ":" in tokens[p].gap for p in between)


def _target(
    sentence: Sentence, at: int, cue: Cue, span: Span, subject: Mention | None, after: int, stop: int
) -> Opening | None:
    """اتهم الوزير فلانا ب، وصفه ب، عزا ذلك إلى: the content begins at the object, and needs the preposition."""
    tokens = sentence.tokens
    at_preposition = next((p for p in range(at + 1, stop) if _is_preposition(tokens[p].entry, cue)), None)
    if at_preposition is None:
        return None
    first = after if subject is not None else at + 1
    while first < at_preposition and tokens[first].entry.flags & ADVERB and not _points(tokens[first].entry):
        first += 1
    if subject is not None and (first >= at_preposition and not cue.object):
        subject, first = None, at + 1
    if any("،" in tokens[p].gap for p in range(first + 1, at_preposition)) and at_preposition - first > 8:
        return None
    kind = "clause" if tokens[at_preposition].entry.flags & COMPLEMENTISER else "nominal"
    return Opening(at, cue, span, first, sentence.start_of(first), kind, subject)


def _points(known: Entry) -> bool:
    """هذا، هم، ذلك: a pronoun can be the object."""
    return known.bare.startswith("ه") or known.bare in {"ذلك", "تلك"}


def _is_preposition(known: Entry, cue: Cue) -> bool:
    if known.joined:
        return False
    for preposition in cue.frame.prepositions:
        if len(preposition) > 1:
            if known.bare == preposition:
                return True
        elif (
            (known.flags & COMPLEMENTISER and known.bare.startswith(preposition))
            or (known.clitic == preposition and not known.within & (SPEECH | ADVERB))
            or (known.bare.startswith(preposition) and not known.flags and len(known.bare) > 4)
        ):
            return True
    return False


def following_tokens(sentence: Sentence, first: int) -> Iterator[int]:
    """The tokens from `first` on; those of a quotation that opens after it are skipped."""
    inside = sentence.quote[first] if first < len(sentence.tokens) else None
    at = first
    while at < len(sentence.tokens):
        quote = sentence.quote[at]
        if quote is not None and quote is not inside:
            at = max(sentence.index(quote.end), at + 1)
            continue
        yield at
        at += 1
