"""The verbs of reporting, and the forms made of them."""

import pytest

from barqia.reading.lexicon import forms, rows
from barqia.text import key


def test_the_lexicon_is_large_and_names_no_verb_twice() -> None:
    lemmas = [lemma for lemma, _, _, _ in rows()]
    assert len(lemmas) >= 150
    assert len(lemmas) == len(set(lemmas))


@pytest.mark.parametrize(
    ("form", "lemma", "gender", "number"),
    [
        ("أكدت", "أكد", "f", "s"), ("يؤكدون", "أكد", "m", "p"), ("مؤكدين", "أكد", "m", "p"), ("مؤكدتين", "أكد", "f", "d"),
        ("دعت", "دعا", "f", "s"), ("دعوا", "دعا", "m", "p"), ("يدعون", "دعا", "m", "p"), ("نفيا", "نفى", "m", "d"),
        ("قلن", "قال", "f", "p"), ("أشارا", "أشار", "m", "d"), ("حذرتهم", "حذر", "f", "s"), ("منوهة", "نوه", "f", "s"),
        ("متسائلا", "تساءل", "m", "s"), ("بقوله", "قال", "", "s"), ("واصفا", "وصف", "m", "s"),
    ],
)  # fmt: skip
def test_a_written_form_is_of_its_verb(form: str, lemma: str, gender: str, number: str) -> None:
    cues = {(cue.lemma, cue.gender, cue.number) for cue in forms()[key(form)]}
    assert (lemma, gender, number) in cues


@pytest.mark.parametrize("form", ["مدينة", "نادي", "بيان", "كاتب", "مدير"])
def test_a_noun_that_looks_like_a_form_is_none(form: str) -> None:
    from barqia.reading.vocabulary import entry

    assert not entry(key(form)).cues
