"""What can be direct speech: a quotation that is more than a name in marks, a verb of the first person."""

from barqia.reading.sentence import Sentence
from barqia.reading.vocabulary import (
    ADVERB,
    BODY,
    COMMON,
    COMPLEMENTISER,
    DOCUMENT,
    FUNCTION,
    MASDAR,
    MEDIA,
    NOUN,
    PREPOSITION,
    RELATIVE,
    SPEECH,
    TITLE,
    VERB,
    Entry,
)

SHORTEST_SPEECH = 3
TITLED = frozenset({"عنوان", "بعنوان", "شعار"})


def is_speech(sentence: Sentence, position: int, *, adjacent: bool, behind_subject: bool = False) -> bool:
    """Whether the quotation that opens at a token is speech rather than a name in marks.

    `adjacent`: it stands right behind the verb; `behind_subject`: right behind the verb's subject."""
    quote = sentence.quote[position]
    assert quote is not None
    before = sentence.tokens[position - 1].entry if position else None
    if before is not None and _names_what_follows(before, sentence.tokens[position].entry, behind_subject):
        return False
    length = sentence.index(quote.end) - position
    if length > SHORTEST_SPEECH:
        return True
    if before is None or before.flags & (BODY | MEDIA | DOCUMENT | COMMON) or before.clitic:
        return False
    words = sentence.tokens[position : position + length]
    says = any(token.entry.flags & (COMPLEMENTISER | VERB | ADVERB | FUNCTION) for token in words)
    return says or (adjacent and length == SHORTEST_SPEECH)


def _names_what_follows(before: Entry, first: Entry, behind_subject: bool) -> bool:
    """لـ«كذا»، التي «كذا»، بوجود «كذا»، بعنوان «كذا»، رئيس «شركة كذا»."""
    titled = before.bare in TITLED or before.inner in TITLED
    governed = before.flags & (PREPOSITION | RELATIVE) or (before.clitic == "ب" and before.within & NOUN)
    governed = governed or (before.flags & MASDAR and not before.flags & SPEECH)
    if not behind_subject and (governed or titled):
        return True
    return bool(first.flags & BODY and before.flags & (TITLE | BODY | DOCUMENT))


def in_first_person(known: Entry) -> bool:
    """وأضاف رأينا …: a verb of the first person behind the cue is direct speech without marks."""
    return bool(known.cues) and all(cue.gender == "" and cue.form in {"past", "present"} for cue in known.cues)
