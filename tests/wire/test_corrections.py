"""A correction holds to its words: through another reader's reading and other changes, and never to other words."""

from dataclasses import dataclass, replace

import pytest

from barqia.reading import Reading, Statement, read
from barqia.wire.corrections import PERSON, PLACE, STATEMENT, Review, review, sentence_of

TEXT = (
    "دمشق-برقية\nقال وزير النقل سامي الحلبي إن السوق مفتوح. وأضاف أن الجسر سيفتح غدا.\n"
    "وأكد محافظ المدينة نادر الصفواني أن الطريق إلى حمص مقطوع.\n"
)
READING = read(TEXT)


@dataclass(frozen=True)
class Made:
    kind: str
    words: str
    start: int = 0
    cue: int = 0
    speaker: str = ""


def of(statement: Statement, speaker: str = "", text: str = TEXT) -> Made:
    start, end = sentence_of(text, statement)
    return Made(STATEMENT, text[start:end], start, statement.cue[0] - start, speaker)


def said(found: Review | Reading) -> list[tuple[str, str | None]]:
    reading = found.reading if isinstance(found, Review) else found
    return [(one.cue_lemma, one.speaker) for one in reading.statements]


FIRST, SECOND, THIRD = READING.statements


def test_a_statement_is_set_aside_and_the_others_stand() -> None:
    found = review(READING, TEXT, [of(SECOND)])
    assert said(found) == [("قال", "سامي الحلبي"), ("أكد", "نادر الصفواني")]
    assert said(found.as_read) == said(READING), "what was read stays as it was"


def test_a_speaker_is_someone_else_with_that_ones_title_and_is_not_named_by_the_wrong_name() -> None:
    reading = review(READING, TEXT, [of(FIRST, "نادر الصفواني")]).reading
    assert reading.statements[0].speaker == "نادر الصفواني"
    assert reading.statements[0].title == "محافظ المدينة"
    assert [person.name for person in reading.persons] == ["نادر الصفواني"]


def test_a_name_that_is_none_goes_wherever_it_was_found() -> None:
    found = review(READING, TEXT, [Made(PERSON, "سامي الحلبيّ"), Made(PLACE, "حمص")])
    assert [person.name for person in found.reading.persons] == ["نادر الصفواني"]
    assert "حمص" not in [place.name for place in found.reading.places]
    assert said(found) == [("قال", None), ("أضاف", None), ("أكد", "نادر الصفواني")]
    assert not found.stale


def test_another_readers_reading_of_the_same_cue_keeps_the_correction() -> None:
    longer = replace(SECOND, content=(SECOND.content[0], SECOND.content[1] - 4), speaker="نادر الصفواني")
    newer = replace(READING, statements=(FIRST, longer, THIRD))
    found = review(newer, TEXT, [of(SECOND, "هدى النجار")])
    assert said(found)[1] == ("أضاف", "هدى النجار")
    assert not found.stale


def test_where_a_newer_reader_has_no_such_cue_the_correction_is_stale() -> None:
    found = review(replace(READING, statements=(FIRST, THIRD)), TEXT, [of(SECOND)])
    assert said(found) == [("قال", "سامي الحلبي"), ("أكد", "نادر الصفواني")]
    assert found.stale == (of(SECOND),)


def test_words_before_it_may_change() -> None:
    text = TEXT.replace("السوق مفتوح", "السوق الكبير مفتوح")
    assert said(review(read(text), text, [of(SECOND)])) == [("قال", "سامي الحلبي"), ("أكد", "نادر الصفواني")]


@pytest.mark.parametrize(
    ("old", "new"), [("سيفتح غدا", "لن يفتح"), ("سيفتح غدا.", "سيفتح غدا في الصباح."), ("وأضاف", "ثم أضاف")]
)
def test_other_words_are_never_touched(old: str, new: str) -> None:
    text = TEXT.replace(old, new)
    found = review(read(text), text, [of(SECOND)])
    assert said(found) == said(read(text))
    assert len(found.stale) == 1


def test_of_two_sentences_that_are_the_same_only_the_one_meant_is_corrected() -> None:
    text = "قال سامي الحلبي إن السوق مفتوح.\nقال سامي الحلبي إن السوق مفتوح.\n"
    reading = read(text)
    found = review(reading, text, [of(reading.statements[1], "هدى النجار", text)])
    assert [speaker for _cue, speaker in said(found)] == ["سامي الحلبي", "هدى النجار"]
    moved = "دمشق-برقية\n" + text
    again = review(read(moved), moved, [of(reading.statements[1], "هدى النجار", text)])
    assert [speaker for _cue, speaker in said(again)] == ["سامي الحلبي", "سامي الحلبي"]
    assert len(again.stale) == 1, "which of the two is meant cannot be told"
