"""Quotation marks paired, and text that was read in the wrong encoding."""

import pytest

from barqia.text import misread, quotes

MARKED = [
    ("قال “نعم” ثم ذهب", ["“نعم”"]),
    ("قال “إن “ألف” و”باء” هنا” ثم", ["“إن “ألف” و”باء” هنا”", "“ألف”", "”باء”"]),
    ('قال "يجب داخل "فيفا"، يجب داخل "فيفا". ثم', ['"يجب داخل "فيفا"، يجب داخل "فيفا"', '"فيفا"', '"فيفا"']),
    ("قال ”نعم” ثم ”لا”", ["”نعم”", "”لا”"]),
    ("قالت شبكة ((سي أن أن)) إن", ["((سي أن أن))"]),
]


@pytest.mark.parametrize(("text", "expected"), MARKED)
def test_quotations(text: str, expected: list[str]) -> None:
    assert [text[quote.start : quote.end] for quote in quotes(text)] == expected


def test_one_that_is_never_closed_ends_with_its_paragraph_and_says_so() -> None:
    text = "قال «نعم ثم ذهب.\nوعاد بعد ساعة."
    (quote,) = quotes(text)
    assert text[quote.start : quote.end] == "«نعم ثم ذهب."
    assert not quote.closed


ARABIC = "قال وزير النقل إن العمل في الجسر الجديد سينتهي قريبا، وإن الطريق آمن."


@pytest.mark.parametrize(
    ("written", "read", "said"),
    [
        ("utf-8", "windows-1256", "UTF-8 read as windows-1256"),
        ("utf-8", "windows-1252", "UTF-8 read as windows-1252"),
        ("windows-1256", "windows-1252", "windows-1256 read as windows-1252"),
    ],
)
def test_text_read_in_the_wrong_encoding_is_recognised(written: str, read: str, said: str) -> None:
    assert misread(ARABIC.encode(written).decode(read, "replace")) == said


@pytest.mark.parametrize("text", [ARABIC, "El niño está aquí, señor: ¿qué pasó?", "طفل ظل في ظلال طريق", ""])
def test_text_as_it_should_be_is_left_alone(text: str) -> None:
    assert misread(text) is None
