"""The two providers' ways of writing text."""

import re
from html import escape

from barqia.rendering.parts import Profile, Run

TELEGRAM_LIMIT = 4096
WHATSAPP_LIMIT = 4096
CAPTION = 1024
ZERO_WIDTH_SPACE = "\u200b"
WHATSAPP_MARKS = frozenset("*_~`")
ADDRESS = re.compile(r"((?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+)")


def _utf16_units(run: Run) -> int:
    """Telegram counts code points of the text without its tags; UTF-16 units are never fewer."""
    return len(run.text) + sum(c > "\uffff" for c in run.text)


def _html(run: Run) -> str:
    text = escape(run.text, quote=False)
    return f"<b>{text}</b>" if run.bold and text.strip() else text


def _whatsapp(run: Run) -> str:
    """WhatsApp's marks act at the edges of words: a mark of the text's own is cut off from its word. Not within
    an address: it would be another one."""
    pieces = ADDRESS.split(run.text)
    text = "".join(piece if number % 2 else _without_marks(piece) for number, piece in enumerate(pieces))
    if not run.bold or not text.strip():
        return text
    body = text.strip()
    before, after = text[: text.index(body)], text[text.index(body) + len(body) :]
    return f"{before}*{body}*{after}"


def _without_marks(text: str) -> str:
    return "".join(c + ZERO_WIDTH_SPACE if c in WHATSAPP_MARKS else c for c in text)


TELEGRAM_HTML = Profile(TELEGRAM_LIMIT, CAPTION, _utf16_units, _html)
WHATSAPP = Profile(WHATSAPP_LIMIT, CAPTION, lambda run: len(_whatsapp(run)), _whatsapp)
