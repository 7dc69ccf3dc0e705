"""A day's news as one mail: the headline of each item, how it begins, and where to read it."""

from functools import lru_cache
from html import escape

from barqia.lanes.email.page import (
    INK,
    PLAIN,
    RED,
    SOFT,
    Bodies,
    Links,
    anchor,
    document,
    heading,
    html_foot,
    paragraph,
    plain_foot,
    runs,
)
from barqia.lanes.email.words import foot
from barqia.rendering import Act, Block, Digest, Run, Story, parts_of
from barqia.rendering.compose import headline_of

# mail programs cut a message at some hundred kilobytes: the items after these are headlines alone
FULL = 25
BEGINNING = 320


def subject_of(digest: Digest) -> str:
    """The day's first headline, and whether there is more."""
    first, *others = digest.stories
    words = foot(first.language)
    return f"{words.digest}: {first.headline}{words.and_more if others else ''}"


def digest_bodies(digest: Digest, links: Links) -> Bodies:
    first = digest.stories[0]
    words = foot(first.language)
    title = f"{words.digest} — {digest.day}"
    full, short = digest.stories[:FULL], digest.stories[FULL:]
    html = heading(1, escape(title), INK, "0 0 20px", 24)
    html += "".join(_item(story) for story in full)
    plain = [_plain_line(title, first.language), *(_plain_item(story) for story in full)]
    if short:
        html += heading(2, escape(words.also), SOFT, "24px 0 8px", 18)
        html += "".join(_line(story) for story in short)
        plain += [_plain_line(words.also, first.language), *(_plain_headline(story) for story in short)]
    html = document(first.language, html + html_foot(first.agency, first.language, links))
    return Bodies("\n\n".join(plain) + plain_foot(first.agency, first.language, links), html)


def beginning(story: Story) -> str:
    """The first paragraph, cut between two words where it is long."""
    text = story.paragraphs[0] if story.paragraphs else ""
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rsplit(' ', 1)[0]} …"


@lru_cache(maxsize=512)
def _item(story: Story) -> str:
    words = foot(story.language)
    colour = RED if story.urgency == 1 else INK
    title = f'<a href="{escape(story.link)}" style="color:{colour};text-decoration:none;">{_headline(story)}</a>'
    top = heading(2, title, colour, "0 0 4px", 20)
    text = paragraph(f"{runs(_text(story))} {anchor(story.link, words.read_on)}")
    return f"<div {_direction(story)}>{top}{text}</div>"


@lru_cache(maxsize=512)
def _line(story: Story) -> str:
    return f"<div {_direction(story)}>{paragraph(anchor(story.link, headline_of(story, Act.SEND)))}</div>"


def _headline(story: Story) -> str:
    return escape(headline_of(story, Act.SEND))


def _direction(story: Story) -> str:
    """Each item's own: a wire in two languages has both in one mail."""
    direction, side = ("ltr", "left") if story.language == "en" else ("rtl", "right")
    return f'lang="{story.language}" dir="{direction}" style="text-align:{side};"'


def _text(story: Story) -> Block:
    text = beginning(story)
    return (Run(story.dateline, bold=True), Run(f" — {text}")) if story.dateline and text else (Run(text),)


@lru_cache(maxsize=512)
def _plain_item(story: Story) -> str:
    blocks: list[Block] = [(Run(headline_of(story, Act.SEND)),), _text(story), (Run(story.link),)]
    (text,) = parts_of([block for block in blocks if any(run.text for run in block)], PLAIN, rtl=story.language == "ar")
    return text


@lru_cache(maxsize=512)
def _plain_headline(story: Story) -> str:
    (text,) = parts_of([(Run(headline_of(story, Act.SEND)),), (Run(story.link),)], PLAIN, rtl=story.language == "ar")
    return text


def _plain_line(words: str, language: str) -> str:
    (text,) = parts_of([(Run(words),)], PLAIN, rtl=language == "ar")
    return text
