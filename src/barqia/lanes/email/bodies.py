"""A story's two bodies, and an answer's.

A picture stays on the site: it is fetched where the reader wants it, and goes with a kill.
"""

from functools import lru_cache
from html import escape

from barqia.lanes.email.page import (
    AMBER,
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
    linked,
    paragraph,
    plain_foot,
    runs,
    words_of,
)
from barqia.lanes.email.words import foot
from barqia.rendering import Act, AnswerText, Picture, Run, Story, blocks_of, parts_of


def story_bodies(story: Story, act: Act, links: Links) -> Bodies:
    language = story.language
    html = _html_story(story, act) + html_foot(story.agency, language, links)
    return Bodies(_plain_story(story, act) + plain_foot(story.agency, language, links), document(language, html))


def answer_bodies(answer: AnswerText, language: str) -> Bodies:
    """The words offered to tap are in the text already: a mail has nothing to tap but links."""
    blocks = [(Run(line),) for line in answer.text.split("\n") if line.strip()]
    (plain,) = parts_of(blocks, PLAIN, rtl=language == "ar")
    rows = "".join(paragraph(linked(line)) for line in answer.text.split("\n") if line.strip())
    return Bodies(plain + "\n", document(language, rows))


@lru_cache(maxsize=64)
def _plain_story(story: Story, act: Act) -> str:
    (text,) = parts_of(blocks_of(story, act), PLAIN, rtl=story.language == "ar")
    return text


@lru_cache(maxsize=64)
def _html_story(story: Story, act: Act) -> str:
    """All but what is one reader's own."""
    title, *blocks = [block for block in blocks_of(story, act) if any(run.text for run in block)]
    ends = act in {Act.KILL, Act.TAKEDOWN}
    colour = SOFT if ends else AMBER if act is Act.CORRECT else RED if story.urgency == 1 else INK
    rows = [heading(1, words_of(title), colour, "0 0 16px", 24)]
    rows += [_picture(story.picture)] if story.picture else []
    rows += [_read(story) if block[0].text == story.link else paragraph(runs(block)) for block in blocks]
    return "".join(rows)


def _picture(picture: Picture) -> str:
    alt = escape(picture.caption or picture.credit)
    style = "max-width:100%;height:auto;margin:0 0 16px;display:block;"
    return f'<img src="{escape(picture.url)}" alt="{alt}" style="{style}">'


def _read(story: Story) -> str:
    return paragraph(anchor(story.link, foot(story.language).read))
