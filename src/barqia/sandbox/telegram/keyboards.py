"""Reply markup: inline keyboards, keyboards under the field, and what makes one invalid."""

from typing import Any

from barqia.sandbox.telegram.addresses import problem
from barqia.sandbox.telegram.chats import Json, Keyboard
from barqia.sandbox.telegram.errors import ApiError, Unparsed, bad
from barqia.sandbox.telegram.params import an_object, nested, text_field

DATA_BYTES, MOST_BUTTONS, MOST_IN_A_ROW, COPY_CHARACTERS = 64, 100, 8, 256
STYLES = frozenset({"primary", "success", "danger"})
PLAIN = ("switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game")


def markup(params: Json) -> tuple[Json, Keyboard | None]:
    """The inline keyboard as a message shows it (empty without one), and what happens under the field."""
    try:
        given = nested(params, "reply_markup")
    except ApiError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if given in (None, ""):
        return {}, None
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in given:
        rows = _rows(given["inline_keyboard"], "inline_keyboard", "InlineKeyboardMarkup")
        return inline([[_inline_button(button) for button in row] for row in rows]), None
    if "keyboard" in given:
        rows = _rows(given["keyboard"], "keyboard", "ReplyKeyboardMarkup")
        words = tuple(tuple(_button(button) for button in row) for row in rows)
        placeholder = str(given.get("input_field_placeholder", ""))[:64]
        return {}, Keyboard(tuple(row for row in words if row), bool(given.get("one_time_keyboard")), placeholder)
    return {}, Keyboard() if given.get("remove_keyboard") else None


def inline_only(params: Json) -> Json:
    """The keyboard of an edit. Raises ApiError for another kind of markup."""
    shown, under_the_field = markup(params)
    if under_the_field is not None:
        raise bad("inline keyboard expected")
    return shown


def inline(rows: list[list[Json]]) -> Json:
    rows = [row for row in ([button for button in row if button["text"]] for row in rows) if row]
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad("reply markup is too long")
    return {"inline_keyboard": rows} if rows else {}


def _rows(rows: Any, field: str, of: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise bad(f'field "{field}" of the {of} must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{field}" of the {of} must be an Array of Arrays')
    return rows


def _button(button: Any) -> str:
    if isinstance(button, str):
        return button
    try:
        return text_field(an_object(button, "KeyboardButton must be an Object"), "text")
    except Unparsed as error:
        raise bad(f"can't parse keyboard button: {error}") from None


def _inline_button(button: Any) -> Json:
    try:
        button = an_object(button, "InlineKeyboardButton must be an Object")
        shown: Json = {"text": text_field(button, "text"), **_does(button)}
    except Unparsed as error:
        raise bad(f"can't parse inline keyboard button: {error}") from None
    if button.get("style") in STYLES:
        shown["style"] = button["style"]
    return shown


def _does(button: Json) -> Json:
    """The one thing a button does; the first of these that it names. Raises ApiError."""
    if url := button.get("url"):
        return {"url": _url(text_field(button, "url"), url)}
    if button.get("callback_data"):
        data = text_field(button, "callback_data")
        if len(data.encode()) > DATA_BYTES:
            raise bad("BUTTON_DATA_INVALID")
        return {"callback_data": data}
    for name in PLAIN:
        if name in button:
            return {name: button[name]}
    for name in ("login_url", "web_app"):
        if name in button:
            about = an_object(button[name], f'Field "{name}" must be of type Object')
            return {name: {"url": _url(text_field(about, "url"), about["url"])}}
    if "copy_text" in button:
        text = text_field(an_object(button["copy_text"], 'Field "copy_text" must be of type Object'), "text")
        if not 1 <= len(text) <= COPY_CHARACTERS:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        return {"copy_text": {"text": text}}
    raise Unparsed("Text buttons are unallowed in the inline keyboard")


def _url(url: str, given: Any) -> str:
    if why := problem(url):
        raise bad(f"inline keyboard button URL '{given}' is invalid: {why}")
    return url
