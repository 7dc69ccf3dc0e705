"""The sandbox's HTML parser says what the server says (each line was run with TDLib)."""

import pytest

from barqia.sandbox.telegram.errors import ApiError
from barqia.sandbox.telegram.markup import clean, parse_html

FAULTS = [
    ("a < b", 'Unsupported start tag "" at byte offset 2'),
    ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("</b>", "Unexpected end tag at byte offset 0"),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
    ("خبر <p>", 'Unsupported start tag "p" at byte offset 7'),
]


@pytest.mark.parametrize(("source", "description"), FAULTS)
def test_faults_are_worded_as_the_server_words_them(source: str, description: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {description}"


def test_entities_and_character_references() -> None:
    text, entities = parse_html('<b>ع<i>ا</i></b> &lt;&amp;&#1575;&nbsp; <a href="https://e.org">هنا</a>')
    assert text == "عا <&ا&nbsp; هنا"
    assert [(e.kind, text[e.start : e.end]) for e in entities] == [
        ("bold", "عا"),
        ("italic", "ا"),
        ("text_link", "هنا"),
    ]


def test_cleaning_keeps_one_mark_and_drops_overrides() -> None:
    text, _ = clean("\n\n  \u202bخبر\u202c\u200f\u200f\rجديد \n ", [])
    assert text == "خبر\u200c\u200fجديد"
