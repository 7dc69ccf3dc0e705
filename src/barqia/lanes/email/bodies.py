"""A mail's two bodies: HTML that stands right to left in every client, and plain text that reads right without it.

Clients drop style sheets, classes and the document's own direction, so direction, language and style are written on
the elements themselves. A picture stays on the site: it is fetched where the reader wants it, and goes with a kill.
"""

from dataclasses import dataclass
from functools import lru_cache
from html import escape

from barqia.lanes.email.words import foot
from barqia.rendering import Act, AnswerText, Block, Picture, Profile, Run, Story, blocks_of, parts_of
from barqia.rendering.telephones import isolated

NO_LIMIT = 1 << 30
PLAIN = Profile(NO_LIMIT, NO_LIMIT, lambda run: len(run.text), lambda run: run.text)
FONTS = "'IBM Plex Sans Arabic','Segoe UI',Tahoma,Arial,sans-serif"
INK, SOFT, ACCENT, RED, AMBER, LINE = "#1b1b1b", "#5c5c5c", "#0b5a7a", "#b3141b", "#8a5a00", "#d9d9d9"


@dataclass(frozen=True, slots=True)
class Links:
    """Where one reader chooses sections and leaves; empty under an answer."""

    choose: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True)
class Bodies:
    plain: str
    html: str


def story_bodies(story: Story, act: Act, links: Links) -> Bodies:
    return Bodies(_plain_story(story, act) + _plain_foot(story, links), _html_page(story, act, links))


def answer_bodies(answer: AnswerText, language: str) -> Bodies:
    """The words offered to tap are in the text already: a mail has nothing to tap but links."""
    blocks = [(Run(line),) for line in answer.text.split("\n") if line.strip()]
    (plain,) = parts_of(blocks, PLAIN, rtl=language == "ar")
    rows = "".join(_paragraph(_linked(line)) for line in answer.text.split("\n") if line.strip())
    return Bodies(plain + "\n", _document(language, rows))


@lru_cache(maxsize=64)
def _plain_story(story: Story, act: Act) -> str:
    (text,) = parts_of(blocks_of(story, act), PLAIN, rtl=story.language == "ar")
    return text


def _plain_foot(story: Story, links: Links) -> str:
    words = foot(story.language)
    why = words.why.format(agency=story.agency)
    return f"\n\n-- \n{why}\n{words.choose}: {links.choose}\n{words.leave}: {links.leave}\n"


@lru_cache(maxsize=64)
def _html_story(story: Story, act: Act) -> str:
    """All but what is one reader's own."""
    heading, *blocks = [block for block in blocks_of(story, act) if any(run.text for run in block)]
    ends = act in {Act.KILL, Act.TAKEDOWN}
    colour = SOFT if ends else AMBER if act is Act.CORRECT else RED if story.urgency == 1 else INK
    rows = [f'<h1 style="margin:0 0 16px;font-size:24px;line-height:1.5;color:{colour};">{_words(heading)}</h1>']
    rows += [_picture(story.picture)] if story.picture else []
    rows += [_read(story) if block[0].text == story.link else _paragraph(_runs(block)) for block in blocks]
    return "".join(rows)


def _html_page(story: Story, act: Act, links: Links) -> str:
    words = foot(story.language)
    why = escape(words.why.format(agency=story.agency))
    small = f'<p style="margin:0;font-size:14px;line-height:1.8;color:{SOFT};">{why}<br>'
    small += f"{_anchor(links.choose, words.choose)} · {_anchor(links.leave, words.leave)}</p>"
    rule = f'<hr style="border:0;border-top:1px solid {LINE};margin:24px 0 12px;">'
    return _document(story.language, _html_story(story, act) + rule + small)


def _document(language: str, rows: str) -> str:
    direction, side = ("ltr", "left") if language == "en" else ("rtl", "right")
    about = f'lang="{language}" dir="{direction}"'
    style = f"max-width:640px;margin:0 auto;padding:16px;text-align:{side};direction:{direction};"
    style += f"font-family:{FONTS};font-size:18px;line-height:1.8;color:{INK};"
    return (
        f'<!DOCTYPE html>\n<html {about}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"></head>'
        f'<body {about} style="margin:0;padding:0;"><div {about} style="{style}">{rows}</div></body></html>\n'
    )


def _paragraph(html: str) -> str:
    return f'<p style="margin:0 0 16px;">{html}</p>'


def _picture(picture: Picture) -> str:
    alt = escape(picture.caption or picture.credit)
    style = "max-width:100%;height:auto;margin:0 0 16px;display:block;"
    return f'<img src="{escape(picture.url)}" alt="{alt}" style="{style}">'


def _read(story: Story) -> str:
    return f'<p style="margin:0 0 16px;">{_anchor(story.link, foot(story.language).read)}</p>'


def _anchor(url: str, words: str) -> str:
    return f'<a href="{escape(url)}" style="color:{ACCENT};">{escape(words)}</a>'


def _words(block: Block) -> str:
    return escape(isolated("".join(run.text for run in block)), quote=False)


def _runs(block: Block) -> str:
    return "".join(f"<strong>{_lines(run)}</strong>" if run.bold else _lines(run) for run in block)


def _lines(run: Run) -> str:
    return "<br>".join(_linked(line) for line in run.text.split("\n"))


def _linked(line: str) -> str:
    """A line that is an address alone is a link; any other text is words."""
    if line.startswith(("https://", "http://")) and " " not in line:
        return f'<bdi dir="ltr">{_anchor(line, line)}</bdi>'
    return escape(isolated(line), quote=False)
