"""Telegram's own parser judges the sandbox's: the same entities, the same errors, over texts made by chance."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from barqia.rendering import TELEGRAM_HTML, Act, Story, render
from barqia.sandbox.telegram.cleaning import cleaned
from barqia.sandbox.telegram.entities import Entity, tidy
from barqia.sandbox.telegram.errors import Unparsed
from barqia.sandbox.telegram.html import parse_html
from barqia.sandbox.telegram.links import automatic
from barqia.sandbox.telegram.markdown import parse_markdown, parse_markdown_v2

tdjson = pytest.importorskip("tdjson", reason="tdjson, Telegram's parser, is not installed: make setup")
NAMES = {
    "Bold": "bold", "Italic": "italic", "Underline": "underline", "Strikethrough": "strikethrough", "Spoiler": "spoiler",
    "Code": "code", "Pre": "pre", "PreCode": "pre", "TextUrl": "text_link", "MentionName": "text_mention",
    "BlockQuote": "blockquote", "ExpandableBlockQuote": "expandable_blockquote", "CustomEmoji": "custom_emoji",
    "DateTime": "date_time",
}  # fmt: skip
WORDS = ["خبر", "a", "x y", "\n", "😀", " ", "\u202b", "\u200f", "\u2067", "e.org", "https://e.org"]
HTML = [
    *(f"<{slash}{tag}>" for tag in ("b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler", "a", "em", "del")
      for slash in ("", "/")),
    '<span class="tg-spoiler">', "</span>", "<span>", '<code class="language-py">', "<blockquote expandable>", "</>", "<B>",
    '<a href="https://e.org">', "<a href=x.y>", '<a href="/d">', '<a href="tg://user?id=5">', '<a href="mailto:a@b.co">',
    '<tg-emoji emoji-id="5368324170671202286">', "</tg-emoji>", "<tg-emoji>", '<tg-time unix="1763890000">', "</tg-time>",
    "<p>", "<br/>", "<", "</", ">", "&lt;", "&amp", "&#1575;", "&#x627", "&nbsp;", "&", "<b x>", "<b =>", '<b x="', '"', "'",
]  # fmt: skip
MARKS = [
    "*", "_", "__", "~", "|", "||", "`", "```", "```py\n", "[", "]", "(", ")", "](https://e.org)", "](x.y)", "](/d)", "![",
    "](tg://user?id=5)", "](tg://emoji?id=5368324170671202286)", "](tg://emoji?id=x)", "\\*", "\\_", "\\\\", "\\", ".", "!",
    "-", "\\.", "#", ">", "\n>", "**>", "\n**>",
]  # fmt: skip
tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')
Parser = Callable[[str], tuple[str, list[Entity]]]
HTML_MODE = {"@type": "textParseModeHTML"}


def _asked(**query: Any) -> Any:
    return json.loads(tdjson.td_execute(json.dumps(query).encode()))


def _theirs(answer: Any) -> Any:
    if answer["@type"] == "error":
        return answer["message"].removeprefix("Can't parse entities: ")
    rows = []
    for entity in answer["entities"]:
        kind = entity["type"]
        named = ("url", "language", "custom_emoji_id", "user_id", "unix_time")
        carried = next((kind[name] for name in named if kind.get(name)), "")
        rows.append((NAMES[kind["@type"][14:]], entity["offset"], entity["length"], str(carried)))
    return answer["text"], sorted(rows)


def _shown(text: str, entities: list[Entity]) -> Any:
    def units(position: int) -> int:
        return len(text[:position].encode("utf-16-le")) // 2

    return text, sorted((e.kind, units(e.start), units(e.end) - units(e.start), e.url) for e in entities)


def _ours(parser: Parser, source: str) -> Any:
    try:
        return _shown(*parser(source))
    except Unparsed as error:
        return str(error)


@pytest.mark.parametrize(
    ("parser", "mode", "tokens"),
    [
        (parse_html, HTML_MODE, HTML),
        (parse_markdown_v2, {"@type": "textParseModeMarkdown", "version": 2}, MARKS),
        (parse_markdown, {"@type": "textParseModeMarkdown", "version": 1}, MARKS),
    ],
    ids=["HTML", "MarkdownV2", "Markdown"],
)
def test_every_text_means_to_the_sandbox_what_it_means_to_telegram(
    parser: Parser, mode: Any, tokens: list[str]
) -> None:
    dice = random.Random(20261125)
    for _ in range(4_000):
        source = "".join(dice.choice(tokens + WORDS) for _ in range(dice.randint(1, 8)))
        told = _asked(**{"@type": "parseTextEntities", "text": source, "parse_mode": mode})
        assert _ours(parser, source) == _theirs(told), source


def test_entities_lie_within_each_other_as_telegram_lays_them() -> None:
    dice, kinds = (
        random.Random(20261125),
        [kind for kind in NAMES if kind not in {"PreCode", "MentionName", "CustomEmoji", "DateTime"}],
    )
    for _ in range(4_000):
        text = "أبتثجحخد"[: dice.randint(1, 8)]
        entities, given = [], []
        for _ in range(dice.randint(1, 5)):
            start = dice.randrange(len(text))
            end, kind = dice.randint(start + 1, len(text)), dice.choice(kinds)
            url = {"url": "http://e.org/"} if kind == "TextUrl" else {}
            entities.append(Entity(NAMES[kind], start, end, url.get("url", "")))
            style = {"@type": f"textEntityType{kind}", **url}
            given.append({"@type": "textEntity", "offset": start, "length": end - start, "type": style})
        told = _asked(**{"@type": "parseMarkdown", "text": {"@type": "formattedText", "text": text, "entities": given}})
        assert _shown(text, tidy(entities)) == _theirs(told), entities


def test_texts_are_cleaned_as_telegram_cleans_them() -> None:
    dice, odd = (
        random.Random(20261125),
        ["\u200e", "\u200f", "\r", "\t", "\u202b", "\u202c", "\u2067", "\u0333", "\u030a", "ا", " ", "\n"],
    )
    for _ in range(2_000):
        text = f"ب{''.join(dice.choice(odd) for _ in range(dice.randint(1, 10)))}ب"
        told = _asked(**{"@type": "parseMarkdown", "text": {"@type": "formattedText", "text": text, "entities": []}})
        assert cleaned(text, [])[0] == told["text"], text.encode("unicode_escape")


# what a bot's messages are not searched for, or what is nobody's to find here
NOT_LOOKED_FOR = {"BankCardNumber", "MediaTimestamp", "PhoneNumber"}
FOUND = {"Mention": "mention", "Hashtag": "hashtag", "Cashtag": "cashtag", "BotCommand": "bot_command", "Url": "url",
         "EmailAddress": "email"}  # fmt: skip
PARTS = [
    "#خبر", "#خبر_عاجل", "#a1", "#2026", "@news_sy", "@abc", "@abcd", "/start", "/a@bot_x", "e.org", "www.e.org/a?b=1#c",
    "https://e.org/ب", "https://e.org/(a)", "https://e.org/a)", "http://x", "https://x.zzz", "x.zzz", "1.2.3.4", "10.5", "a@b.co",
    "user@e.org:80", "e.org:8080/x", "$USD", "$usd", "ftp://e.org", "سوق", "خبر", "sana.sy", "مثال.إختبار", "x", "12",
]  # fmt: skip
BETWEEN = [" ", "\n", "، ", ". ", " (", ") ", "«", "»", "؟ ", ": ", " — ", "!", ",", "/ ", "\u200f"]


def test_the_same_links_tags_and_commands_are_found_in_a_text() -> None:
    dice = random.Random(20261125)
    for _ in range(6_000):
        parts = [dice.choice(PARTS) + dice.choice(BETWEEN) for _ in range(dice.randint(1, 4))]
        text = dice.choice(["", "«", "("]) + "".join(parts)
        told = _asked(**{"@type": "getTextEntities", "text": text})["entities"]
        kinds = [(entity["type"]["@type"][14:], entity["offset"], entity["length"]) for entity in told]
        theirs = sorted((FOUND[kind], at, length) for kind, at, length in kinds if kind not in NOT_LOOKED_FOR)
        _text, ours = _shown(text, automatic(text, []))
        assert [row[:3] for row in ours] == theirs, text


@pytest.mark.parametrize("headline", ["عنوان & <خبر>", "“قول” <b>لا وسم</b>", "😀 خبر_طويل *نجم* `رمز`"])
def test_what_barqia_renders_telegram_reads(headline: str) -> None:
    story = Story(
        headline, "دمشق ـ و", ("نصّ أول (123) USA.", "نصّ <ثان> & أخير."), "", 1, "ar", "https://x.example/d/1", "و"
    )
    for part in render(story, Act.SEND, TELEGRAM_HTML):
        told = _asked(**{"@type": "parseTextEntities", "text": part, "parse_mode": HTML_MODE})
        assert told["@type"] == "formattedText", told
        assert _ours(parse_html, part) == _theirs(told)
        assert told["entities"]
