"""Messages: within the limit, valid by themselves, and set in the right direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barqia.rendering import TELEGRAM_HTML, WHATSAPP, Act, Block, Profile, Run, Story, parts_of, render
from barqia.rendering.telephones import isolated, telephones

TEXTS = st.text(alphabet="ابتثج <&*_~`aZ9\n😀", max_size=9000)


def _blocks(texts: list[tuple[str, bool]]) -> list[Block]:
    return [(Run(text, bold),) for text, bold in texts]


@given(st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=4))
@pytest.mark.parametrize("profile", [TELEGRAM_HTML, WHATSAPP])
@pytest.mark.parametrize("first", [4096, 1024])
def test_no_part_is_longer_than_the_provider_takes(profile: Profile, first: int, texts: list[tuple[str, bool]]) -> None:
    parts = parts_of(_blocks(texts), profile, rtl=True, first=first)
    for number, part in enumerate(parts):
        plain = part.replace("<b>", "").replace("</b>", "")
        for entity in ("&lt;", "&gt;", "&amp;"):
            plain = plain.replace(entity, "x")
        assert len(plain if profile is TELEGRAM_HTML else part) <= (4096 if number else first)
        assert part.count("<b>") == part.count("</b>")
    kept = "".join(c for c in "".join(parts) if c in "ابتثج😀")
    assert kept == "".join(c for text, _bold in texts for c in text if c in "ابتثج😀"), "no letter is lost"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("والهاتف 0944-000-111 مفتوح", "0944-000-111"), ("اتصلوا على +963 11 222 3333.", "+963 11 222 3333"),
        ("الرقم +963944000111", "+963944000111"), ("بين 2019-2024", ""), ("في 12/3", ""), ("فاز 3-1", ""),
        ("بسعر 0.5 دولار", ""), ("الساعة 08:30", ""), ("https://x.example/0944-000-111", ""),
    ],
)  # fmt: skip
def test_telephone_numbers_are_known_and_isolated(text: str, found: str) -> None:
    spans = [text[slice(*span)] for span in telephones(text)]
    assert spans == ([found] if found else [])
    assert isolated(text) == (text.replace(found, f"\u2066{found}\u2069") if found else text)


def _story(**more: object) -> Story:
    about = {
        "headline": "عنوان",
        "dateline": "دمشق",
        "paragraphs": ("نص",),
        "byline": "",
        "urgency": 5,
        "language": "ar",
    }
    return Story(**{**about, "link": "https://x/d/a_b", "agency": "و", **more})  # type: ignore[arg-type]


def test_an_address_is_not_marked_and_words_are() -> None:
    (text,) = render(
        _story(paragraphs=("الكلمة *هنا* في https://t.me/warqa_news و a_b@x.example",)), Act.SEND, WHATSAPP
    )
    assert "https://t.me/warqa_news" in text
    assert "a_b@x.example" in text
    assert "https://x/d/a_b" in text
    assert "*\u200bهنا*\u200b" in text


def test_a_test_send_says_that_it_is_one() -> None:
    (text,) = render(_story(test=True, urgency=1), Act.SEND, TELEGRAM_HTML)
    assert text.startswith("<b>تجربة | عاجل | عنوان</b>")


def test_a_block_that_begins_with_latin_letters_is_set_right_to_left_in_arabic_alone() -> None:
    assert render(_story(paragraphs=("AFP قالت",), dateline=""), Act.SEND, TELEGRAM_HTML)[0].count("\u200fAFP") == 1
    english = _story(paragraphs=("AFP said",), dateline="", language="en", headline="Title")
    assert "\u200f" not in render(english, Act.SEND, TELEGRAM_HTML)[0]
