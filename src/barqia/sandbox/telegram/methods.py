"""The Bot API's methods, each a function of the bot and its parameters."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from barqia.sandbox.telegram.errors import bad, conflict, forbidden, too_many
from barqia.sandbox.telegram.markup import Entity, as_json, automatic, clean, parse_html
from barqia.sandbox.telegram.world import DEFAULT_UPDATES, Bot, Channel, Json, Message, Private, Telegram, Webhook

TEXT_LIMIT, RAW_LIMIT = 4096, 32_768
DELETE_MS = 48 * 3600 * 1000
LONGEST_POLL = 50
SECRET = re.compile(r"[A-Za-z0-9_-]*")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
Result = tuple[Any, str | None]
Method = Callable[[Telegram, Bot, Json], Awaitable[Result]]


def nested(params: Json, name: str) -> Any:
    """A parameter that is JSON: an object in a JSON body, text in a form."""
    value = params.get(name)
    if isinstance(value, str) and value:
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
    return value


def integer(params: Json, name: str, default: int = 0) -> int:
    try:
        return int(params.get(name, default))
    except (TypeError, ValueError):
        return default


async def get_me(_telegram: Telegram, bot: Bot, _params: Json) -> Result:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }
    return {**bot.as_json(), **abilities}, None


def _chat(telegram: Telegram, bot: Bot, params: Json) -> Private | Channel:
    value = params.get("chat_id")
    if value in (None, ""):
        raise bad("chat_id is empty")
    if isinstance(value, str) and value.startswith("@"):
        named = telegram.channel_named(value)
        if named is None:
            raise bad("chat not found")
        return named
    try:
        chat_id = int(value)
    except (TypeError, ValueError):
        raise bad("chat not found") from None
    if chat_id in telegram.channels:
        return telegram.channels[chat_id]
    phone = telegram.phones.by_telegram.get(chat_id)
    if phone is None:
        raise bad("chat not found")
    return telegram.private(bot, phone)


def _may_write(bot: Bot, chat: Private | Channel) -> None:
    if isinstance(chat, Channel):
        if bot.id not in chat.admins:
            raise forbidden("bot is not a member of the channel chat")
        return
    if chat.gone:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")


def _text(params: Json) -> tuple[str, list[Json]]:
    """The text as it will stand, with its entities."""
    raw = params.get("text")
    if not raw:
        raise bad("message text is empty")
    raw = str(raw)
    if len(raw.encode("utf-8", "replace")) > RAW_LIMIT:
        raise bad("text is too long")
    mode = str(params.get("parse_mode") or "none").lower()
    if mode not in {"html", "none"}:
        raise bad("unsupported parse_mode")
    text, entities = parse_html(raw) if mode == "html" else (raw, _given(nested(params, "entities"), raw))
    text, entities = clean(text, entities)
    if not text.strip():
        raise bad("text must be non-empty")
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return text, as_json(text, [*entities, *automatic(text, entities)])


def _given(rows: Any, text: str) -> list[Entity]:
    """Entities given as JSON, from UTF-16 offsets to code points."""
    if not rows:
        return []
    at = {}
    units = 0
    for position, character in enumerate(text):
        at[units] = position
        units += 2 if character > "\uffff" else 1
    at[units] = len(text)
    end = len(text)
    return [
        Entity(r["type"], at.get(r["offset"], end), at.get(r["offset"] + r["length"], end), r.get("url", ""))
        for r in rows
    ]


def _keyboard(params: Json) -> list[str]:
    markup = nested(params, "reply_markup")
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    rows = markup.get("keyboard") or []
    return [button["text"] if isinstance(button, dict) else str(button) for row in rows for button in row]


def _pay(telegram: Telegram, bot: Bot, chat: Private | Channel) -> None:
    """Spend a token of the bot's and of the chat's."""
    now = telegram.clock.now_ms()
    wait = bot.bucket.wait_seconds(now)
    if not wait and isinstance(chat, Private):
        wait = chat.bucket.wait_seconds(now)
    if wait:
        raise too_many(int(wait) + 1)


async def send_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = _chat(telegram, bot, params)
    text, entities = _text(params)
    keyboard = _keyboard(params)
    _may_write(bot, chat)
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
    preview = nested(params, "link_preview_options")
    if preview and preview.get("is_disabled"):
        shown["link_preview_options"] = {"is_disabled": True}
    message = Message(shown, telegram.clock.now_ms(), bot.id, text, entities, keyboard)
    telegram.put(bot, chat, message)
    return shown, None


def _replied_to(params: Json, chat: Private | Channel) -> Message | None:
    reply = nested(params, "reply_parameters")
    if not reply:
        return None
    message = chat.messages.get(int(reply.get("message_id", 0)))
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
    chat = _chat(telegram, bot, params)
    text, entities = _text(params)
    message = _message(params, chat, "message to edit not found")
    _may_write(bot, chat)
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
    chat = _chat(telegram, bot, params)
    message = _message(params, chat, "message to delete not found")
    _may_write(bot, chat)
    if telegram.clock.now_ms() - message.sent_ms > DELETE_MS:
        everyone = " for everyone" if isinstance(chat, Private) else ""
        raise bad(f"message can't be deleted{everyone}")
    _pay(telegram, bot, chat)
    message.deleted = True
    telegram.refresh(bot, chat, message)
    return True, None


async def get_chat(telegram: Telegram, bot: Bot, params: Json) -> Result:
    return {**_chat(telegram, bot, params).as_json(), "accent_color_id": 0, "max_reaction_count": 11}, None


async def get_chat_member(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = _chat(telegram, bot, params)
    admin = isinstance(chat, Channel) and bot.id in chat.admins
    return {"user": bot.as_json(), "status": "administrator" if admin else "left"}, None


async def set_my_commands(_telegram: Telegram, bot: Bot, params: Json) -> Result:
    commands = nested(params, "commands")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    for command in commands:
        if len(command.get("command", "")) > 32:
            raise bad("command length must not exceed 32")
        if len(command.get("description", "")) > 256:
            raise bad("command description length must not exceed 256")
    bot.commands = commands
    return True, None


async def set_webhook(_telegram: Telegram, bot: Bot, params: Json) -> Result:
    url = str(params.get("url") or "")
    if not url:
        return await delete_webhook(_telegram, bot, params)
    secret = str(params.get("secret_token") or "")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if not url.startswith(("http://", "https://")):
        raise bad("invalid webhook URL specified")
    _remember_allowed(bot, params)
    same = bot.webhook is not None and (bot.webhook.url, bot.webhook.secret) == (url, secret)
    if not same:
        bot.webhook = Webhook(url, secret, integer(params, "max_connections", 40))
        bot.arrived.set()
    return True, "Webhook is already set" if same else "Webhook was set"


async def delete_webhook(_telegram: Telegram, bot: Bot, params: Json) -> Result:
    if str(params.get("drop_pending_updates")).lower() in {"true", "1", "yes"}:
        bot.updates.clear()
    was_set = bot.webhook is not None
    bot.webhook = None
    return True, "Webhook was deleted" if was_set else "Webhook is already deleted"


async def get_webhook_info(_telegram: Telegram, bot: Bot, _params: Json) -> Result:
    hook = bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if bot.allowed != DEFAULT_UPDATES:
        info["allowed_updates"] = list(bot.allowed)
    return info, None


def _remember_allowed(bot: Bot, params: Json) -> None:
    allowed = nested(params, "allowed_updates")
    if allowed is not None:
        bot.allowed = tuple(allowed) or DEFAULT_UPDATES


async def get_updates(telegram: Telegram, bot: Bot, params: Json) -> Result:
    if bot.webhook:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _remember_allowed(bot, params)
    offset = integer(params, "offset")
    confirmed = [u for u in bot.updates if u["update_id"] < offset] if offset > 0 else bot.updates[:offset] or []
    bot.updates = [update for update in bot.updates if update not in confirmed]
    telegram.confirmed(bot, confirmed)
    bot.polling += 1
    mine = bot.polling
    bot.arrived.set()
    limit = min(100, max(1, integer(params, "limit", 100)))
    try:
        async with asyncio.timeout(min(LONGEST_POLL, max(0, integer(params, "timeout")))):
            while not bot.updates:
                bot.arrived.clear()
                await bot.arrived.wait()
                if bot.polling != mine:
                    raise conflict(
                        "terminated by other getUpdates request; make sure that only one bot instance is running"
                    )
                if bot.webhook:
                    raise conflict("terminated by setWebhook request")
    except TimeoutError:
        return [], None
    return bot.updates[:limit], None


METHODS: dict[str, Method] = {
    "getme": get_me,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "deletemessage": delete_message,
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "setmycommands": set_my_commands,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "getupdates": get_updates,
}
