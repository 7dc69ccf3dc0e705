"""Who is in a shared chat: bots added, promoted and thrown out, groups that grow into supergroups or end."""

from collections.abc import Iterator
from contextlib import contextmanager

from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Message, Shared, keep, member_json
from barqia.sandbox.telegram.world import Telegram, person


def acting(telegram: Telegram, room: Shared) -> Json:
    """Who does what is done to the chat: its owner, or somebody nobody knows."""
    phone = telegram.phones.by_telegram.get(room.owner)
    return person(phone) if phone else {"id": 600_000_001, "is_bot": False, "first_name": "مدير"}


@contextmanager
def tell_member(telegram: Telegram, room: Shared, user: Json, by: Json) -> Iterator[None]:
    """What changes within is told: to a bot about itself, to administrators about others."""
    old = member_json(room, user)
    yield
    new = member_json(room, user)
    if new == old:
        return
    about = {"chat": room.as_json(), "from": by, "date": telegram.clock.now()}
    told = {**about, "old_chat_member": old, "new_chat_member": new}
    for bot in telegram.bots.values():
        if bot.id == user["id"]:
            telegram.tell(bot, "my_chat_member", told, room.id)
        elif bot.id in room.admins:
            telegram.tell(bot, "chat_member", told, room.id)


def add(telegram: Telegram, room: Shared, bot: Bot) -> None:
    """An administrator brings the bot into a group."""
    by = acting(telegram, room)
    with tell_member(telegram, room, bot.as_json(), by):
        room.kicked.discard(bot.id)
        room.bots.add(bot.id)
    serve(telegram, room, by, {"new_chat_members": [bot.as_json()]}, f"أُضيف {bot.name}")


def promote(telegram: Telegram, room: Shared, bot: Bot, rights: frozenset[str]) -> None:
    """Make the bot an administrator with these rights, or with none a plain member again."""
    with tell_member(telegram, room, bot.as_json(), acting(telegram, room)):
        room.kicked.discard(bot.id)
        room.bots.add(bot.id)
        if rights:
            room.admins[bot.id] = rights | {"can_manage_chat"}
        else:
            room.admins.pop(bot.id, None)


def kick(telegram: Telegram, room: Shared, bot: Bot) -> None:
    by = acting(telegram, room)
    with tell_member(telegram, room, bot.as_json(), by):
        _out(room, bot)
        room.kicked.add(bot.id)
    serve(telegram, room, by, {"left_chat_member": bot.as_json()}, f"أُخرج {bot.name}")


def leave(telegram: Telegram, room: Shared, bot: Bot) -> None:
    """The bot goes by itself."""
    with tell_member(telegram, room, bot.as_json(), bot.as_json()):
        _out(room, bot)
    serve(telegram, room, bot.as_json(), {"left_chat_member": bot.as_json()}, f"غادر {bot.name}")


def _out(room: Shared, bot: Bot) -> None:
    room.bots.discard(bot.id)
    room.admins.pop(bot.id, None)


def serve(telegram: Telegram, room: Shared, by: Json, content: Json, line: str) -> None:
    """A message about the chat itself, which every bot in a group hears; channels have none."""
    if room.channel:
        return
    room.last_id += 1
    json = {"message_id": room.last_id, "from": by, "chat": room.as_json(), "date": telegram.clock.now(), **content}
    message = Message(json, telegram.clock.now_ms(), by["id"], service=line)
    keep(room, message)
    telegram.screens.show(None, room, message)
    for bot in telegram.bots_in(room):
        telegram.tell(bot, "message", json, room.id)


def migrate(telegram: Telegram, room: Shared) -> Shared:
    """The group becomes a supergroup: a new chat with the same people, and the old one says where it is."""
    grown = telegram.add_shared("supergroup", room.title, "", room.owner)
    grown.members, grown.bots, grown.admins = dict(room.members), set(room.bots), dict(room.admins)
    by = acting(telegram, room)
    serve(telegram, room, by, {"migrate_to_chat_id": grown.id}, "صارت المجموعة مجموعة كبيرة")
    serve(telegram, grown, by, {"migrate_from_chat_id": room.id}, "مجموعة كبيرة")
    room.moved_to = grown.id
    return grown


def end(telegram: Telegram, room: Shared) -> None:
    """The owner deletes the chat."""
    for bot in list(telegram.bots.values()):
        if bot.id in room.bots:
            with tell_member(telegram, room, bot.as_json(), acting(telegram, room)):
                _out(room, bot)
    room.deleted = True
