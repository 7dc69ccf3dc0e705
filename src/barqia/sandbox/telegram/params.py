"""A method's parameters, as the Bot API reads them: objects or JSON text, numbers or digits, words for true."""

from typing import Any

from barqia.sandbox.given import BrokenText, load
from barqia.sandbox.telegram.errors import bad, forbidden
from barqia.sandbox.telegram.world import Bot, Channel, Json, Private, Telegram

TRUE = frozenset({"true", "yes", "1"})


def nested(params: Json, name: str) -> Any:
    """A parameter that is JSON: an object in a JSON body, text in a form."""
    value = params.get(name)
    if isinstance(value, str) and value:
        try:
            return load(value)
        except BrokenText:
            raise
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
    return value


def nested_object(params: Json, name: str, called: str) -> Json:
    """A nested object, empty where none was given."""
    value = nested(params, name)
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise bad(f"object expected as {called}")
    return value


def integer(params: Json, name: str, default: int = 0) -> int:
    try:
        return int(params.get(name, default))
    except (TypeError, ValueError, OverflowError):
        return default


def boolean(params: Json, name: str) -> bool:
    return str(params.get(name)).lower() in TRUE


def chat_of(telegram: Telegram, bot: Bot, params: Json) -> Private | Channel:
    value = params.get("chat_id")
    if value in (None, ""):
        raise bad("chat_id is empty")
    if isinstance(value, str) and value.startswith("@"):
        named = telegram.channel_named(value)
        if named is None:
            raise bad("chat not found")
        return named
    chat_id = integer(params, "chat_id")
    if chat_id in telegram.channels:
        return telegram.channels[chat_id]
    phone = telegram.phones.by_telegram.get(chat_id)
    if phone is None:
        raise bad("chat not found")
    return telegram.private(bot, phone)


def may_write(bot: Bot, chat: Private | Channel) -> None:
    if isinstance(chat, Channel):
        if bot.id in chat.kicked:
            raise forbidden("bot was kicked from the channel chat")
        if bot.id not in chat.admins:
            raise forbidden("bot is not a member of the channel chat")
        return
    if chat.gone:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
