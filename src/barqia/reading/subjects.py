"""The subject behind a finite verb of reporting: adverbs skipped, a name's علي kept, an object left alone."""

from barqia.reading.gazetteer import longest_place
from barqia.reading.lexicon import Cue
from barqia.reading.lists import listed
from barqia.reading.mentions import Mention, mention_at, parse
from barqia.reading.personal import is_time_or_name
from barqia.reading.phrases import is_adjective
from barqia.reading.sentence import Sentence, freed
from barqia.reading.speech import in_first_person, is_speech
from barqia.reading.spelling import spelled
from barqia.reading.vocabulary import (
    ADVERB,
    BODY,
    COMPLEMENTISER,
    CUE,
    DEFINITE,
    DOCUMENT,
    EMINENCE,
    FUNCTION,
    GIVEN,
    HONORIFIC,
    LINK,
    PLACE,
    PREPOSITION,
    TITLE,
    VERB,
    Entry,
    is_verbal_noun,
)

TAKING_AN_OBJECT = listed("taking_an_object", folded=False)
LONGEST_CIRCUMSTANCE = 16
MOST_JOINT = 14
# Titles of no people: their adjectives are feminine.
OF_THINGS = frozenset({"المصادر", "المصدر"})
PEOPLE = listed("plurals")


def subject_of(sentence: Sentence, at: int, cue: Cue) -> tuple[Mention | None, int]:
    """The mention behind the cue at token `at`, and the token after it; (None, `at` + 1) where it is dropped."""
    tokens = sentence.tokens
    if cue.form in {"participle", "noun"}:
        honoured = at + 1 < len(tokens) and tokens[at + 1].entry.flags & EMINENCE
        found = mention_at(sentence, at + 1) if honoured and cue.form == "participle" else None
        return found, found.last if found else at + 1
    position = at + 1
    while position < len(tokens) and _is_circumstance(sentence, position):
        position += 1
    if position >= len(tokens) or ":" in tokens[position].gap:
        return None, at + 1
    quote = sentence.opens_at(position)
    if (
        quote is not None
        and sentence.quote[at] is not quote
        and is_speech(sentence, position, adjacent=position == at + 1)
    ):
        return None, position
    if tokens[position - 1].entry.bare == "كل" and tokens[position].entry.bare == "من":
        found = _each_of(sentence, position)
        return found, found.last if found else at + 1
    if _opens_the_content(sentence, position, cue):
        return None, at + 1
    found = _parsed(sentence, position, cue) or _named_like_a_verb(sentence, position, cue)
    if found is None or _is_content(sentence, position, cue, found):
        later = _behind_circumstance(sentence, position) if found is None else None
        return (later, later.last) if later else (None, at + 1)
    return found, found.last


def _each_of(sentence: Sentence, position: int) -> Mention | None:
    """أكدت كل من فرنسا وألمانيا: joint speakers, as they are listed behind من."""
    tokens = sentence.tokens
    first = last = position + 1
    while last < min(len(tokens), first + MOST_JOINT):
        known = tokens[last].entry
        if known.flags & (COMPLEMENTISER | CUE | PREPOSITION) or (last > first and set(tokens[last].gap) & set("،,:")):
            break
        last += 1
    if last == first:
        return None
    span = tokens[first].start, tokens[last - 1].end
    name = spelled(sentence.text[slice(*span)])
    return Mention(first, last, span, "name", name, None, (first, last), "", True, tokens[first].entry.bare)


def _opens_the_content(sentence: Sentence, position: int, cue: Cue) -> bool:
    """Behind a verb with ب, a word with ب; a verb of the first person (direct speech without marks)."""
    known = sentence.tokens[position].entry
    if in_first_person(known):
        return True
    clings = any(known.bare.startswith(p) and len(p) == 1 for p in cue.frame.prepositions)
    return clings and not known.flags & (GIVEN | TITLE | BODY | DOCUMENT | PLACE)


def _parsed(sentence: Sentence, position: int, cue: Cue) -> Mention | None:
    found = mention_at(sentence, position)
    if found is not None and found.kind == "person" and "علي" not in cue.frame.prepositions:
        found = _with_ali(sentence, found)
    if found is not None and (cue.lemma in TAKING_AN_OBJECT or cue.frame.object or cue.frame.target):
        found = _without_object(sentence, found)
    return found


def _named_like_a_verb(sentence: Sentence, position: int, cue: Cue) -> Mention | None:
    """وقال يعقوب "…"، قال تميم: …: one word between the verb and its quotation is the subject, whatever its shape."""
    tokens, after = sentence.tokens, position + 1
    token = tokens[position]
    if not cue.frame.quote or token.entry.flags & ~VERB or token.entry.joined or after >= len(tokens):
        return None
    if sentence.opens_at(after) is None and ":" not in tokens[after].gap:
        return None
    span = token.start, token.end
    name = spelled(sentence.text[slice(*span)])
    return Mention(position, after, span, "person", name, None, (position, after), "", True, token.entry.bare)


def _is_circumstance(sentence: Sentence, position: int) -> bool:
    """اليوم، أيضا, before the subject; a month's name before a name is one itself (رجب حمدان)."""
    flags = sentence.tokens[position].entry.flags
    if not flags & ADVERB or flags & (COMPLEMENTISER | TITLE | BODY):
        return False
    if is_time_or_name(sentence.tokens, position, len(sentence.tokens)) and flags & LINK:
        return False
    after = sentence.tokens[position + 1].entry.flags if position + 1 < len(sentence.tokens) else ADVERB
    return not flags & GIVEN or bool(after & FUNCTION) or bool(after & DEFINITE)


def _with_ali(sentence: Sentence, found: Mention) -> Mention:
    """قال عثمان علي إن: علي is a name where the verb takes no على and the content follows."""
    tokens, at = sentence.tokens, found.last
    if at >= len(tokens) or tokens[at].entry.bare != "علي" or tokens[at].gap.strip() or found.name_tokens is None:
        return found
    if at + 1 < len(tokens) and not (
        tokens[at + 1].gap.strip() or tokens[at + 1].entry.flags & (COMPLEMENTISER | ADVERB)
    ):
        return found
    name_tokens = (found.name_tokens[0], at + 1)
    written = sentence.text[tokens[name_tokens[0]].start : tokens[at].end]
    return found._replace(
        last=at + 1, span=(found.span[0], tokens[at].end), name=spelled(written), name_tokens=name_tokens
    )


def _without_object(sentence: Sentence, found: Mention) -> Mention:
    """The subject without whom or what the verb is about, where the two stand side by side: دعا وزير الخارجية السكان،
    دعا رئيس البلدية سكان المرفأ، طالب الأهالي البلدية، أدانت إيران الهجمات، اتهمت بغداد طهران."""
    tokens = sentence.tokens
    for at in range(found.first + 1, found.last):
        if _is_object(sentence, found, at):
            span = found.span[0], tokens[at - 1].end
            if found.title is None:
                return found._replace(last=at, span=span, name=spelled(sentence.text[slice(*span)]), name_tokens=None)
            title = spelled(sentence.text[slice(*span)])
            return found._replace(last=at, span=span, kind="title", name=None, title=title, name_tokens=None)
    return found


def _is_object(sentence: Sentence, found: Mention, at: int) -> bool:
    """Whether whom or what the verb is about begins at token `at` of its subject's mention."""
    tokens, known = sentence.tokens, sentence.tokens[at].entry
    if found.title is not None and found.name_tokens is not None and at == found.name_tokens[0]:
        return bool(known.flags & DEFINITE)
    if known.joined or known.clitic:
        return False
    if known.bare in PEOPLE and known.flags & TITLE and tokens[at - 1].entry.flags & (DEFINITE | PLACE):
        return True
    if at == found.first + 1 and found.title is not None:
        return _is_of_another(tokens[found.first].entry, known)
    place = longest_place(tokens, found.first) if found.kind != "body" else 0
    if not place or at != found.first + place:
        return False
    return bool(known.flags & PLACE or (known.flags & DEFINITE and not is_adjective(known)))


def _is_of_another(head: Entry, known: Entry) -> bool:
    """النواب وزير الري، الوزير المعارضة، الوزير الصحفيين: behind a definite title what cannot be said of its bearer."""
    if not head.flags & TITLE or not head.flags & DEFINITE or head.flags & HONORIFIC or head.bare in OF_THINGS:
        return False
    if not known.flags & DEFINITE:
        return bool(known.flags & TITLE) and not known.flags & GIVEN
    feminine = known.bare.endswith("ه") and not head.bare.endswith(("ه", "ات"))
    accusative = known.bare.endswith("ين") and not head.bare.endswith("ين")
    return feminine or accusative


def _is_content(sentence: Sentence, position: int, cue: Cue, found: Mention) -> bool:
    """أكد رفضه، نفى ارتكاب: what follows is the content, the subject dropped."""
    known = sentence.tokens[position].entry
    if known.flags & (TITLE | EMINENCE | HONORIFIC) or (found.kind != "name" and not is_verbal_noun(known)):
        return False
    if cue.frame.nominal and is_verbal_noun(known) and not known.flags & DEFINITE:
        return True
    return cue.frame.object and found.kind == "name" and not known.flags & TITLE and is_verbal_noun(known)


def _behind_addressee(sentence: Sentence, position: int) -> Mention | None:
    """أكد لوكالة المرفأ مصدر أمني، قال لـ«صوت المرفأ» الوزير: the subject behind to whom it is said."""
    tokens = sentence.tokens
    quote = sentence.opens_at(position + 1) if position + 1 < len(tokens) else None
    if tokens[position].entry.folded == "ل" and quote is not None:
        at = sentence.index(quote.end)
    else:
        addressed = parse(sentence.text, freed(tokens, position), position, len(tokens))
        at = addressed.last if addressed is not None else len(tokens)
    if at >= len(tokens) or set(tokens[at].gap) & set("،,:") or not tokens[at].entry.flags & (TITLE | HONORIFIC):
        return None
    return None if tokens[at].entry.joined else mention_at(sentence, at)


def _behind_circumstance(sentence: Sentence, position: int) -> Mention | None:
    """وقال في تصريح للصحفيين، وزير النقل سامي الحلبي، إن: the subject behind a circumstance and a comma."""
    tokens = sentence.tokens
    if tokens[position].entry.folded == "ل" or tokens[position].entry.clitic == "ل":
        return _behind_addressee(sentence, position)
    if not tokens[position].entry.flags & PREPOSITION:
        return None
    for at in range(position + 1, min(position + LONGEST_CIRCUMSTANCE, len(tokens))):
        known = tokens[at].entry
        if known.flags & (COMPLEMENTISER | CUE) or ":" in tokens[at].gap:
            return None
        if known.flags & TITLE and not known.joined and not known.clitic and set(tokens[at].gap) & set("،,"):
            mention = mention_at(sentence, at)
            return mention if mention and mention.kind == "person" else None
    return None
