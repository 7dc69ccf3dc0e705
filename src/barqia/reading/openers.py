"""What opens the content of a cue: a complementiser, a quotation or colon, a preposition of its frame, a noun."""

from dataclasses import dataclass

from barqia.reading.lexicon import Cue
from barqia.reading.lists import listed
from barqia.reading.mentions import Mention
from barqia.reading.sentence import Sentence
from barqia.reading.speech import in_first_person, is_speech
from barqia.reading.vocabulary import (
    ADVERB,
    BODY,
    COMMON,
    COMPLEMENTISER,
    DEFINITE,
    DOCUMENT,
    FUNCTION,
    GIVEN,
    HONORIFIC,
    MASDAR,
    NISBA,
    NOUN,
    NUMBER,
    PLACE,
    PREPOSITION,
    RELATIVE,
    TITLE,
    VERB,
    Entry,
    governs_a_noun,
    is_verbal_noun,
)

WITH_BA = listed("with_ba")
# What stands behind على or في as a circumstance, not as what is stressed: على هامش، على ضوء.
CIRCUMSTANCES = listed("circumstances")
BEFORE_ANOTHER_CLAUSE = listed("before_another_clause")
TURNING = listed("turning")
GREETED = listed("greeted")
CONVENED = listed("convened")
ASKING = frozenset({"تساءل", "سأل"})
SHORTEST_WITH_CLITIC = 5
ROOT = 3
FARTHEST_CLAUSE = 12


@dataclass(slots=True)
class Opener:
    """A cue at token `at` in search of its content; `subject` is behind the verb, `after` the token behind that."""

    sentence: Sentence
    at: int
    cue: Cue
    subject: Mention | None
    after: int

    def kind_at(self, position: int) -> str:
        """The kind of content that a token opens: clause, quote, nominal, speech (direct, without marks); `stop` where
        none can open any more; or nothing."""
        quoted = self.sentence.tokens[position].gap != " " and self._quotation(position)
        if quoted:
            return quoted
        quote = self.sentence.quote
        if quote[self.at] is not None and quote[position] is not quote[self.at]:
            return "stop"
        if position < self.after and (self.subject is not None or position > self.at + 1):
            return ""
        known, frame = self.sentence.tokens[position].entry, self.cue.frame
        if known.flags & COMPLEMENTISER and self._of_another_clause(position):
            return "stop" if self.sentence.tokens[position - 1].entry.bare in TURNING else ""
        if known.flags & COMPLEMENTISER and not known.joined and (frame.clause or frame.clause_only):
            return "clause"
        if position == self.after and frame.clause and frame.quote and in_first_person(known):
            return "speech"
        return self._by_preposition(position, known) or self._by_noun(position, known)

    def _of_another_clause(self, position: int) -> bool:
        """منذ أن، من دون أن، إلا أن: a circumstance or a new clause, not what is said; من قبل أن is earlier that."""
        before, tokens = position - 1, self.sentence.tokens
        if before <= self.at or tokens[before].entry.bare not in BEFORE_ANOTHER_CLAUSE:
            return False
        return tokens[before].entry.bare != "قبل" or tokens[before - 1].entry.bare != "من"

    def _quotation(self, position: int) -> str:
        """A quotation that is speech, or what a colon opens."""
        if not self.cue.frame.quote:
            return ""
        token = self.sentence.tokens[position]
        clause = token.entry.flags & COMPLEMENTISER
        colon = ":" in token.gap
        if self.sentence.quote[self.at] is None and self.sentence.opens_at(position) is not None:
            adjacent, behind = position == self.at + 1, position == self.after
            if colon or is_speech(self.sentence, position, adjacent=adjacent, behind_subject=behind):
                return "clause" if clause and not token.entry.joined else "quote"
        if colon and (position >= self.after or position == self.at + 1):
            return "clause" if clause else "quote"
        return ""

    def _by_preposition(self, position: int, known: Entry) -> str:
        """A preposition of the frame, as a word or clinging, with a clause or a noun behind it."""
        for preposition in self.cue.frame.prepositions:
            if len(preposition) == 1 and (known.clitic or known.bare[0] == preposition):
                kind = self._by_clitic(position, known, preposition)
            elif known.bare == preposition and not known.joined:
                return self._by_word(position)
            else:
                kind = None
            if kind is not None:
                return kind
        return ""

    def _by_clitic(self, position: int, known: Entry, preposition: str) -> str | None:
        """بأن، بضرورة، بما; None where the token has no such preposition."""
        if known.flags & COMPLEMENTISER and known.bare.startswith(preposition):
            return "clause"
        if self.cue.frame.clause_only or known.joined:
            return None
        if self.cue.lemma == "رحب" and (known.within & (TITLE | HONORIFIC) or known.inner in GREETED):
            return "stop"
        if known.clitic == preposition and not known.within & ADVERB and not self.sentence.opens_at(position):
            reminds = position == self.after and not self._in_relative(position)
            return "nominal" if self.cue.lemma != "ذكر" or reminds else ""
        if known.bare == preposition or (known.bare in WITH_BA and position >= self.after):
            return "nominal"
        own = known.bare.startswith(preposition) and not known.flags and len(known.bare) >= SHORTEST_WITH_CLITIC
        return "nominal" if own and not self.sentence.tokens[position].gap.strip() else None

    def _by_word(self, position: int) -> str:
        if position + 1 >= len(self.sentence.tokens):
            return ""
        behind = self.sentence.tokens[position + 1].entry
        if behind.flags & COMPLEMENTISER:
            return "clause"
        if self.cue.lemma == "دعا" and behind.bare in CONVENED:
            return "stop"
        return "" if behind.bare in CIRCUMSTANCES or self.cue.frame.clause_only else "nominal"

    def _in_relative(self, position: int) -> bool:
        """التي ذكرت بالشكوى: a passive."""
        at = position - 1
        tokens = self.sentence.tokens
        return at > 0 and self.cue in tokens[at].entry.cues and bool(tokens[at - 1].entry.flags & RELATIVE)

    def _by_noun(self, position: int, known: Entry) -> str:
        frame = self.cue.frame
        if self.sentence.quote[self.at] is not None:
            return ""
        if (frame.nominal or frame.object) and self._is_nominal(position, known):
            behind = self.sentence.tokens[position + 1].entry if position + 1 < len(self.sentence.tokens) else None
            clause = behind is not None and behind.flags & COMPLEMENTISER and not known.flags & NOUN
            return "clause" if clause else "nominal"
        return "clause" if known.bare in {"ما", "ماذا"} and self.cue.lemma in ASKING else ""

    def _is_nominal(self, position: int, known: Entry) -> bool:
        """Whether the noun at `position` is what is stressed, announced, condemned."""
        if known.bare == "ما" and self.cue.frame.object and position == max(self.after, self.at + 1):
            return True
        if known.bare == "اي" and not known.joined:
            return not known.flags & (FUNCTION & ~ADVERB) or position == max(self.after, self.at + 1)
        if known.joined or known.clitic or known.flags & (FUNCTION | GIVEN | NUMBER):
            return False
        return self._adjacent(known) if position == self.at + 1 else self._behind(position, known)

    def _adjacent(self, known: Entry) -> bool:
        """Right behind the verb, the subject dropped: أكد رفضه، مثمنا الجهود."""
        if self.cue.form == "participle":
            return not known.flags & (TITLE | VERB) or is_verbal_noun(known)
        if self.cue.frame.object and known.flags & DEFINITE and not known.flags & (TITLE | BODY | HONORIFIC):
            return is_verbal_noun(known)
        return is_verbal_noun(known) and not known.flags & (DEFINITE | TITLE)

    def _tells_of_the_subject(self, position: int, known: Entry) -> bool:
        """أعلن محامي أسر قتل أفراد منها أن: what looks like a verbal noun is the verb of a clause on an indefinite
        subject, where a clause that is said follows."""
        if self.subject is None or self.subject.definite or len(known.bare) != ROOT or not self.cue.frame.clause:
            return False
        ahead = self.sentence.tokens[position + 1 : position + FARTHEST_CLAUSE]
        return any(token.entry.flags & COMPLEMENTISER and not token.entry.joined for token in ahead)

    def _behind(self, position: int, known: Entry) -> bool:
        """Behind a subject or circumstance that is complete."""
        before = self.sentence.tokens[position - 1].entry
        if before.bare in CIRCUMSTANCES or governs_a_noun(before):
            return False
        if before.clitic and not before.within & (DEFINITE | PLACE):
            return False
        behind_subject = position == self.after and self.subject is not None
        complete = before.flags & (ADVERB | DEFINITE | NISBA | GIVEN | PLACE | NUMBER | PREPOSITION)
        if behind_subject and self._tells_of_the_subject(position, known):
            return False
        marked = complete or behind_subject or "،" in self.sentence.tokens[position].gap
        if marked and is_verbal_noun(known) and not known.flags & (TITLE | BODY):
            return True
        if self.cue.frame.object and behind_subject:
            return not known.flags or bool(known.flags & (DEFINITE | COMMON | DOCUMENT | MASDAR | PLACE))
        return False
