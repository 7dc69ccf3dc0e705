"""The Bot API's methods by name, and what a bot asks about itself and its chats."""

from collections.abc import Awaitable, Callable

from barqia.sandbox.telegram.errors import bad
from barqia.sandbox.telegram.messages import delete_message, edit_message_text, send_message
from barqia.sandbox.telegram.params import chat_of, integer, nested
from barqia.sandbox.telegram.updates import delete_webhook, get_updates, get_webhook_info, set_webhook
from barqia.sandbox.telegram.world import Bot, Channel, Json, Private, Result, Telegram

Method = Callable[[Telegram, Bot, Json], Awaitable[Result]]
MOST_COMMANDS = 100
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_send_welcome_messages", "can_post_messages", "can_edit_messages",
)  # fmt: skip
GIVEN = frozenset({"can_manage_chat", "can_delete_messages", "can_post_messages", "can_edit_messages"})


async def get_me(_telegram: Telegram, bot: Bot, _params: Json) -> Result:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }
    return {**bot.as_json(), **abilities}, None


async def get_chat(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = chat_of(telegram, bot, params)
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(GIFTS, False)}
    return {**chat.as_json(), **more}, None


async def get_chat_member(telegram: Telegram, bot: Bot, params: Json) -> Result:
    chat = chat_of(telegram, bot, params)
    user_id = integer(params, "user_id")
    user = telegram.user(user_id)
    if user is None:
        raise bad("invalid user_id specified" if not user_id else "user not found")
    status = _status_in_channel(chat, user_id) if isinstance(chat, Channel) else _status_in_private(chat, bot, user_id)
    member: Json = {"user": user, "status": status}
    if status == "administrator":
        member |= {right: right in GIVEN for right in RIGHTS}
    elif status == "creator":
        member["is_anonymous"] = False
    elif status == "kicked":
        member["until_date"] = 0
    return member, None


def _status_in_channel(chat: Channel, user_id: int) -> str:
    if user_id == chat.owner:
        return "creator"
    if user_id in chat.admins:
        return "administrator"
    if user_id in chat.kicked:
        return "kicked"
    return "member" if any(phone.telegram_id == user_id for phone in chat.members) else "left"


def _status_in_private(chat: Private, bot: Bot, user_id: int) -> str:
    if user_id == bot.id:
        return "kicked" if chat.blocked else "member"
    return "member" if user_id == chat.phone.telegram_id else "left"


async def set_my_commands(_telegram: Telegram, bot: Bot, params: Json) -> Result:
    commands = nested(params, "commands")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict):
            raise bad("can't parse BotCommand: expected an Object")
        name, description = command.get("command"), command.get("description")
        if not isinstance(name, str) or not isinstance(description, str):
            raise bad("can't parse BotCommand: command and description must be of type String")
        if len(name) > 32:
            raise bad("command length must not exceed 32")
        if len(description) > 256:
            raise bad("command description length must not exceed 256")
    bot.commands = commands
    return True, None


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
