"""What a mail's two bodies are made of: plain text, and HTML whose direction, language and style stand on its elements.

Clients drop style sheets, classes and the document's own direction; the one sheet there is makes the colours dark ones
where a client keeps it and its reader wants that. Both colours of the light page are written out, so that no client
shows the words of one on the ground of the other.
"""

from dataclasses import dataclass
from html import escape

from barqia.lanes.email.words import foot
from barqia.rendering import Block, Profile, Run
from barqia.rendering.telephones import isolated

NO_LIMIT = 1 << 30
PLAIN = Profile(NO_LIMIT, NO_LIMIT, lambda run: len(run.text), lambda run: run.text)
FONTS = "'IBM Plex Sans Arabic','Segoe UI',Tahoma,Arial,sans-serif"
INK, SOFT, ACCENT, RED, AMBER, LINE = "#1b1b1b", "#5c5c5c", "#0b5a7a", "#b3141b", "#8a5a00", "#d9d9d9"
PAPER = "#ffffff"
# the same colours on a dark ground, by the class of what has them
CLASSES = {SOFT: "soft", RED: "flash", AMBER: "amber"}
DARK = (
    "@media (prefers-color-scheme:dark){body,.mail,.mail h1,.mail h2,.mail h2 a{background:#14181d!important;"
    "color:#e9eaec!important}.mail a{color:#8ecbe0!important}.mail .soft{color:#b4bbc4!important}"
    ".mail .flash,.mail .flash a{color:#ff9d9d!important}.mail .amber{color:#f0b660!important}"
    ".mail hr{border-color:#3a434d!important}}"
)


@dataclass(frozen=True, slots=True)
class Links:
    """Where one reader chooses sections and leaves; empty under an answer."""

    choose: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True)
class Bodies:
    plain: str
    html: str


def plain_foot(agency: str, language: str, links: Links) -> str:
    words = foot(language)
    why = words.why.format(agency=agency)
    return f"\n\n-- \n{why}\n{words.choose}: {links.choose}\n{words.leave}: {links.leave}\n"


def html_foot(agency: str, language: str, links: Links) -> str:
    words = foot(language)
    why = escape(words.why.format(agency=agency))
    small = f'<p style="margin:0;font-size:14px;line-height:1.8;color:{SOFT};" class="soft">{why}<br>'
    small += f"{anchor(links.choose, words.choose)} · {anchor(links.leave, words.leave)}</p>"
    return f'<hr style="border:0;border-top:1px solid {LINE};margin:24px 0 12px;">{small}'


def document(language: str, rows: str) -> str:
    direction, side = ("ltr", "left") if language == "en" else ("rtl", "right")
    about = f'lang="{language}" dir="{direction}"'
    style = f"max-width:640px;margin:0 auto;padding:16px;text-align:{side};direction:{direction};"
    style += f"font-family:{FONTS};font-size:18px;line-height:1.8;color:{INK};background:{PAPER};"
    return (
        f'<!DOCTYPE html>\n<html {about}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><style>{DARK}</style></head>'
        f'<body {about} style="margin:0;padding:0;background:{PAPER};">'
        f'<div {about} style="{style}" class="mail">{rows}</div></body></html>\n'
    )


def heading(level: int, html: str, colour: str, margin: str, size: int) -> str:
    style = f"margin:{margin};font-size:{size}px;line-height:1.5;color:{colour};"
    kind = f' class="{CLASSES[colour]}"' if colour in CLASSES else ""
    return f'<h{level} style="{style}"{kind}>{html}</h{level}>'


def paragraph(html: str) -> str:
    return f'<p style="margin:0 0 16px;">{html}</p>'


def anchor(url: str, words: str) -> str:
    return f'<a href="{escape(url)}" style="color:{ACCENT};">{escape(words)}</a>'


def words_of(block: Block) -> str:
    return escape(isolated("".join(run.text for run in block)), quote=False)


def runs(block: Block) -> str:
    return "".join(f"<strong>{_lines(run)}</strong>" if run.bold else _lines(run) for run in block)


def _lines(run: Run) -> str:
    return "<br>".join(linked(line) for line in run.text.split("\n"))


def linked(line: str) -> str:
    """A line that is an address alone is a link; any other text is words."""
    if line.startswith(("https://", "http://")) and " " not in line:
        return f'<bdi dir="ltr">{anchor(line, line)}</bdi>'
    return escape(isolated(line), quote=False)
