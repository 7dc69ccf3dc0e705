"""One word, however it is spelt; and every offset leads back to the text as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barqia.text import fold, key

SAME = [
    ("الروسى", "الروسي"), ("افة", "آفة"), ("الميدانيـة", "الميدانية"), ("إلغاء", "الغاء"), ("ٱشتراك", "اشتراك"),
    ("اشـــتراك", "اشتراك"), ("اِشتِراك", "اشتراك"), ("٢٠٢٦", "2026"), ("۲۰۲۶", "2026"), ("ﺍﺷﺘﺮﺍﻙ", "اشتراك"),
    ("ﻻ", "لا"), ("\u200fاشتراك\u200e", "اشتراك"), ("مسؤول", "مسوول"), ("مدينة", "مدينه"), ("کتاب", "كتاب"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "plain"), SAME)
def test_one_word_however_it_is_spelt(written: str, plain: str) -> None:
    assert key(written) == key(plain)


def test_a_key_has_no_punctuation_quotes_or_emoji() -> None:
    assert key("«اشتراك»! 🌹") == key("اشتراك")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_every_folded_span_lies_in_the_text_and_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.starts) == len(folded.text)
    assert list(folded.starts) == sorted(folded.starts)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert key(key(text)) == key(text)
