"""Whether a form of a verb of reporting reports where it stands: not negated, no wish, no noun, no passive."""

from barqia.reading.lexicon import Cue
from barqia.reading.lists import listed
from barqia.reading.sentence import Sentence, Token
from barqia.reading.vocabulary import (
    ADVERB,
    BODY,
    COMPLEMENTISER,
    CONNECTIVE,
    DEFINITE,
    EMINENCE,
    GIVEN,
    HONORIFIC,
    NEGATION,
    NOUN,
    PLACE,
    PREPOSITION,
    RELATIVE,
    TITLE,
    Entry,
    governs_a_noun,
    is_verbal_noun,
)

BEFORE_A_WISH = listed("before_a_wish")
AFTER_WHICH_FACT = frozenset({"قبل", "بعد", "الي"})
BEFORE_A_PAST = AFTER_WHICH_FACT | {"منذ", "ما", "سبق"}
HELD_BY_A_THING = listed("held_by_a_thing")
# Third persons of these before أن are passive where no subject stands: يذكر أن، يتوقع أن.
IMPERSONAL = listed("impersonal", folded=False)
CLAUSE_BEGINS = listed("clause_begins")
TAKES_MA = listed("takes_ma")
CAN_SPEAK = TITLE | HONORIFIC | EMINENCE | BODY | GIVEN | DEFINITE
POINTING = frozenset({"مما", "بما", "هذا", "ذلك", "هو", "هي"})
OF_AN_ATTRIBUTION = frozenset({"علي", "حسب", "بحسب", "وفق"})
NOUNS_WITH_A_PRONOUN = frozenset({"حث", "حض"})
MARKS_OF_A_CLAUSE = frozenset('،,.؛:"“”«»(-–—')


def can_report(sentence: Sentence, at: int) -> bool:
    """Whether token `at` is not negated and, where it may also be a noun or name, stands where a clause begins."""
    if at == 0:
        return True
    before = sentence.tokens[at - 1].entry
    takes_ma = before.bare == "ما" and at > 1 and sentence.tokens[at - 2].entry.bare in TAKES_MA
    if before.flags & NEGATION and not takes_ma:
        return False
    known = sentence.tokens[at].entry
    return not known.flags & (TITLE | GIVEN | NOUN) or known.joined or clause_begins(sentence, at)


def clause_begins(sentence: Sentence, at: int) -> bool:
    """Whether token `at` is where a clause begins, so that it can be a verb rather than a noun."""
    token = sentence.tokens[at]
    if at == 0 or token.entry.joined or set(token.gap) & MARKS_OF_A_CLAUSE:
        return True
    before = sentence.tokens[at - 1].entry
    return before.bare in CLAUSE_BEGINS or bool(before.flags & (CONNECTIVE | RELATIVE))


def reports(sentence: Sentence, at: int, cue: Cue) -> bool:
    """Whether token `at` reports as this form of a verb."""
    if at and _attributes(sentence, at):
        return False
    token = sentence.tokens[at]
    before = sentence.tokens[at - 1].entry if at else None
    behind = sentence.tokens[at + 1].entry if at + 1 < len(sentence.tokens) else None
    if cue.lemma == "لفت" and behind is not None and behind.bare in HELD_BY_A_THING:
        return False
    if cue.form == "participle":
        return _participle_reports(token, before, behind, cue)
    if cue.form == "present":
        return cue.gender != "" and _present_reports(sentence, at, cue, behind)
    return cue.form == "noun" or (cue.gender != "" and _past_reports(sentence, at, cue, behind))


def _attributes(sentence: Sentence, at: int) -> bool:
    """حسبما أعلنت، على ما قال: the verb of an attribution behind its content."""
    before = sentence.tokens[at - 1].entry.bare
    if before in {"حسبما", "وفقما"}:
        return True
    return before == "ما" and at > 1 and sentence.tokens[at - 2].entry.bare in OF_AN_ATTRIBUTION


def _present_reports(sentence: Sentence, at: int, cue: Cue, behind: Entry | None) -> bool:
    """No wish (أن يؤكد), no pointing at what is said (مما يؤكد), no passive (يذكر أن، التي يتوقع أن)."""
    before = sentence.tokens[at - 1].entry if at else None
    if before is not None and before.bare in POINTING:
        return False
    if before is not None and before.bare in BEFORE_A_WISH:
        return at > 1 and sentence.tokens[at - 2].entry.bare in AFTER_WHICH_FACT
    clause_behind = behind is not None and behind.flags & COMPLEMENTISER
    if cue.lemma not in IMPERSONAL or cue.number != "s" or not clause_behind:
        return not (cue.object and cue.lemma in NOUNS_WITH_A_PRONOUN)
    if before is None or sentence.tokens[at].entry.joined or cue.gender == "f":
        return False
    if before.flags & RELATIVE:
        return before.bare == "الذي"
    return not before.flags or bool(before.flags & (DEFINITE | GIVEN | TITLE | PLACE))


def _past_reports(sentence: Sentence, at: int, cue: Cue, behind: Entry | None) -> bool:
    """A form that is a noun too (ذكر، طلب) only where a clause begins; a dual (طالبا) only behind its subject; one that
    is the present of another verb (أن توقع العقد) only behind a أن that a fact can follow."""
    token = sentence.tokens[at]
    before = sentence.tokens[at - 1].entry if at else None
    if token.entry.flags & PREPOSITION and not token.entry.joined and not (behind and behind.flags & CAN_SPEAK):
        return False
    if before is not None and before.bare == "ان" and token.entry.bare[0] == "ت" and not token.gap.strip():
        return at > 1 and sentence.tokens[at - 2].entry.bare in BEFORE_A_PAST
    bare_form = cue.gender == "m" and cue.number == "s" and not cue.object
    if cue.frame.noun_like and bare_form:
        clause = behind is not None and behind.flags & COMPLEMENTISER
        reported = clause and before is not None and not governs_a_noun(before)
        return bool(reported) or clause_begins(sentence, at)
    if cue.number == "d" and before is not None and not token.entry.joined:
        return before.bare.endswith(("ان", "ين", "ما")) or bool(before.flags & RELATIVE)
    return not (cue.object and cue.lemma in NOUNS_WITH_A_PRONOUN)


def _participle_reports(token: Token, before: Entry | None, behind: Entry | None, cue: Cue) -> bool:
    """Not غير مستبعد, no noun behind a preposition (في مطالبة); مجددا is mostly an adverb."""
    adjacent = before is not None and not token.gap.strip()
    if adjacent and before and (before.bare == "غير" or (cue.gender == "f" and before.flags & (PREPOSITION | ADVERB))):
        return False
    return cue.lemma != "جدد" or (behind is not None and is_verbal_noun(behind))
