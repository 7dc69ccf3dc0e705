"""The sandbox's HTML parser says what the server says (each line was run with TDLib)."""

import pytest

from barqia.sandbox.telegram.addresses import checked
from barqia.sandbox.telegram.cleaning import cleaned, trimmed
from barqia.sandbox.telegram.entities import Entity, as_json, tidy
from barqia.sandbox.telegram.errors import Unparsed
from barqia.sandbox.telegram.html import parse_html
from barqia.sandbox.telegram.links import automatic

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
    with pytest.raises(Unparsed) as caught:
        parse_html(source)
    assert str(caught.value) == description


def test_entities_and_character_references() -> None:
    text, entities = parse_html('<b>ع</b><i>ا</i> &lt;&amp;&#1575;&nbsp; <a href="https://e.org">هنا</a>')
    assert text == "عا <&ا&nbsp; هنا"
    assert [(e.kind, text[e.start : e.end]) for e in entities] == [
        ("bold", "ع"),
        ("italic", "ا"),
        ("text_link", "هنا"),
    ]


def test_cleaning_keeps_one_mark_and_drops_overrides() -> None:
    text, _ = trimmed(*cleaned("\n\n  \u202bخبر\u202c\u200f\u200f\rجديد \n ", []))
    assert text == "خبر\u200c\u200fجديد"


@pytest.mark.parametrize(
    ("href", "stands"),
    [
        ("x.y", "http://x.y/"),
        ("https://e.org", "https://e.org/"),
        ("HTTPS://E.org/A?q=1#f", "https://e.org/A?q=1#f"),
        ("e.org:8080/a", "http://e.org:8080/a"),
        ("mailto:desk@e.org", "http://mailto:desk@e.org/"),
        ("tel:+963944000111", ""),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("/d/1", ""),
        ("d", ""),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("ton://x", "ton://x/"),
        ("localhost", ""),
        ("data:text/html,x", ""),
        ("file:///etc/hosts", ""),
        ("http://", ""),
        ("https://e.org/a b", "https://e.org/a%20b"),
        ("http://[x", ""),
    ],
)
def test_what_may_be_opened(href: str, stands: str) -> None:
    assert checked(href) == stands
    text, entities = parse_html(f'<a href="{href}">هنا</a>')
    assert (text, [(e.kind, e.url) for e in entities]) == ("هنا", [("text_link", stands)] if stands else [])


def test_a_user_address_is_a_mention_of_a_person_who_is_known() -> None:
    text, entities = parse_html('<a href="tg://user?id=7">ليلى</a>')
    user = {"id": 7, "is_bot": False, "first_name": "ليلى"}
    assert as_json(text, entities, lambda _: user) == [{"type": "text_mention", "offset": 0, "length": 4, "user": user}]
    assert as_json(text, entities, lambda _: None) == []


def test_nothing_within_code_keeps_a_style() -> None:
    text, entities = parse_html('<b>x</b><code>a<b>b</b></code><pre><code class="language-py">c<i>d</i></code></pre>')
    rows = as_json(text, tidy(entities), lambda _: None)
    assert [(row["type"], row.get("language")) for row in rows] == [("bold", None), ("code", None), ("pre", "py")]


def test_a_time() -> None:
    text, entities = parse_html('<tg-time unix="1763890000" format="t">الآن</tg-time>')
    (row,) = as_json(text, entities, lambda _: None)
    assert row == {"type": "date_time", "offset": 0, "length": 4, "unix_time": 1763890000, "date_time_format": "t"}
    assert parse_html("<tg-time>x</tg-time>") == ("x", [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("زوروا example.com اليوم", [("url", "example.com")]),
        ("انظر https://e.org/a?b=1.", [("url", "https://e.org/a?b=1")]),
        ("اكتب إلى desk@e.org", [("email", "desk@e.org")]),
        ("#سياسة_خارجية و#أخبار", [("hashtag", "#سياسة_خارجية")]),
        ("/start @agency_bot", [("bot_command", "/start"), ("mention", "@agency_bot")]),
        ("ملف a.txt و3.5 وU.S.", []),
    ],
)
def test_what_the_server_finds_by_itself(text: str, found: list[tuple[str, str]]) -> None:
    assert [(e.kind, text[e.start : e.end]) for e in automatic(text, [])] == found
    assert automatic(text, [Entity("code", 0, len(text))]) == []
