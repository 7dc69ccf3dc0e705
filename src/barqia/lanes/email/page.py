"""What a mail's two bodies are made of: plain text, and HTML whose direction, language and style stand on its elements.

Clients drop style sheets, classes and the document's own direction.
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
    small = f'<p style="margin:0;font-size:14px;line-height:1.8;color:{SOFT};">{why}<br>'
    small += f"{anchor(links.choose, words.choose)} · {anchor(links.leave, words.leave)}</p>"
    return f'<hr style="border:0;border-top:1px solid {LINE};margin:24px 0 12px;">{small}'


def document(language: str, rows: str) -> str:
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
