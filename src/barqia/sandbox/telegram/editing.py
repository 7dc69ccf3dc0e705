"""Messages edited, deleted, reacted to."""

from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Message, Room, Shared
from barqia.sandbox.telegram.errors import ApiError, bad
from barqia.sandbox.telegram.keyboards import inline_only
from barqia.sandbox.telegram.params import chat_of, integer, nested, nested_object, reach, string
from barqia.sandbox.telegram.people import set_reaction
from barqia.sandbox.telegram.rates import pay
from barqia.sandbox.telegram.sending import media_json, preview_of, shown_how
from barqia.sandbox.telegram.wording import caption_of, check_caption, check_text, text_of
from barqia.sandbox.telegram.world import Result, Telegram

DELETE_MS = 48 * 3600 * 1000
MOST_AT_ONCE = 100
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
TEXT = frozenset({"text", "entities", "link_preview_options"})
CAPTION = frozenset({"caption", "caption_entities", "show_caption_above_media"})
MEDIA = CAPTION | {"photo", "document", "has_media_spoiler"}
# what makes two contents the same: what a person sees
SEEN = (MEDIA | TEXT | {"reply_markup"}) - {"photo", "document"}

# every one a bot may give
REACTIONS = frozenset({
    "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮", "💩",
    "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤‍🔥", "🌚", "🌭", "💯", "🤣", "⚡", "🍌", "🏆",
    "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👨‍💻", "👀", "🎃", "🙈",
    "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿", "🆒", "💘", "🙉", "🦄",
    "😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡",
})  # fmt: skip


def _message(room: Room, params: Json, called: str) -> Message:
    number = integer(params, "message_id")
    if not number:
        raise bad("message identifier is not specified")
    message = room.messages.get(number)
    if message is None or message.deleted:
        raise bad(f"message to {called} not found")
    return message


def _to_edit(telegram: Telegram, bot: Bot, params: Json) -> tuple[Room, Message]:
    """The message, where this bot may edit it. Raises ApiError."""
    if string(params, "inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    room = chat_of(telegram, bot, params, write=True)
    message = _message(room, params, "edit")
    if message.service or "forward_origin" in message.json:
        raise bad("message can't be edited")
    if isinstance(room, Shared) and room.channel:
        right = "can_post_messages" if message.author == bot.id else "can_edit_messages"
        if bot.id not in room.admins:
            raise bad("need administrator rights in the channel chat")
        if not (room.may(bot.id, right) or room.may(bot.id, "can_edit_messages")):
            raise bad("message can't be edited")
    elif message.author != bot.id:
        raise bad("message can't be edited")
    return room, message


def _edit(telegram: Telegram, bot: Bot, room: Room, message: Message, change: Json) -> Result:
    """`change` is all of the message that differs: what is None goes. Raises ApiError where nothing does."""
    json = {name: value for name, value in {**message.json, **change}.items() if value is not None}
    if _seen(json) == _seen(message.json):
        raise bad(NOT_MODIFIED)
    reach(room)
    pay(telegram, bot, room)
    markup = json.pop("reply_markup", None)
    json["edit_date"] = telegram.clock.now()
    message.json = json | ({"reply_markup": markup} if markup else {})
    telegram.screens.refresh(bot, room, message)
    if isinstance(room, Shared) and room.channel:
        for other in telegram.bots_in(room, but=bot.id):
            telegram.tell(other, "edited_channel_post", message.json, room.id)
    return message.json, None


def _seen(json: Json) -> Json:
    files = [size["file_unique_id"] for size in (*json.get("photo", ()), json.get("document") or {}) if size]
    return {name: json[name] for name in SEEN if json.get(name)} | {"files": files}


def _without(names: frozenset[str]) -> Json:
    return dict.fromkeys(names)


async def edit_message_text(telegram: Telegram, bot: Bot, params: Json) -> Result:
    words = text_of(params)
    preview = preview_of(params)
    markup = inline_only(params)
    room, message = _to_edit(telegram, bot, params)
    if "text" not in message.json:
        raise bad("there is no text in the message to edit")
    check_text(words)
    change = _without(TEXT) | words.fields(telegram) | preview | {"reply_markup": markup or None}
    return _edit(telegram, bot, room, message, change)


async def edit_message_caption(telegram: Telegram, bot: Bot, params: Json) -> Result:
    words = caption_of(params)
    markup = inline_only(params)
    room, message = _to_edit(telegram, bot, params)
    if "text" in message.json:
        raise bad("there is no caption in the message to edit")
    check_caption(words)
    shown = words.fields(telegram, caption=True) if words.text else {}
    above = {name: value for name, value in shown_how(params).items() if name in CAPTION}
    return _edit(telegram, bot, room, message, _without(CAPTION) | shown | above | {"reply_markup": markup or None})


async def edit_message_media(telegram: Telegram, bot: Bot, params: Json) -> Result:
    item = nested_object(params, "media", "InputMedia")
    if not item:
        raise bad("can't parse InputMedia: media not found")
    words = caption_of(item)
    markup = inline_only(params)
    room, message = _to_edit(telegram, bot, params)
    if "media_group_id" in message.json and item.get("type") not in {"photo", "video"} and "photo" in message.json:
        raise bad("message can't be edited")
    check_caption(words)
    content, file = await media_json(telegram, params, item)
    shown = words.fields(telegram, caption=True) if words.text else {}
    change = _without(MEDIA | TEXT) | content | shown | shown_how(item) | {"reply_markup": markup or None}
    old, message.file = message.file, file.key
    try:
        return _edit(telegram, bot, room, message, change)
    except ApiError:
        message.file = old
        raise


async def edit_message_reply_markup(telegram: Telegram, bot: Bot, params: Json) -> Result:
    markup = inline_only(params)
    room, message = _to_edit(telegram, bot, params)
    return _edit(telegram, bot, room, message, {"reply_markup": markup or None})


async def delete_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    room = chat_of(telegram, bot, params, write=True)
    message = _message(room, params, "delete")
    if not _deletable(telegram, bot, room, message):
        everyone = " for everyone" if _basic(room) and _late(telegram, message) else ""
        raise bad(f"message can't be deleted{everyone}")
    reach(room)
    pay(telegram, bot, room)
    message.deleted = True
    telegram.screens.refresh(bot, room, message)
    return True, None


def _basic(room: Room) -> bool:
    return not isinstance(room, Shared) or room.kind == "group"


def _late(telegram: Telegram, message: Message) -> bool:
    return telegram.clock.now_ms() - message.sent_ms > DELETE_MS


def _deletable(telegram: Telegram, bot: Bot, room: Room, message: Message) -> bool:
    """What people wrote in shared chats is deleted by administrators who have that right."""
    if _late(telegram, message):
        return False
    if not isinstance(room, Shared):
        return True
    if message.author == bot.id and (not room.channel or room.may(bot.id, "can_post_messages")):
        return True
    return room.may(bot.id, "can_delete_messages")


async def delete_messages(telegram: Telegram, bot: Bot, params: Json) -> Result:
    """Those that are not there are skipped, those that may not be deleted stay."""
    numbers = nested(params, "message_ids")
    if not isinstance(numbers, list) or not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > MOST_AT_ONCE:
        raise bad("too many message identifiers specified")
    room = chat_of(telegram, bot, params, write=True)
    found = [room.messages.get(integer({"id": number}, "id")) for number in numbers]
    there = [message for message in found if message and not message.deleted]
    if there and not any(_deletable(telegram, bot, room, message) for message in there):
        raise bad(f"message can't be deleted{' for everyone' if _basic(room) else ''}")
    reach(room)
    pay(telegram, bot, room)
    for message in there:
        if _deletable(telegram, bot, room, message):
            message.deleted = True
            telegram.screens.refresh(bot, room, message)
    return True, None


async def set_message_reaction(telegram: Telegram, bot: Bot, params: Json) -> Result:
    given = nested(params, "reaction") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise bad("can't parse reaction types JSON object")
    room = chat_of(telegram, bot, params, write=True)
    number = integer(params, "message_id")
    message = room.messages.get(number)
    if message is None or message.deleted:
        raise bad("message to react not found")
    emojis = [str(one.get("emoji", "")) for one in given]
    if len(emojis) > 1 or any(emoji not in REACTIONS for emoji in emojis):
        raise bad("REACTION_INVALID")
    reach(room)
    pay(telegram, bot, room)
    set_reaction(message, bot.id, emojis[0] if emojis else "")
    telegram.screens.refresh(bot, room, message)
    return True, None
