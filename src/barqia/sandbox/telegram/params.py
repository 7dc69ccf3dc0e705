"""A method's parameters, as the Bot API reads them: objects or JSON text, numbers or digits, words for true."""

import math
from typing import Any

from barqia.sandbox.given import BrokenText, load
from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Private, Room, Shared
from barqia.sandbox.telegram.errors import ApiError, Unparsed, bad, forbidden
from barqia.sandbox.telegram.world import Telegram

TRUE = frozenset({"true", "yes", "1"})
LONGEST_ID = 1 << 40
MOST = 2**31 - 1


def nested(params: Json, name: str) -> Any:
    """A parameter that is JSON: an object in a JSON body, text in a form."""
    value = params.get(name)
    if isinstance(value, str) and value:
        try:
            return load(value)
        except BrokenText:
            raise
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
    return value


def nested_object(params: Json, name: str, called: str) -> Json:
    """A nested object, empty where none was given."""
    value = nested(params, name)
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise bad(f"object expected as {called}")
    return value


def integer(params: Json, name: str, default: int = 0, *, low: int = -MOST - 1, high: int = MOST) -> int:
    """A number or digits, clamped; the default where it is neither."""
    value = params.get(name, default)
    if isinstance(value, float) and not math.isfinite(value):
        return default
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return default
    return max(low, min(high, number))


def boolean(params: Json, name: str) -> bool:
    return str(params.get(name)).lower() in TRUE


def string(params: Json, name: str) -> str:
    """Text; a number stands for its digits, and anything else for nothing."""
    value = params.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def an_object(value: Any, called: str) -> Json:
    """Raises Unparsed."""
    if not isinstance(value, dict):
        raise Unparsed(called)
    return value


def text_field(given: Json, name: str) -> str:
    """A required string of a nested object. Raises Unparsed."""
    value = given.get(name)
    if value is None:
        raise Unparsed(f'Can\'t find field "{name}"')
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Unparsed(f'Field "{name}" must be of type String')
    return str(value)


def chat_of(telegram: Telegram, bot: Bot, params: Json, name: str = "chat_id", *, write: bool = False) -> Room:
    """The chat that is meant, where the bot may read there, or `write`. Raises ApiError 400, 403."""
    value = string(params, name)
    if not value:
        raise bad(f"{name} is empty")
    if value.startswith("@"):
        room = telegram.shared_named(value) if not value[1:].lstrip("-").isdecimal() else None
        if room is None:
            raise _no_bot(telegram, value)
    else:
        number = integer(params, name, low=-(2**63), high=2**63 - 1)
        if number > 0:
            return _private(telegram, bot, number, tried=boolean(params, "allow_paid_broadcast"))
        room = telegram.shared.get(number)
    if room is None:
        raise bad("chat not found")
    _may_enter(room, bot, write=write)
    return room


def _no_bot(telegram: Telegram, name: str) -> ApiError:
    if telegram.bot_named(name):
        return forbidden("the bot can't send messages to the bot")
    return bad("chat not found")


def _private(telegram: Telegram, bot: Bot, number: int, *, tried: bool) -> Private:
    """With `tried`, a person nobody here has met is asked for at the server."""
    if telegram.bot_with_id(number):
        raise forbidden("the bot can't send messages to the bot")
    phone = telegram.phones.by_telegram.get(number)
    if phone is None or not ((tried and number < LONGEST_ID) or telegram.knows(bot, phone)):
        raise bad("chat not found")
    return telegram.private(bot, phone)


def _may_enter(room: Shared, bot: Bot, *, write: bool) -> None:
    if room.moved_to and write:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=room.moved_to)
    if room.deleted:
        raise forbidden("the group chat was deleted")
    if bot.id in room.kicked:
        raise forbidden(f"bot was kicked from the {room.kind} chat")
    if room.username and not write:
        return
    if bot.id not in room.bots:
        raise forbidden(f"bot is not a member of the {room.kind} chat")


def reach(room: Room) -> None:
    """Whether a message gets to the person. Raises ApiError 403."""
    if isinstance(room, Shared):
        return
    if room.gone:
        raise forbidden("user is deactivated")
    if room.blocked:
        raise forbidden("bot was blocked by the user")
    if not room.started:
        raise forbidden("bot can't initiate conversation with a user")


SENDS = {"can_send_messages": "send text messages", "can_send_photos": "send photos"}


def may_post(room: Room, bot: Bot, right: str = "can_send_messages") -> None:
    """Whether the bot may put something into a shared chat. Raises ApiError 400."""
    if not isinstance(room, Shared):
        return
    if room.channel and not room.may(bot.id, "can_post_messages"):
        raise bad("need administrator rights in the channel chat")
    if not room.channel and not room.may(bot.id, right):
        if not room.allowed:
            raise bad("have no write access to the chat")
        raise bad(f"not enough rights to {SENDS.get(right, 'send documents')} to the chat")
