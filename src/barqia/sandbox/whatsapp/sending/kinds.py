"""What a message of each kind puts on a screen. Each raises GraphError for what Meta refuses."""

from collections.abc import Callable
from typing import Any

from barqia.sandbox.phones import Bubble
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.media.shelf import Media
from barqia.sandbox.whatsapp.sending.checks import bounded, needed, required
from barqia.sandbox.whatsapp.sending.files import CAPTION, File, file_of
from barqia.sandbox.whatsapp.sending.interactive import interactive
from barqia.sandbox.whatsapp.templates.template import Json

TEXT, LINE = 4_096, 1_024
NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
CAPTIONED = frozenset({"image", "video", "document"})
Shelf = dict[str, Media]


def _text(content: Json, bubble: Bubble, _shelf: Shelf) -> None:
    bubble.text = needed(content.get("body"), TEXT, "text.body")


def _contacts(content: Any, bubble: Bubble, _shelf: Shelf) -> None:
    cards = [_card(contact) for contact in required(content, "contacts")]
    bubble.card = cards[0]
    bubble.text = "، ".join(card["name"] for card in cards)


def _card(contact: Json) -> dict[str, str]:
    name = required(contact.get("name"), "contacts.name")
    formatted = required(name.get("formatted_name"), "contacts.name.formatted_name")
    if not any(name.get(part) for part in NAME_PARTS):
        raise GraphError(131009, "contacts.name needs one more part besides formatted_name.")
    phones = contact.get("phones") or [{}]
    urls = contact.get("urls") or [{}]
    shown = {"name": formatted, "phone": phones[0].get("phone", ""), "url": urls[0].get("url", "")}
    return {part: bounded(value, LINE, f"contacts.{part}") for part, value in shown.items()}


def _location(content: Json, bubble: Bubble, _shelf: Shelf) -> None:
    shown: dict[str, Any] = {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        if content.get(name) is None:
            raise GraphError(131008, f"Parameter location.{name} is required.")
        shown[name] = float(content[name])
        if not -most <= shown[name] <= most:
            raise GraphError(131009, f"location.{name} must be between -{most} and {most}.")
    for name in ("name", "address"):
        shown[name] = bounded(content.get(name) or "", LINE, f"location.{name}")
    bubble.location, bubble.text = shown, shown["name"]


def _file(kind: str) -> "Kind":
    def made(content: Json, bubble: Bubble, shelf: Shelf) -> File:
        found = file_of(kind, content, shelf)
        caption = content.get("caption") or ""
        if caption and kind not in CAPTIONED:
            raise GraphError(100, f"{kind} has no caption.")
        bubble.text = bounded(caption, CAPTION, f"{kind}.caption")
        bubble.media = found.shown
        return found

    return made


def _interactive(content: Json, bubble: Bubble, shelf: Shelf) -> File | None:
    found = interactive(content, bubble, shelf)
    bubble.media = found.shown if found else None
    return found


Kind = Callable[[Any, Bubble, Shelf], File | None]
KINDS: dict[str, Kind] = {
    "text": _text,
    "contacts": _contacts,
    "location": _location,
    "interactive": _interactive,
    **{kind: _file(kind) for kind in ("image", "document", "video", "audio", "sticker")},
}
