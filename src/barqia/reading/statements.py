"""Statements: who said what, sentence by sentence, cue by cue."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from barqia.reading.contents import Tail, after_source, content_of, tails_of
from barqia.reading.lists import listed
from barqia.reading.mentions import Mention, parse
from barqia.reading.model import Span, Statement
from barqia.reading.openings import Opening, openings_of
from barqia.reading.register import RECENT, Register, Someone, agrees
from barqia.reading.segment import trim
from barqia.reading.sentence import Sentence
from barqia.reading.sources import issued, source_of, with_its_clause
from barqia.reading.spelling import spelled
from barqia.reading.vocabulary import (
    BODY,
    COMPLEMENTISER,
    CONNECTIVE,
    CUE,
    EMINENCE,
    FUNCTION,
    GIVEN,
    HONORIFIC,
    PREPOSITION,
    RELATIVE,
    TITLE,
)

QUANTITIES = frozenset({"عددا", "عدد", "احد", "احدي", "بعضا", "كثيرا", "عشرات", "مييات"})
FIRST_WORDS = 9
SHORTEST_CONTENT = 2
SHORTEST_ATTRIBUTED = 4
ADDRESSING = listed("addressing", folded=False)


class Draft(NamedTuple):
    """A statement whose speaker may yet be learnt in full."""

    cue: Span
    lemma: str
    source: Span | None
    content: Span
    direct: bool
    kind: str
    speaker: Someone | None

    def named(self) -> Statement:
        name, title = (self.speaker.name, self.speaker.title) if self.speaker else (None, None)
        return Statement(self.cue, self.lemma, name, title, self.source, self.content, self.direct, self.kind)


def statements_of(
    sentences: Iterable[tuple[Sentence, Sequence[Mention]]], register: Register
) -> tuple[list[Statement], dict[int, list[Mention]]]:
    """The statements of all sentences in order, and the subjects of cues by the number of their sentence.

    Each sentence comes with the mentions of persons and bodies in it."""
    drafts: list[Draft] = []
    subjects: dict[int, list[Mention]] = {}
    for number, (sentence, mentions) in enumerate(sentences):
        if sentence.cued or any(token.entry.bare in TAIL_HINTS for token in sentence.tokens):
            reader = _Reader(sentence, mentions, register)
            drafts += reader.drafts()
            subjects[number] = [opening.subject for opening in reader.openings if opening.subject]
        for mention in mentions:
            register.meet(mention)
    return [draft.named() for draft in drafts], subjects


TAIL_HINTS = listed("tail_hints")


class _Reader:
    """One sentence, read against the register."""

    def __init__(self, sentence: Sentence, mentions: Sequence[Mention], register: Register) -> None:
        self.sentence, self.mentions, self.register = sentence, mentions, register
        self.openings = openings_of(sentence)
        self.by_token = {opening.at: opening for opening in self.openings}
        self.main: Someone | None = None
        self.tails = tails_of(sentence, self.by_token)

    def drafts(self) -> list[Draft]:
        made: list[Draft] = []
        reached = 0
        verbal = [tail for tail in self.tails if tail.verbal]
        for opening in self.openings:
            if verbal and any(tail.at < opening.at < tail.after for tail in verbal):
                continue
            content = content_of(self.sentence, opening, self.by_token, self.tails)
            if content[1] - content[0] < SHORTEST_CONTENT:
                continue
            nested = opening.span[0] < reached
            if nested and self._shows(opening):
                continue
            speaker, source = self._speaker(opening, made, nested)
            if speaker is not None and not nested:
                self.main = self.register.spoken_by(speaker)
            reached = max(reached, content[1])
            direct = self._is_direct(opening, content)
            made.append(Draft(opening.span, opening.cue.lemma, source, content, direct, opening.kind, speaker))
        return sorted([*made, *self._attributed(made)], key=lambda draft: draft.cue)

    def _shows(self, opening: Opening) -> bool:
        """الأحداث تظهر أن، التحقيقات تشير إلى: things that show something, inside what somebody says."""
        shown = opening.cue.lemma == "أظهر" or (opening.cue.lemma == "أشار" and opening.kind == "nominal")
        return shown and opening.subject is None

    def _is_direct(self, opening: Opening, content: Span) -> bool:
        """Wholly quoted, its complementiser apart; or behind a colon."""
        if opening.kind == "quote":
            return True
        for at in range(opening.first, min(opening.first + 3, len(self.sentence.tokens))):
            quote = self.sentence.opens_at(at)
            if quote is not None:
                return quote.end >= content[1] - 1 and opening.kind != "nominal"
            if not self.sentence.tokens[at].entry.flags & (COMPLEMENTISER | PREPOSITION):
                return False
        return False

    def _speaker(self, opening: Opening, made: Sequence[Draft], nested: bool) -> tuple[Someone | None, Span | None]:
        """Who speaks, and the mention in this sentence."""
        cue, register = opening.cue, self.register
        subject = opening.subject
        if subject is not None and self._is_addressed(opening, subject):
            subject = None
        if subject is not None:
            subject = issued(self.sentence, opening, subject)
            return register.identify(subject, cue.gender, cue.number), source_of(self.sentence, opening, subject)
        if cue.form in {"participle", "noun"}:
            return self._carried(opening, made, nested), None
        before = self._plain_subject(opening) or self._before(opening)
        if before is not None:
            return register.identify(before, cue.gender, cue.number), before.span
        antecedent = self._antecedent(opening)
        if antecedent is not None:
            return register.identify(antecedent, cue.gender, cue.number), None
        if not made:
            first = self._sentence_subject(opening.at)
            if first is not None:
                someone = register.identify(first, "", "s")
                if agrees(someone, cue.gender, cue.number):
                    return someone, None
        elif not nested and self.main and agrees(self.main, cue.gender, cue.number):
            return self.main, None
        return register.dropped(cue.gender, cue.number), None

    def _is_addressed(self, opening: Opening, mention: Mention) -> bool:
        """دعا المجتمع الدولي إلى: whom the speaker of before addresses, where he is no speaker known."""
        if opening.cue.lemma not in ADDRESSING or self.register.last is None or opening.kind == "quote":
            return False
        plural = mention.head.endswith(("ين", "ون", "ات", "اء"))
        if mention.kind == "person" or (mention.kind == "title" and not plural):
            return False
        cue = opening.cue
        if not agrees(self.register.last, cue.gender, cue.number) or self._turns(opening.at):
            return False
        return not self.register.knows(mention) and opening.first == mention.last

    def _turns(self, at: int) -> bool:
        """من جانبها، بدوره: the sentence turns to somebody else."""
        before = self.sentence.tokens[max(0, at - 4) : at]
        return any(token.entry.bare.startswith(("جانب", "جهت", "ناحيت", "بدور", "المقابل")) for token in before)

    def _carried(self, opening: Opening, made: Sequence[Draft], nested: bool) -> Someone | None:
        """A participle's subject: the sentence's, or the last speaker's."""
        cue = opening.cue
        if self.main and not nested and agrees(self.main, cue.gender, cue.number):
            return self.main
        for draft in reversed(made[-RECENT:]):
            if draft.speaker and agrees(draft.speaker, cue.gender, cue.number):
                return draft.speaker
        if made:
            return made[-1].speaker
        first = self._subject_of_a_verb_before(opening) or self._sentence_subject(opening.at)
        if first is not None:
            someone = self.register.identify(first, "", "s")
            if agrees(someone, cue.gender, cue.number):
                return someone
        return self.register.dropped(cue.gender, cue.number)

    def _subject_of_a_verb_before(self, opening: Opening) -> Mention | None:
        """ورد النائب فلان على … بالقول إن: the subject of the verb that the participle or noun goes with."""
        tokens = self.sentence.tokens
        for at in range(opening.at - 2, max(opening.at - 20, -1), -1):
            if any(cue.form in {"past", "present"} for cue in tokens[at].entry.cues):
                found = parse(self.sentence.text, tokens, at + 1, opening.at)
                return found if found is not None and found.kind in {"person", "title", "body"} else None
        return None

    def _sentence_subject(self, stop: int) -> Mention | None:
        """Who stands behind the sentence's first verb, or before it: افتتح الوزير فلان المعرض مؤكدا …."""
        tokens = self.sentence.tokens
        for first in range(min(stop, FIRST_WORDS)):
            before = tokens[first - 1].entry if first else None
            if before is not None and (before.flags & PREPOSITION or before.clitic):
                continue
            known = tokens[first].entry
            if (
                known.clitic
                or (known.joined and first)
                or not known.flags & (TITLE | HONORIFIC | EMINENCE | BODY | GIVEN)
            ):
                continue
            found = next((m for m in self.mentions if m.first == first), None)
            found = found or parse(self.sentence.text, tokens, first, stop)
            if found is not None and (found.kind in {"title", "body"} or found.title or found in self.mentions):
                return found if found.last <= stop else None
        return None

    def _before(self, opening: Opening) -> Mention | None:
        """A subject that stands right before its verb: لكن الوزير أوضح أن، عددا من الضباط أعربوا عن."""
        tokens = self.sentence.tokens
        if opening.at == 0 or tokens[opening.at].entry.joined or set(tokens[opening.at].gap) & set(",،:."):
            return None
        for mention in reversed(self.mentions):
            if mention.last <= opening.at and mention.last >= opening.at - 1 and mention.last > mention.first:
                between = tokens[mention.last : opening.at]
                if all(token.entry.bare in {"قد", "اليوم", "امس"} for token in between):
                    return mention if not tokens[mention.first].entry.clitic else None
        return None

    def _plain_subject(self, opening: Opening) -> Mention | None:
        """A bare noun phrase between a complementiser or connective and the verb."""
        tokens = self.sentence.tokens
        if tokens[opening.at].entry.joined:
            return None
        for back in range(opening.at - 1, max(opening.at - 10, -1), -1):
            known = tokens[back].entry
            if known.flags & RELATIVE:
                return with_its_clause(self.sentence, back, opening.at)
            if any(cue.gender for cue in known.cues) or known.bare == "قد":
                return None
            starts = known.bare in {"ان", "لكن", "كان", "كانت", "فان", "لان", "بان"} or known.flags & CONNECTIVE
            if starts or (back < opening.at and set(tokens[back].gap) & set("،,") and back > 0):
                first = back + 1 if starts else back
                if first >= opening.at:
                    return None
                found = parse(self.sentence.text, tokens, first, opening.at)
                if found is not None and found.last == opening.at:
                    return found
                return self._some_of(first, opening.at) if tokens[first].entry.bare in QUANTITIES else None
        if tokens[opening.at].entry.joined or set(tokens[opening.at].gap) & set(",،:."):
            return None
        if opening.at <= 8 and not tokens[0].entry.flags & (FUNCTION | CUE):
            found = parse(self.sentence.text, tokens, 0, opening.at)
            return found if found is not None and found.last == opening.at and found.kind != "person" else None
        return None

    def _some_of(self, first: int, stop: int) -> Mention:
        """عددا من كبار الضباط."""
        tokens = self.sentence.tokens
        span = tokens[first].start, tokens[stop - 1].end
        name = spelled(self.sentence.text[slice(*span)])
        return Mention(first, stop, span, "name", name, None, (first, stop), "", False, tokens[first].entry.bare)

    def _antecedent(self, opening: Opening) -> Mention | None:
        """الحلبي الذي أعلن أن: whom the relative pronoun before the verb takes up."""
        at = opening.at
        if at < 2 or not self.sentence.tokens[at - 1].entry.flags & RELATIVE:
            return None
        mention = next((m for m in reversed(self.mentions) if m.last in {at - 1, at - 2}), None)
        if mention is not None:
            return mention
        tokens = self.sentence.tokens
        word = tokens[at - 2]
        for cut in (0, 1):
            bare = word.entry.folded[cut:]
            if (cut == 0 or word.entry.folded[0] in "ولبفك") and self.register.names(bare):
                span = (word.start + cut, word.end)
                name = spelled(self.sentence.text[slice(*span)])
                return Mention(at - 2, at - 1, span, "person", name, None, (at - 2, at - 1), "", True, bare)
        return None

    def _attributed(self, made: Sequence[Draft]) -> list[Draft]:
        """Statements by attribution: of a verbal tail, or of a bare one where the sentence says nothing else."""
        found: list[Draft] = []
        for tail in self.tails:
            if not tail.lemma or (made and not tail.verbal and not self._leads(tail)):
                continue
            content = self._attributed_content(tail, made)
            if content is None:
                continue
            if tail.source is not None:
                speaker: Someone | None = self.register.identify(tail.source, tail.gender, "s")
            else:
                speaker = self.register.dropped(tail.gender, "s")
            source = tail.source.span if tail.source else None
            kind = "clause" if tail.verbal else "according"
            found.append(Draft(tail.cue, tail.lemma, source, content, False, kind, speaker))
        return found

    def _leads(self, tail: Tail) -> bool:
        """وحسب الوزير سجلت السوق …: an attribution that begins a clause of its own."""
        return tail.at > 0 and self.sentence.tokens[tail.at].entry.joined and not self._covered(tail)

    def _covered(self, tail: Tail) -> bool:
        return any(opening.at > tail.at for opening in self.openings)

    def _attributed_content(self, tail: Tail, made: Sequence[Draft]) -> Span | None:
        sentence = self.sentence
        if tail.at <= 1 or self._leads(tail):
            if self._covered(tail):
                return None
            first = after_source(sentence, tail)
            if first >= len(sentence.tokens):
                return None
            start, end = sentence.start_of(first), sentence.span[1]
        else:
            start, end = sentence.span[0], sentence.tokens[tail.at - 1].end
            if not made and sentence.tokens[0].entry.joined:
                start += 1
            first = 0
        if len([t for t in sentence.tokens if start <= t.start < end]) < SHORTEST_ATTRIBUTED:
            return None
        return start, trim(sentence.text, (start, end))[1]
