"""How far the mention of a speaker reaches: with the clause, the apposition or the issuer that is told of him."""

from barqia.reading.mentions import Mention, parse
from barqia.reading.model import Span
from barqia.reading.openers import ROOT
from barqia.reading.openings import HIS_WORDS, Opening
from barqia.reading.phrases import Phrase
from barqia.reading.segment import trim
from barqia.reading.sentence import Sentence
from barqia.reading.spelling import spelled
from barqia.reading.vocabulary import (
    ACT,
    ADVERB,
    BODY,
    COMMON,
    CONNECTIVE,
    CUE,
    DEFINITE,
    DOCUMENT,
    MEDIA,
    NOUN,
    RELATIVE,
    TITLE,
    VERB,
    Entry,
)

LONGEST_PAPER = 16
LONGEST_AGE = 4
PRESENTING = frozenset({"وهو", "وهي", "وهم"})


def source_of(sentence: Sentence, opening: Opening, subject: Mention) -> Span:
    """The mention with what is told of it up to the content: الذي رفض ذكر اسمه، وهو محام، (٤٠ عاما) صاحب متجر."""
    tokens, at = sentence.tokens, subject.last
    if at >= opening.first:
        return subject.span
    token = tokens[at]
    tells = token.entry.flags & RELATIVE or (token.entry.folded in PRESENTING and "،" in token.gap)
    if tells or (not subject.definite and not token.gap.strip() and _is_verb(token.entry)):
        end = next((p for p in range(at + 1, opening.first) if _is_addressed(tokens[p].entry)), opening.first)
        return subject.span[0], trim(sentence.text, (subject.span[0], tokens[end - 1].end))[1]
    end = _behind_an_age(sentence, at, opening.first) if "(" in token.gap else at
    return (subject.span[0], tokens[end - 1].end) if end > at else subject.span


def _is_verb(known: Entry) -> bool:
    """يحمل، طلب، and قتل too, which the content would be were it a noun."""
    if known.flags & (DEFINITE | ADVERB):
        return False
    return bool(known.flags & (VERB | ACT)) or bool(known.flags & NOUN and len(known.bare) == ROOT)


def _is_addressed(known: Entry) -> bool:
    """لوكالة المرفأ، لـ«صوت المرفأ»: to whom he speaks."""
    return known.folded == "ل" or (known.clitic == "ل" and bool(known.within & MEDIA))


def _behind_an_age(sentence: Sentence, at: int, stop: int) -> int:
    """The token behind what stands behind (٤٠ عاما), up to its comma; `at` where it is no title."""
    tokens = sentence.tokens
    behind = next((p for p in range(at + 1, min(at + LONGEST_AGE, stop)) if ")" in tokens[p].gap), stop)
    if behind >= stop or not tokens[behind].entry.flags & TITLE:
        return at
    upto = min(behind + LONGEST_PAPER, stop + 1)
    comma = next((p for p in range(behind + 1, upto) if "،" in tokens[p].gap), 0)
    return comma or Phrase(tokens, behind, stop).at


def issued(sentence: Sentence, opening: Opening, subject: Mention) -> Mention:
    """بيان صادر عن الوزارة، تقرير نشرته المنظمة: a paper with what says whose it is."""
    tokens = sentence.tokens
    if not tokens[subject.first].entry.flags & DOCUMENT or tokens[subject.first].entry.flags & BODY:
        return subject
    last = subject.last
    bare = last - subject.first == 1 and last < len(tokens) and not tokens[last].entry.clitic
    if bare and tokens[last].entry.flags & (COMMON | NOUN | DEFINITE | TITLE | BODY):
        return subject
    while last < opening.first and last - subject.first < LONGEST_PAPER and "،" not in tokens[last].gap:
        if tokens[last].entry.flags & ADVERB or tokens[last].entry.bare in HIS_WORDS:
            break
        last += 1
    behind = sentence.text[tokens[last - 1].end : opening.content].strip(" ،:")
    if last == subject.last or (behind and tokens[last].entry.bare not in HIS_WORDS):
        return subject
    span = (subject.span[0], tokens[last - 1].end)
    return subject._replace(last=last, span=span, name=spelled(sentence.text[slice(*span)]))


def with_its_clause(sentence: Sentence, relative: int, verb: int) -> Mention | None:
    """لكن ممثل الشركة التي تملك الميناء أكد: the subject before token `verb`, with the clause that token `relative`
    opens, where that clause has a verb of its own and the mention opens the sentence's clause."""
    tokens = sentence.tokens
    if relative + 2 > verb - 1 or set(tokens[verb].gap) & set("،,:"):
        return None
    if not tokens[relative + 1].entry.flags & (VERB | ACT | CUE):
        return None
    for first in range(relative - 1, max(relative - LONGEST_PAPER, -1), -1):
        before = tokens[first - 1].entry if first else None
        if before is None or before.bare == "ان" or before.flags & CONNECTIVE:
            found = parse(sentence.text, tokens, first, relative)
            whole = found is not None and found.last == relative
            return found._replace(span=(found.span[0], tokens[verb - 1].end)) if found and whole else None
    return None
