"""A noun phrase that opens with a title, a body's head or a noun: where it ends.

A head takes what defines it (وزير الدفاع), adjectives (الروسي), further titles (الدكتور), a preposition that goes with
the office (باسم، لشؤون، بمنطقة); it ends where a name, a verb or the content begins.
"""

import re
from collections.abc import Callable, Sequence

from barqia.reading.gazetteer import longest_organisation, longest_place
from barqia.reading.lists import listed
from barqia.reading.personal import BREAK, MOST_NAMES, REGIONS, can_be_name, is_name_first, is_time_or_name, name_end
from barqia.reading.sentence import Token
from barqia.reading.vocabulary import (
    ACRONYM,
    ACT,
    ADVERB,
    BODY,
    COMMON,
    COMPLEMENTISER,
    CONNECTIVE,
    CONSTRUCT,
    CUE,
    DEFINITE,
    DOCUMENT,
    EMINENCE,
    FUNCTION,
    GIVEN,
    HONORIFIC,
    MASDAR,
    MEDIA,
    NISBA,
    NOUN,
    NUMBER,
    PLACE,
    PREPOSITION,
    RELATIVE,
    SPEECH,
    TITLE,
    VERB,
    Entry,
)

QUOTING, CLOSING = '"“”«»+', "»”"
ATTACHED = listed("attached")
ADJECTIVES = listed("adjectives")
PARTICIPLE = re.compile(r"الم[^ا]{2}.{1,3}|المت.{2,4}|المست.{2,4}|ال.ا..(?:ه)?")
NOUNS = BODY | CONSTRUCT | COMMON | DOCUMENT | MEDIA
ADJECTIVE_ENDINGS = ("ي", "يه", "يون", "يين")
IN_HIS_NAME = frozenset({"باسمه", "باسمها", "باسمهم"})
ACTING = frozenset({"بالانابه", "بالوكاله", "بالنيابه"})
ASKING = frozenset({"طلب", "طلبت", "رفض", "رفضت", "فضل", "فضلت", "اشترط", "اشترطت", "طلبوا", "رفضوا"})
NAMELESSNESS = listed("namelessness")
# A feminine past no list knows: دراسة نشرت.
FEMININE_PAST = re.compile(r".{2,4}[^اويى]ت")
MOST_UNKNOWN = 2
SHORT_NAME = 2


class Phrase:
    """Walks a phrase from its head on. `at` is the token behind it; `definite` whether it is definite by then, so that
    a name may follow; `specific` whether its head is (وزير الدفاع is, متحدث باسم الوزارة is not)."""

    def __init__(self, tokens: Sequence[Token], first: int, stop: int) -> None:
        self.tokens, self.first, self.stop = tokens, first, stop
        head = tokens[first].entry
        self.head = head.flags
        self.body = bool(head.flags & (BODY | DOCUMENT)) and not head.flags & TITLE
        self.definite = bool(head.flags & (DEFINITE | HONORIFIC | EMINENCE | ACRONYM))
        self.at = first + 1
        self._honoured = bool(head.flags & HONORIFIC)
        self._unknown = 0
        self._described = False
        self._specific: bool | None = None
        while self.at < stop and self._goes_on():
            pass

    @property
    def specific(self) -> bool:
        return self.definite if self._specific is None else self._specific

    def _goes_on(self) -> bool:
        """Take the next token into the phrase where one of the steps does."""
        known = self.tokens[self.at].entry
        flags = known.flags
        if flags & (COMPLEMENTISER | RELATIVE | CONNECTIVE):
            return False
        if self.tokens[self.at].gap != " ":
            taken = self._quotation(known)
            if taken is not None:
                return taken
        for classes, step in STEPS:
            if flags & classes or not classes:
                taken = step(self, known)
                if taken is not None:
                    return taken
        return False

    def _take(self, count: int = 1, *, definite: bool | None = None) -> bool:
        self.at += count
        self.definite = self.definite if definite is None else definite
        return True

    def _fix(self) -> None:
        """What comes now only says whose the head is: its own definiteness is settled."""
        self._specific = self.definite if self._specific is None else self._specific

    def _quotation(self, known: Entry) -> bool | None:
        """A name in marks is of the phrase, other marks end it."""
        gap = plain_gap(self.tokens, self.at)
        quoted = self._quoted(known)
        end = self._quotation_end() if quoted else 0
        if end:
            return self._take(end - self.at, definite=True)
        return False if gap not in {" ", ""} and BREAK.search(gap) and not quoted else None

    def _quoted(self, known: Entry) -> bool:
        """A body's name in quotation marks: صحيفة "المرفأ" الوطنية."""
        gap = self.tokens[self.at].gap.strip().replace("((", "«").replace("))", "»")
        agent = self.head & TITLE and not self.head & DEFINITE and 0 < self._quotation_end() <= self.at + SHORT_NAME
        named = self.body or agent or known.flags & BODY or any(mark in CLOSING for mark in gap)
        return bool(named and gap) and all(mark in QUOTING for mark in gap) and not known.flags & FUNCTION

    def _quotation_end(self) -> int:
        """The token behind a name in marks that opens here; 0 where none opens or it is long."""
        if not any(mark in self.tokens[self.at].gap for mark in '"“”«('):
            return 0
        for end in range(self.at + 1, min(self.at + MOST_NAMES + 2, self.stop)):
            if any(mark in self.tokens[end].gap for mark in '"”»“)'):
                return end
        return 0

    def _verb(self, known: Entry) -> bool | None:
        return None if known.flags & (GIVEN | TITLE | CONSTRUCT) else False

    def _honour(self, known: Entry) -> bool | None:
        """الدكتور, سمو; right behind a body's head, whom it is named after: مستشفى الملك خالد."""
        if self.body and not known.flags & CONSTRUCT:
            behind = self.at == self.first + 1 and not known.joined
            end = name_end(self.tokens, self.at + 1, self.stop) if behind else 0
            return self._take(end - self.at, definite=True) if end > self.at + 1 else False
        if self.body or known.joined:
            return None
        self._honoured = True
        return self._take(definite=True)

    def _listed(self, known: Entry) -> bool | None:
        """A place or body of the lists."""
        if known.joined:
            return None
        end = longest_organisation(self.tokens, self.at, known.inner or None)
        if end > self.at + 1 and known.clitic != "ك" and not (self.definite and not known.clitic):
            if known.clitic:
                self._fix()
            self._honoured = False
            return self._take(end - self.at, definite=True)
        length = 0 if known.clitic or known.flags & GIVEN else longest_place(self.tokens, self.at)
        behind_definite = self.at > self.first + 1 and self.tokens[self.at - 1].entry.flags & DEFINITE
        if length and not (self.body and self.definite and behind_definite):
            self._honoured = False
            return self._take(length, definite=True)
        return None

    def _preposition(self, known: Entry) -> bool | None:
        if self.definite and is_time_or_name(self.tokens, self.at, self.stop):
            return False
        if not known.flags & PREPOSITION and not known.clitic:
            return None
        if not (self._clitic_attaches(known) if known.clitic else self._word_attaches(known)):
            return False
        self._fix()
        self._honoured = self._described = False
        return self._take(definite=bool(known.flags & DEFINITE or known.within & (DEFINITE | PLACE)))

    def _clitic_attaches(self, known: Entry) -> bool:
        """لشؤون، للرئاسة، بمنطقة, but not لوكالة (to whom one speaks)."""
        if known.clitic == "ك" or known.within & (SPEECH | MEDIA | ADVERB | FUNCTION) or known.joined:
            return False
        if known.clitic == "ب":
            where = known.within & (BODY | PLACE) or known.inner in REGIONS
            return known.bare in ACTING or bool(where and self.head & (TITLE | BODY))
        whose = known.within & (BODY | CONSTRUCT | DEFINITE)
        return bool(whose and (self.definite or self.head & (TITLE | BODY)))

    def _word_attaches(self, known: Entry) -> bool:
        """باسم، في البنتاغون، عن كتلة."""
        if known.bare not in ATTACHED or known.joined or self.at + 1 >= self.stop:
            return False
        if not self.head & (TITLE | BODY | DOCUMENT):
            return False
        after = self.tokens[self.at + 1].entry
        if after.flags & (SPEECH | ADVERB | FUNCTION | NUMBER | HONORIFIC) or after.clitic:
            return False
        place = bool(after.flags & PLACE or longest_place(self.tokens, self.at + 1))
        if not self.head & TITLE and (self.head & BODY or not self.head & DOCUMENT):
            return known.bare not in {"عن", "من"} and place
        if known.bare == "من":
            return place or bool(after.flags & BODY)
        return place or bool(after.flags & (DEFINITE | BODY | CONSTRUCT | ACRONYM | TITLE))

    def _adverb(self, known: Entry) -> bool | None:
        if self.definite and not known.joined and known.flags & ADVERB and known.bare in ADJECTIVES:
            return self._take()
        stops = known.flags & NUMBER or (known.flags & ADVERB and not known.flags & CONSTRUCT)
        return False if stops else None

    def _adjective(self, known: Entry) -> bool | None:
        """What defines the head, then only adjectives: وزير الخارجية الروسي, but not وزير الخارجية السكان."""
        definite = bool(known.flags & DEFINITE)
        if known.joined and not (definite and self.definite):
            return False
        if self._honoured and self._is_family_name(known):
            return False
        if self.definite and definite and not known.joined and not (is_adjective(known) and self._agrees(known)):
            return False
        self._honoured = False
        self._described = not definite
        return self._take(definite=self.definite or definite)

    def _agrees(self, known: Entry) -> bool:
        """الوكالة الدولية, not رئيس البلدية السابق: an adjective behind a body's feminine head is feminine."""
        head = self.tokens[self.first].entry
        if self.at == self.first + 1 and known.bare.endswith("ات") and not head.bare.endswith("ات"):
            return False
        feminine = self.body and self.at == self.first + 1 and head.flags & DEFINITE and head.bare.endswith("ه")
        return not feminine or known.bare.endswith(("ه", "ي"))

    def _is_family_name(self, known: Entry) -> bool:
        """المهندس السهلي, and not البطريرك الماروني يوحنا."""
        if not known.flags & DEFINITE or known.flags & (TITLE | BODY | CONSTRUCT) or known.joined:
            return False
        after = self.at + 1
        named = after < self.stop and not self.tokens[after].gap.strip() and can_be_name(self.tokens, after)
        return known.bare not in ADJECTIVES and not (known.flags & NISBA and named)

    def _title(self, known: Entry) -> bool | None:
        if self.body:
            return None
        if known.flags & GIVEN and self.definite and is_name_first(self.tokens, self.at, self.stop):
            return None
        if known.joined and not self.definite:
            return False
        return self._take(definite=self.definite and bool(known.flags & DEFINITE))

    def _noun(self, known: Entry) -> bool | None:
        """A noun of the construct: مجلس، شؤون, or one that the head stands in construct with."""
        flags = known.flags
        if flags & GIVEN:
            return None
        if not self.definite and self._stays_unnamed(known):
            return False
        if self._described and not known.joined:
            return False
        if flags & NOUNS and not (self.definite and flags & COMMON and not known.joined):
            another = known.joined and self.body and flags & BODY
            if self.definite and (another or (not known.joined and known.bare[:4] != "باسم")):
                return False
            if known.bare == "باسم":
                self._fix()
            self._honoured = False
            self._described = bool(flags & COMMON) and known.bare.endswith(ADJECTIVE_ENDINGS)
            return self._take(definite=known.bare in IN_HIS_NAME)
        if flags & (NOUN | MASDAR) and not self.definite and not known.joined:
            return self._take()
        return False if flags & (FUNCTION | ACT | VERB | NOUN | MASDAR | COMMON) else None

    def _stays_unnamed(self, known: Entry) -> bool:
        """مسؤول طلب عدم ذكر اسمه: the verb of a clause on the head, though it looks like a noun."""
        if known.bare not in ASKING or self.at + 1 >= self.stop:
            return False
        return self.tokens[self.at + 1].entry.bare in NAMELESSNESS

    def _own_name(self, known: Entry) -> bool | None:
        """An adjective without the article, or a body's own name: شركة دلتا، ممثل شركة دلتا."""
        adjective = known.bare.endswith(ADJECTIVE_ENDINGS) and not known.flags & GIVEN
        if adjective and not self.definite and not known.joined:
            self._described = True
            return self._take()
        of_a_body = self.body or self.tokens[self.at - 1 - self._unknown].entry.flags & BODY
        open_to_it = of_a_body and (not self.definite or known.flags & ACRONYM)
        told = self.tokens[self.first].entry.bare.endswith("ه") and FEMININE_PAST.fullmatch(known.bare)
        if not open_to_it or self._unknown >= MOST_UNKNOWN or known.joined or told:
            return False
        self._unknown += 1
        self.at += 1
        more = self.at < self.stop and not self.tokens[self.at].entry.flags
        self.definite = self._unknown == MOST_UNKNOWN or not more
        return True


# Each step with the classes of words that it is for; none where it is for any word.
STEPS: tuple[tuple[int, Callable[[Phrase, Entry], bool | None]], ...] = (
    (CUE, Phrase._verb),
    (HONORIFIC | EMINENCE, Phrase._honour),
    (0, Phrase._listed),
    (0, Phrase._preposition),
    (NUMBER | ADVERB, Phrase._adverb),
    (DEFINITE | NISBA, Phrase._adjective),
    (TITLE, Phrase._title),
    (0, Phrase._noun),
    (0, Phrase._own_name),
)


def is_adjective(known: Entry) -> bool:
    """Whether a definite word can be the adjective of the one before it."""
    if known.flags & NISBA or known.bare in ADJECTIVES:
        return True
    return not known.flags & (NOUN | COMMON | MASDAR | ACT | CONSTRUCT) and bool(PARTICIPLE.fullmatch(known.bare))


def plain_gap(tokens: Sequence[Token], at: int) -> str:
    """The marks before a token, the stop of an abbreviation (د.) and quotation marks around a name left out."""
    gap = tokens[at].gap
    if at and len(tokens[at - 1].entry.bare) == 1:
        gap = gap.replace(".", "")
    return gap
