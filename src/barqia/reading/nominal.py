"""Where the narrator goes on behind a nominal content: another verb, a circumstance of the saying, a new sentence."""

from barqia.reading.lists import listed
from barqia.reading.openings import Opening
from barqia.reading.sentence import Sentence
from barqia.reading.vocabulary import (
    ACT,
    BODY,
    COMPLEMENTISER,
    CUE,
    DEFINITE,
    GIVEN,
    PREPOSITION,
    PRESENT,
    RELATIVE,
    TITLE,
    VERB,
    entry,
)

# What a statement is made in, behind في or خلال: أدان الهجوم في بيان.
SAID_IN = listed("said_in")
AFTER_EVENTS = listed("after_events")
WHILE_SAYING = frozenset({"في", "خلال", "اثناء", "لدي", "عبر"})
BREAKING_OFF = listed("breaking_off")
SHORTEST_JOINED_VERB = 5


def opens_a_clause(sentence: Sentence, at: int) -> bool:
    """Whether a clause begins inside the content, so that a verb behind it may be that clause's: التي، أن، يضم."""
    return bool(sentence.tokens[at].entry.flags & (RELATIVE | COMPLEMENTISER | VERB))


def leaves_a_noun(sentence: Sentence, at: int, opening: Opening) -> bool:
    """Whether the narrator goes on at token `at`, behind a nominal content in which no clause has begun."""
    tokens, known = sentence.tokens, sentence.tokens[at].entry
    behind = tokens[at + 1].entry if at + 1 < len(tokens) else None
    if behind is None or at <= opening.first:
        return False
    if _is_verb(sentence, at):
        return True
    if known.folded[0] == "ف" and known.joined and (known.flags & (DEFINITE | COMPLEMENTISER) or known.bare == "قد"):
        return True
    if known.folded in BREAKING_OFF or (known.bare == "علي" and behind.bare in {"رغم", "الرغم"}):
        return True
    if known.folded == "وذلك":
        return leaves_a_noun(sentence, at + 1, opening)
    if not known.flags & PREPOSITION or known.joined:
        return False
    in_a_statement = known.bare in WHILE_SAYING and behind.bare in SAID_IN
    by_preposition = opening.cue.frame.prepositions and not opening.cue.frame.object
    return in_a_statement or bool(by_preposition and (known.bare in AFTER_EVENTS or behind.bare in AFTER_EVENTS))


def _is_verb(sentence: Sentence, at: int) -> bool:
    """وقرروا، وسانده، ويشارك: a deed, joined."""
    known = sentence.tokens[at].entry
    if known.flags & CUE:
        return False
    if known.joined:
        return bool(known.flags & ACT) and not known.flags & (TITLE | BODY | GIVEN)
    rest = known.folded[1:]
    if known.folded[0] in "وف" and rest[:1] == "ي" and not known.flags and len(known.folded) >= SHORTEST_JOINED_VERB:
        return PRESENT.fullmatch(rest) is not None and not entry(rest).flags & ~VERB
    return False
