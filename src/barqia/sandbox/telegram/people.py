"""What people do: write, tap, react, block, join."""

import secrets
from typing import Any

from barqia.sandbox.phones import Phone
from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Message, Room, Shared, keep
from barqia.sandbox.telegram.entities import as_json
from barqia.sandbox.telegram.files import Upload, document_json, photo_json
from barqia.sandbox.telegram.links import automatic
from barqia.sandbox.telegram.members import tell_member
from barqia.sandbox.telegram.world import QUERY_LIFE_MS, Query, Telegram, person

KEPT_QUERIES = 10_000


class Refused(ValueError):
    """The app on the phone does not offer that."""


def write_to(telegram: Telegram, phone: Phone, bot: Bot, content: Json) -> Message:
    """A person writes to a bot; `content` is text, or a picture with its caption."""
    private = telegram.private(bot, phone)
    if private.blocked:
        block(telegram, phone, bot, blocked=False)
    private.started, private.gone = True, False
    message = _message(telegram, phone, private, content)
    message.json["from"] = person(phone)
    _appear(telegram, bot, private, message)
    screen = telegram.screens.chat(phone, bot, private)
    if screen.once:
        screen.rows, screen.once = (), False
    telegram.tell(bot, "message", message.json, private.id)
    return message


def write_in(telegram: Telegram, phone: Phone, room: Shared, content: Json) -> Message:
    """A person writes in a group, or who may publishes in a channel."""
    if room.deleted or room.moved_to or not _may_write(room, phone):
        raise Refused("this person cannot write there")
    message = _message(telegram, phone, room, content)
    message.json |= {"sender_chat": room.as_json()} if room.channel else {"from": person(phone)}
    _appear(telegram, None, room, message)
    for bot in telegram.bots_in(room):
        if room.channel or hears(bot, room, message):
            telegram.tell(bot, "channel_post" if room.channel else "message", message.json, room.id)
    return message


def _may_write(room: Shared, phone: Phone) -> bool:
    return room.may(phone.telegram_id, "can_post_messages" if room.channel else "can_send_messages")


def hears(bot: Bot, room: Shared, message: Message) -> bool:
    """With privacy mode a bot hears commands that are for it, and answers to what it wrote."""
    if not bot.privacy or bot.id in room.admins:
        return True
    reply = message.json.get("reply_to_message") or {}
    if reply.get("from", {}).get("id") == bot.id:
        return True
    for entity in message.entities:
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            _, at, name = message.text[: entity["length"]].partition("@")
            return name.lower() == bot.username.lower() if at else room.last_bot in {0, bot.id}
    return False


def content_of(telegram: Telegram, about: Json, upload: Upload | None = None) -> Json:
    """What a person writes, as the fields of a Message; `reply_to` is added by whom it is written to."""
    text = str(about.get("text", ""))
    found = as_json(text, automatic(text, []), telegram.user)
    if upload is None:
        return {"text": text, **({"entities": found} if found else {})}
    file = telegram.files.add(upload)
    content: Json = {"photo": photo_json(file)} if file.width else {"document": document_json(file, upload.name)}
    if text:
        content |= {"caption": text, **({"caption_entities": found} if found else {})}
    return content | {"_file": file.key}


def _message(telegram: Telegram, phone: Phone, room: Room, content: Json) -> Message:
    content = dict(content)
    file, reply_to = content.pop("_file", ""), content.pop("reply_to", 0)
    room.last_id += 1
    json: Json = {"message_id": room.last_id, "chat": room.as_json(), "date": telegram.clock.now()}
    reply = room.messages.get(int(reply_to))
    if reply and not reply.deleted:
        json["reply_to_message"] = quoted(reply)
    return Message({**json, **content}, telegram.clock.now_ms(), phone.telegram_id, file=file)


def quoted(message: Message) -> Json:
    """The message as an answer to it carries it: without what it answered itself."""
    return {name: value for name, value in message.json.items() if name != "reply_to_message"}


def _appear(telegram: Telegram, bot: Bot | None, room: Room, message: Message) -> None:
    keep(room, message)
    for phone, screen in telegram.screens.of(bot, room):
        telegram.screens.show_on(phone, screen, message)
        if message.author == phone.telegram_id and (bubble := screen.find(str(message.number))):
            bubble.ticks = 1


def edit(telegram: Telegram, phone: Phone, bot: Bot | None, room: Room, change: tuple[int, str]) -> None:
    """A person changes the words of an own message. Raises Refused."""
    number, text = change
    message = room.messages.get(number)
    if message is None or message.deleted or message.author != phone.telegram_id:
        raise Refused("there is no message of this person's with that id")
    content = content_of(telegram, {"text": text})
    name = "edited_channel_post" if isinstance(room, Shared) and room.channel else "edited_message"
    message.json = {**message.json, "edit_date": telegram.clock.now(), **content}
    telegram.screens.refresh(bot, room, message)
    hearers = telegram.bots_in(room) if isinstance(room, Shared) else [bot]
    for hearer in hearers:
        assert hearer is not None
        telegram.tell(hearer, name, message.json, room.id)


def tap(telegram: Telegram, phone: Phone, bot: Bot | None, room: Room, button: tuple[int, str]) -> str:
    """A tap on an inline button with callback data. Returns the query's id. Raises Refused."""
    number, data = button
    message = room.messages.get(number)
    rows = message.json.get("reply_markup", {}).get("inline_keyboard", []) if message and not message.deleted else []
    if not any(button.get("callback_data") == data for row in rows for button in row):
        raise Refused("there is no such button")
    assert message is not None
    author = telegram.bot_with_id(message.author) if bot is None else bot
    assert author is not None
    query_id = str(secrets.randbits(63))
    telegram.queries[query_id] = Query(
        author, phone, telegram.screens.chat(phone, author, room), telegram.clock.now_ms()
    )
    if len(telegram.queries) > KEPT_QUERIES:
        del telegram.queries[next(iter(telegram.queries))]
    query = {"id": query_id, "from": person(phone), "message": message.json, "data": data}
    instance = str(-((room.id * 2_654_435_761 + author.id) % (1 << 62)))
    telegram.tell(author, "callback_query", {**query, "chat_instance": instance}, room.id, QUERY_LIFE_MS)
    return query_id


def react(telegram: Telegram, phone: Phone, bot: Bot | None, room: Room, reaction: tuple[int, str]) -> None:
    """A person's reaction, taken back where the emoji is empty; told to bots that ask for it. Raises Refused."""
    number, emoji = reaction
    message = room.messages.get(number)
    if message is None or message.deleted:
        raise Refused("there is no such message")
    old = set_reaction(message, phone.telegram_id, emoji)
    telegram.screens.refresh(bot, room, message)
    about = {"chat": room.as_json(), "message_id": number, "user": person(phone), "date": telegram.clock.now()}
    told = {**about, "old_reaction": reactions(old), "new_reaction": reactions(emoji)}
    hearers = [b for b in telegram.bots_in(room) if b.id in room.admins] if isinstance(room, Shared) else [bot]
    for hearer in hearers:
        assert hearer is not None
        telegram.tell(hearer, "message_reaction", told, room.id)


def set_reaction(message: Message, user_id: int, emoji: str) -> str:
    """Returns the one there was."""
    given = dict(message.reactions or {})
    old = given.pop(user_id, "")
    if emoji:
        given[user_id] = emoji
    message.reactions = given or None
    return old


def reactions(emoji: str) -> list[dict[str, Any]]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def block(telegram: Telegram, phone: Phone, bot: Bot, *, blocked: bool) -> None:
    private = telegram.private(bot, phone)
    private.blocked = blocked
    screen = telegram.screens.chat(phone, bot, private)
    screen.blocked = blocked
    telegram.phones.changed(phone, screen)
    old, new = ("member", "kicked") if blocked else ("kicked", "member")

    def member(status: str) -> Json:
        return {"user": bot.as_json(), "status": status, **({"until_date": 0} if status == "kicked" else {})}

    change = {"chat": private.as_json(), "from": person(phone), "date": telegram.clock.now()}
    told = {**change, "old_chat_member": member(old), "new_chat_member": member(new)}
    telegram.tell(bot, "my_chat_member", told, private.id)


def deactivate(telegram: Telegram, phone: Phone) -> None:
    """The account is deleted; the bots that know it are told by their next message."""
    for bot in telegram.bots.values():
        telegram.private(bot, phone).gone = True
    for room in telegram.shared.values():
        room.members.pop(phone.telegram_id, None)


def join(telegram: Telegram, phone: Phone, room: Shared) -> None:
    """Into a channel or a group; the phone sees what is there already."""
    if phone.telegram_id in room.members:
        return
    with tell_member(telegram, room, person(phone), by=person(phone)):
        room.kicked.discard(phone.telegram_id)
        room.members[phone.telegram_id] = phone
    screen = telegram.screens.chat(phone, None, room)
    for message in room.messages.values():
        if not message.deleted:
            telegram.screens.show_on(phone, screen, message)
    telegram.phones.changed(phone, screen)


def leave(telegram: Telegram, phone: Phone, room: Shared) -> None:
    with tell_member(telegram, room, person(phone), by=person(phone)):
        room.members.pop(phone.telegram_id, None)


def room_of(telegram: Telegram, phone: Phone, to: str) -> tuple[Bot | None, Room] | None:
    """The chat a phone means: a bot by username, a shared chat by id or username."""
    if room := telegram.shared_named(to):
        return None, room
    bot = telegram.bot_named(to)
    return (bot, telegram.private(bot, phone)) if bot else None
