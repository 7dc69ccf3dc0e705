"""What a bot asks about chats and who is in them, and the small signs it gives there."""

from barqia.sandbox.telegram import members
from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Private, Shared, member_json
from barqia.sandbox.telegram.errors import bad
from barqia.sandbox.telegram.params import boolean, chat_of, integer, may_post, reach, string
from barqia.sandbox.telegram.world import Result, Telegram

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note", "cancel",
})  # fmt: skip
ANSWER_CHARACTERS = 200


async def get_chat(telegram: Telegram, bot: Bot, params: Json) -> Result:
    room = chat_of(telegram, bot, params)
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(GIFTS, False)}
    return {**room.as_json(), **more}, None


async def get_chat_member(telegram: Telegram, bot: Bot, params: Json) -> Result:
    room = chat_of(telegram, bot, params)
    user_id = integer(params, "user_id", high=2**63)
    user = telegram.user(user_id)
    if user is None:
        raise bad("invalid user_id specified" if not user_id else "user not found")
    if isinstance(room, Shared):
        return member_json(room, user), None
    status = _status_in_private(room, bot, user_id)
    return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}, None


def _status_in_private(chat: Private, bot: Bot, user_id: int) -> str:
    if user_id == bot.id:
        return "kicked" if chat.blocked else "member"
    return "member" if user_id == chat.phone.telegram_id else "left"


async def get_chat_administrators(telegram: Telegram, bot: Bot, params: Json) -> Result:
    room = chat_of(telegram, bot, params)
    if not isinstance(room, Shared):
        raise bad("there are no administrators in the private chat")
    users = [telegram.user(user_id) for user_id in (*filter(None, [room.owner]), *room.admins)]
    # other bots are left out, as the Bot API leaves them out
    return [member_json(room, user) for user in users if user and (not user["is_bot"] or user["id"] == bot.id)], None


async def get_chat_member_count(telegram: Telegram, bot: Bot, params: Json) -> Result:
    room = chat_of(telegram, bot, params)
    if not isinstance(room, Shared):
        return 2, None
    return len({*room.members, *room.bots, *filter(None, [room.owner])}), None


async def leave_chat(telegram: Telegram, bot: Bot, params: Json) -> Result:
    room = chat_of(telegram, bot, params, write=True)
    if not isinstance(room, Shared):
        raise bad("chat member status can't be changed in private chats")
    members.leave(telegram, room, bot)
    return True, None


async def send_chat_action(telegram: Telegram, bot: Bot, params: Json) -> Result:
    action = string(params, "action").lower()
    room = chat_of(telegram, bot, params, write=True)
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    may_post(room, bot)
    reach(room)
    if action != "cancel":
        telegram.screens.typing(bot, room, telegram.clock.now_ms())
    return True, None


async def answer_callback_query(telegram: Telegram, bot: Bot, params: Json) -> Result:
    query = telegram.query(string(params, "callback_query_id"))
    if query is None or query.bot is not bot:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text, url = string(params, "text"), string(params, "url")
    if len(text) > ANSWER_CHARACTERS:
        raise bad("MESSAGE_TOO_LONG")
    if url and not url.lower().startswith((f"https://t.me/{bot.username.lower()}?", f"t.me/{bot.username.lower()}?")):
        raise bad("URL_INVALID")
    telegram.screens.notice(
        query.phone, query.screen, {"text": text, "alert": boolean(params, "show_alert"), "url": url}
    )
    return True, None
