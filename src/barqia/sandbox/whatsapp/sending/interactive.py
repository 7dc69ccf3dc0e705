"""Interactive messages: reply buttons, a list, a link."""

from collections.abc import Callable

from barqia.sandbox.phones import Bubble
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.media.shelf import Media
from barqia.sandbox.whatsapp.sending.checks import bounded, needed, required, web_address
from barqia.sandbox.whatsapp.sending.files import File, file_of
from barqia.sandbox.whatsapp.templates.template import Json

BODY, LIST_BODY, HEADER, FOOTER = 1_024, 4_096, 60, 60
BUTTONS, TITLE, BUTTON_ID = 3, 20, 256
SECTIONS, ROWS, ROW_ID, ROW_TITLE, DESCRIPTION, SECTION_TITLE = 10, 10, 200, 24, 72, 24
Options = list[dict[str, str]]


def interactive(content: Json, bubble: Bubble, shelf: dict[str, Media]) -> File | None:
    """Puts the message into the bubble. Returns the header's file. Raises GraphError 131008, 131009."""
    kind = content.get("type")
    if kind not in ACTIONS:
        raise GraphError(131009, "interactive.type is not supported.")
    limit = LIST_BODY if kind == "list" else BODY
    bubble.text = needed((content.get("body") or {}).get("text"), limit, "interactive.body.text")
    bubble.footer = bounded((content.get("footer") or {}).get("text", ""), FOOTER, "interactive.footer.text")
    bubble.options = ACTIONS[kind](required(content.get("action"), "interactive.action"))
    bubble.buttons = [option["title"] for option in bubble.options if "id" in option]
    header = content.get("header")
    return _header(header, kind, bubble, shelf) if header else None


def _header(header: Json, kind: str, bubble: Bubble, shelf: dict[str, Media]) -> File | None:
    form = header.get("type")
    if form == "text":
        bubble.header = needed(header.get("text"), HEADER, "interactive.header.text")
        return None
    if kind == "list" or form not in {"image", "video", "document"}:
        raise GraphError(131009, "interactive.header.type is not supported here.")
    return file_of(form, required(header.get(form), f"interactive.header.{form}"), shelf)


def _buttons(action: Json) -> Options:
    options = []
    for button in required(action.get("buttons"), "interactive.action.buttons"):
        reply = required(button.get("reply"), "reply")
        made = {"id": needed(reply.get("id"), BUTTON_ID, "reply.id")}
        options.append({"kind": "reply", **made, "title": needed(reply.get("title"), TITLE, "reply.title")})
    titles, ids = ({option[name] for option in options} for name in ("title", "id"))
    if not len(options) == len(titles) == len(ids) or len(options) > BUTTONS:
        raise GraphError(131009, "There must be at most 3 buttons, each with a title and an id of its own.")
    return options


def _list(action: Json) -> Options:
    needed(action.get("button"), TITLE, "interactive.action.button")
    sections = required(action.get("sections"), "interactive.action.sections")
    if len(sections) > SECTIONS:
        raise GraphError(131009, f"There must be at most {SECTIONS} sections.")
    options: Options = []
    for section in sections:
        title = bounded(section.get("title") or "", SECTION_TITLE, "section.title")
        if len(sections) > 1:
            required(title, "section.title")
        options += [_row(row, title) for row in required(section.get("rows"), "section.rows")]
    if len(options) > ROWS or len({option["id"] for option in options}) < len(options):
        raise GraphError(131009, f"There must be at most {ROWS} rows in all sections, each with an id of its own.")
    return options


def _row(row: Json, section: str) -> dict[str, str]:
    made = {"kind": "row", "id": needed(row.get("id"), ROW_ID, "row.id"), "section": section}
    made["title"] = needed(row.get("title"), ROW_TITLE, "row.title")
    return {**made, "description": bounded(row.get("description") or "", DESCRIPTION, "row.description")}


def _link(action: Json) -> Options:
    if action.get("name") != "cta_url":
        raise GraphError(131009, "interactive.action.name must be cta_url.")
    given = required(action.get("parameters"), "interactive.action.parameters")
    title = needed(given.get("display_text"), TITLE, "parameters.display_text")
    return [{"kind": "url", "title": title, "url": web_address(given.get("url"), "parameters.url")}]


ACTIONS: dict[str, Callable[[Json], Options]] = {"button": _buttons, "list": _list, "cta_url": _link}
