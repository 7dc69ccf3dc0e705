"""A template message: its parameters checked against the template, and what the phone shows of it."""

from dataclasses import dataclass, field

from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.media.shelf import Media
from barqia.sandbox.whatsapp.sending.checks import required
from barqia.sandbox.whatsapp.sending.files import File, file_of
from barqia.sandbox.whatsapp.templates.rules import BODY, HEADER
from barqia.sandbox.whatsapp.templates.template import Json, Template, filled, variables

UNSENDABLE = {
    **dict.fromkeys(("PENDING", "REJECTED", "IN_APPEAL", "ARCHIVED", "DELETED"), 132001),
    "PAUSED": 132015,
    "DISABLED": 132016,
}
MEDIA = ("image", "video", "document")


@dataclass(slots=True)
class Filled:
    """What a phone shows of a template message."""

    text: str
    header: str = ""
    footer: str = ""
    file: File | None = None
    options: list[dict[str, str]] = field(default_factory=list)


def fill(template: Template, content: Json, shelf: dict[str, Media]) -> Filled:
    """Raises GraphError 131008, 132000, 132001, 132005, 132012, 132015, 132016."""
    if template.status in UNSENDABLE:
        raise GraphError(UNSENDABLE[template.status])
    parts: dict[str, Json] = {}
    buttons: dict[int, Json] = {}
    for part in content.get("components") or ():
        kind = str(part.get("type", "")).lower()
        if kind == "button":
            buttons[int(part["index"])] = part
        elif kind not in {"header", "body", "footer"}:
            raise GraphError(100, f"Param template.components[type] {kind!r} is not known.")
        parts[kind] = part
    shown = Filled(_text(template, template.body, parts.get("body", {}), BODY))
    shown.footer = str(template.part("FOOTER").get("text", ""))
    _header(template, parts.get("header", {}), shown, shelf)
    if any(not 0 <= at < len(template.buttons) for at in buttons):
        raise GraphError(132018, "The template has no button at this index.")
    shown.options = [_option(button, buttons.get(at, {})) for at, button in enumerate(template.buttons)]
    return shown


def _text(template: Template, text: str, part: Json, limit: int) -> str:
    """The text with its variables. The values' number, or names, must be the template's."""
    names = variables(text)
    given = part.get("parameters") or ()
    if template.named:
        values = {str(required(one.get("parameter_name"), "parameter_name")): _value(one) for one in given}
        fits = set(values) == set(names)
    else:
        # numbers stand in the text as they please; values come in their order
        numbers = sorted(names, key=lambda name: (len(name), name))
        values = dict(zip(numbers, map(_value, given), strict=False))
        fits = len(given) == len(names)
    if not fits:
        raise GraphError(132000)
    whole = filled(text, tuple(values.items()))
    if len(whole) > limit:
        raise GraphError(132005)
    return whole


def _value(parameter: Json) -> str:
    kind = parameter.get("type", "text")
    value = parameter.get("text") if kind == "text" else (parameter.get(kind) or {}).get("fallback_value")
    if kind not in {"text", "currency", "date_time"} or not isinstance(value, str | None):
        raise GraphError(132012)
    if not value or not value.strip():
        raise GraphError(131008, "Parameter text is required.")
    if "\n" in value or "\t" in value or "     " in value:
        raise GraphError(100, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return value


def _header(template: Template, part: Json, shown: Filled, shelf: dict[str, Media]) -> None:
    header = template.part("HEADER")
    kind = str(header.get("format", "")).lower()
    if kind in {"", "text"}:
        text = str(header.get("text", ""))
        shown.header = _text(template, text, part, HEADER)
        return
    given = (part.get("parameters") or [{}])[0]
    if given.get("type") != kind or not given.get(kind):
        raise GraphError(132012, f"header: Format mismatch, expected {kind.upper()}, received {given.get('type')}.")
    if kind in MEDIA:
        shown.file = file_of(kind, given[kind], shelf)


def _option(button: Json, part: Json) -> dict[str, str]:
    """A button as it is tapped: a quick reply with its payload, a link with its end."""
    title = str(button.get("text", ""))
    given = (part.get("parameters") or [{}])[0]
    if str(button.get("type")).upper() == "QUICK_REPLY":
        return {"kind": "quick_reply", "id": str(given.get("payload") or title), "title": title}
    url = str(button.get("url", ""))
    if variables(url):
        if not given.get("text"):
            raise GraphError(131008, "buttons: Button of type Url requires a parameter.")
        url = filled(url, ((variables(url)[0], _value(given)),))
    return {"kind": "url", "title": title, "url": url or str(button.get("phone_number", ""))}
