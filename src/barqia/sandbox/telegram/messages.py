"""Messages sent, edited and deleted."""

import math
from functools import lru_cache
from typing import Any

from barqia.sandbox.telegram.errors import bad, too_many
from barqia.sandbox.telegram.links import Entity, as_json, automatic, linked, outside_code
from barqia.sandbox.telegram.markup import SIMPLE, clean, parse_html
from barqia.sandbox.telegram.params import chat_of, integer, may_write, nested, nested_object
from barqia.sandbox.telegram.world import Bot, Channel, Json, Message, Private, Result, Telegram

TEXT_LIMIT, RAW_LIMIT = 4096, 32_768
DELETE_MS = 48 * 3600 * 1000
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
STYLES = frozenset(SIMPLE.values()) | {"expandable_blockquote", "custom_emoji"}
PREVIEW = ("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")


def _text(telegram: Telegram, params: Json) -> tuple[str, list[Json]]:
    """The text as it will stand, with its entities."""
    raw = params.get("text")
    if not raw:
        raise bad("message text is empty")
    raw = str(raw)
    mode = str(params.get("parse_mode") or "none").lower()
    given = nested(params, "entities") if mode != "html" else None
    if given:
        _may_be_parsed(raw, mode)
        text, entities = _cleaned(raw, _given(given, raw))
    else:
        text, entities, shown = _standing(raw, mode)
        if shown is not None:
            return text, shown
    return text, as_json(text, entities, telegram.user)


def _may_be_parsed(raw: str, mode: str) -> None:
    if len(raw.encode()) > RAW_LIMIT:
        raise bad("text is too long")
    if mode not in {"html", "none"}:
        raise bad("unsupported parse_mode")


# a mailing brings one text a hundred thousand times
@lru_cache(maxsize=256)
def _standing(raw: str, mode: str) -> tuple[str, list[Entity], list[Json] | None]:
    """The text, its entities, and these as JSON where that hangs on nobody's being known."""
    _may_be_parsed(raw, mode)
    text, entities = _cleaned(*(parse_html(raw) if mode == "html" else (raw, [])))
    mentions = any(entity.kind == "text_mention" for entity in entities)
    return text, entities, None if mentions else as_json(text, entities, lambda _id: None)


def _cleaned(raw: str, styles: list[Entity]) -> tuple[str, list[Entity]]:
    text, entities = clean(raw, outside_code(styles))
    if not text.strip():
        raise bad("text must be non-empty")
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return text, [*entities, *automatic(text, entities)]


def _given(rows: Any, text: str) -> list[Entity]:
    """Entities given as JSON, from UTF-16 offsets to code points."""
    if not rows:
        return []
    if not isinstance(rows, list):
        raise bad("expected an Array of MessageEntity")
    at = {}
    units = 0
    for position, character in enumerate(text):
        at[units] = position
        units += 2 if character > "\uffff" else 1
    at[units] = len(text)
    found = []
    for row in rows:
        if not isinstance(row, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        start, length = row.get("offset"), row.get("length")
        if not isinstance(start, int) or not isinstance(length, int):
            raise bad("can't parse MessageEntity: offset and length must be of type Number")
        end = at.get(start + length, len(text))
        found.append(_entity(row, at.get(start, len(text)), end))
    return [entity for entity in found if entity and entity.end > entity.start]


def _entity(row: Json, start: int, end: int) -> Entity | None:
    """Nothing for a kind that a sender cannot give: the server finds those by itself."""
    kind = str(row.get("type"))
    if kind == "text_link":
        return linked(start, end, str(row.get("url", "")))
    if kind == "text_mention":
        return Entity(kind, start, end, str(int(row["user"]["id"])))
    carried = {"custom_emoji": "custom_emoji_id", "pre": "language", "date_time": "unix_time"}.get(kind, "")
    if kind == "date_time":
        return Entity(kind, start, end, str(int(row[carried])), str(row.get("date_time_format", "")))
    return Entity(kind, start, end, str(row.get(carried, ""))) if kind in STYLES else None


def _keyboard(params: Json) -> list[str]:
    markup = nested_object(params, "reply_markup", "reply markup")
    rows = markup.get("keyboard") or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    return [_button(button) for row in rows for button in row]


def _button(button: Any) -> str:
    text = button.get("text") if isinstance(button, dict) else button
    if not isinstance(text, str) or not text:
        raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object with a text")
    return text


def _pay(telegram: Telegram, bot: Bot, chat: Private | Channel) -> None:
    """Spend a token of the bot's and of the chat's. Raises ApiError 429; the penalty lengthens while it is ignored."""
    now = telegram.clock.now_ms()
    if isinstance(chat, Private) and (told := chat.penalty.meet(now)):
        raise too_many(told)
    if wait := bot.bucket.wait_seconds(now):
        raise too_many(bot.penalty.begin(math.ceil(wait), now))
    if isinstance(chat, Private) and (wait := chat.bucket.wait_seconds(now)):
        raise too_many(chat.penalty.begin(math.ceil(wait), now))


async def send_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = chat_of(telegram, bot, params)
    text, entities = _text(telegram, params)
    keyboard = _keyboard(params)
    preview = nested_object(params, "link_preview_options", "link preview options")
    may_write(bot, chat)
    reply = _replied_to(params, chat)
    _pay(telegram, bot, chat)
    chat.last_id += 1
    shown: Json = {"message_id": chat.last_id}
    if isinstance(chat, Channel):
        shown["sender_chat"] = chat.as_json()
    else:
        shown["from"] = bot.as_json()
    shown |= {"chat": chat.as_json(), "date": telegram.clock.now()}
    if reply:
        shown["reply_to_message"] = {k: v for k, v in reply.json.items() if k != "reply_to_message"}
    shown["text"] = text
    if entities:
        shown["entities"] = entities
    if chosen := {name: preview[name] for name in PREVIEW if preview.get(name)}:
        shown["link_preview_options"] = chosen
    telegram.put(bot, chat, Message(shown, telegram.clock.now_ms(), bot.id, text, entities, keyboard))
    return shown, None


def _replied_to(params: Json, chat: Private | Channel) -> Message | None:
    reply = nested_object(params, "reply_parameters", "reply parameters")
    if not reply:
        return None
    message = chat.messages.get(integer(reply, "message_id"))
    if message is None or message.deleted:
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    return message


def _message(params: Json, chat: Private | Channel, missing: str) -> Message:
    number = integer(params, "message_id")
    if not number:
        raise bad("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad(missing)
    return message


async def edit_message_text(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = chat_of(telegram, bot, params)
    text, entities = _text(telegram, params)
    message = _message(params, chat, "message to edit not found")
    may_write(bot, chat)
    if message.bot_id != bot.id:
        raise bad("message can't be edited")
    if (text, entities) == (message.text, message.entities):
        raise bad(NOT_MODIFIED)
    _pay(telegram, bot, chat)
    message.text, message.entities = text, entities
    message.json = {**message.json, "edit_date": telegram.clock.now(), "text": text, "entities": entities}
    if not entities:
        del message.json["entities"]
    telegram.refresh(bot, chat, message)
    return message.json, None


async def delete_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = chat_of(telegram, bot, params)
    message = _message(params, chat, "message to delete not found")
    may_write(bot, chat)
    if telegram.clock.now_ms() - message.sent_ms > DELETE_MS:
        everyone = " for everyone" if isinstance(chat, Private) else ""
        raise bad(f"message can't be deleted{everyone}")
    _pay(telegram, bot, chat)
    message.deleted = True
    telegram.refresh(bot, chat, message)
    return True, None
