"""What a bot says about itself: its name, descriptions and commands, by language and by who asks."""

import re
from collections.abc import Awaitable, Callable

from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Shared
from barqia.sandbox.telegram.errors import Unparsed, bad
from barqia.sandbox.telegram.params import an_object, chat_of, integer, nested, nested_object, string, text_field
from barqia.sandbox.telegram.world import Result, Telegram

Method = Callable[[Telegram, Bot, Json], Awaitable[Result]]
MOST_COMMANDS, COMMAND, DESCRIPTION = 100, 32, 256
COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"(?:[a-z]{2})?")
EVERYWHERE = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
IN_A_CHAT = ("chat", "chat_administrators", "chat_member")
# what a method sets or tells: the field, the most characters, the error beyond
SAYS = {
    "name": (64, "BOT_TITLE_INVALID"),
    "description": (512, "BOT_DESCRIPTION_INVALID"),
    "short_description": (120, "BOT_ABOUT_INVALID"),
}


async def get_me(_telegram: Telegram, bot: Bot, _params: Json) -> Result:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": not bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }
    return {**bot.as_json(), **abilities}, None


def _language(params: Json) -> str:
    language = string(params, "language_code")
    if not LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _setter(field: str) -> Method:
    most, code = SAYS[field]

    async def set_it(_telegram: Telegram, bot: Bot, params: Json) -> Result:
        language, words = _language(params), string(params, field).strip()
        if len(words) > most:
            raise bad(code)
        if words:
            bot.says[field, language] = words
        else:
            bot.says.pop((field, language), None)
        return True, None

    return set_it


def _getter(field: str) -> Method:
    async def tell_it(_telegram: Telegram, bot: Bot, params: Json) -> Result:
        words = bot.says.get((field, _language(params)), "")
        return {field: words or (said(bot, "name", "") if field == "name" else "")}, None

    return tell_it


def said(bot: Bot, field: str, language: str) -> str:
    """What a person with this language reads."""
    words = bot.says.get((field, language)) or bot.says.get((field, ""), "")
    return words or (bot.name if field == "name" else "")


set_my_name, get_my_name = _setter("name"), _getter("name")
set_my_description, get_my_description = _setter("description"), _getter("description")
set_my_short_description, get_my_short_description = _setter("short_description"), _getter("short_description")


def _scope(telegram: Telegram, bot: Bot, params: Json) -> str:
    """The scope as a key. Raises ApiError."""
    given = nested_object(params, "scope", "BotCommandScope")
    kind = str(given.get("type", "default")).lower() if given else "default"
    if kind in EVERYWHERE:
        return kind
    if kind not in IN_A_CHAT:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    room = chat_of(telegram, bot, given)
    if isinstance(room, Shared) and room.channel:
        raise bad("can't change commands in channel chats")
    if not isinstance(room, Shared) and kind != "chat":
        raise bad("can't use specified scope in private chats")
    user = integer(given, "user_id", high=2**63) if kind == "chat_member" else 0
    return f"{kind} {room.id} {user}"


async def set_my_commands(telegram: Telegram, bot: Bot, params: Json) -> Result:
    given = nested(params, "commands")
    if not isinstance(given, list):
        raise bad("expected an Array of BotCommand")
    commands = [_command(command) for command in given]
    scope, language = _scope(telegram, bot, params), _language(params)
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    if any(not COMMAND_NAME.fullmatch(command["command"]) for command in commands):
        raise bad("BOT_COMMAND_INVALID")
    if any(not command["description"] for command in commands):
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    bot.commands[scope, language] = commands
    return True, None


def _command(given: object) -> Json:
    try:
        command = an_object(given, "expected an Object")
        name, description = text_field(command, "command").strip(), text_field(command, "description").strip()
    except Unparsed as error:
        raise bad(f"can't parse BotCommand: {error}") from None
    if len(name) > COMMAND:
        raise bad("command length must not exceed 32")
    if len(description) > DESCRIPTION:
        raise bad("command description length must not exceed 256")
    return {"command": name.removeprefix("/"), "description": description}


async def get_my_commands(telegram: Telegram, bot: Bot, params: Json) -> Result:
    return bot.commands.get((_scope(telegram, bot, params), _language(params)), []), None


async def delete_my_commands(telegram: Telegram, bot: Bot, params: Json) -> Result:
    bot.commands.pop((_scope(telegram, bot, params), _language(params)), None)
    return True, None


def menu(bot: Bot, language: str) -> list[Json]:
    """The commands a person sees in a chat with the bot."""
    for scope in ("all_private_chats", "default"):
        for asked in (language, ""):
            if commands := bot.commands.get((scope, asked)):
                return commands
    return []


async def log_out(_telegram: Telegram, bot: Bot, _params: Json) -> Result:
    """The bot moves to another server: here every call is refused from now on."""
    bot.logged_out = True
    return True, None


async def close(_telegram: Telegram, _bot: Bot, _params: Json) -> Result:
    return True, None
