"""What Telegram knows: bots, chats, files, and who is who."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from barqia.sandbox.clock import Clock
from barqia.sandbox.pace import Penalty
from barqia.sandbox.phones import Chat, Phone, Phones
from barqia.sandbox.telegram.bots import Bot, Limits
from barqia.sandbox.telegram.chats import PUBLISHER, Json, Kind, Message, Private, Room, Shared, keep
from barqia.sandbox.telegram.files import Files
from barqia.sandbox.telegram.screens import Screens

UPDATE_LIFE_MS = 86_400_000
QUERY_LIFE_MS = 150_000
FIRST_SUPERGROUP = -1_001_000_000_000
Result = tuple[Any, str | None]


@dataclass(slots=True)
class Query:
    """A tap on an inline button that waits for its answer."""

    bot: Bot
    phone: Phone
    screen: Chat
    at_ms: int


def person(phone: Phone) -> Json:
    """A person as a User."""
    return {"id": phone.telegram_id, "is_bot": False, "first_name": phone.name, "language_code": "ar"}


class Telegram:
    def __init__(self, phones: Phones, clock: Clock) -> None:
        self.phones, self.clock = phones, clock
        self.bots: dict[str, Bot] = {}
        self.shared: dict[int, Shared] = {}
        self.files, self.screens = Files(), Screens(phones)
        self.queries: dict[str, Query] = {}
        self.names_taken, self.albums = 0, 0

    def add_bot(self, token: str, username: str, name: str, limits: Limits) -> Bot:
        """A bot; with a token that is known already, the same bot under its new name and limits, in good standing."""
        bot = self.bots.get(token)
        if bot is None:
            bot_id = int(token.partition(":")[0])
            bot = self.bots[token] = Bot(bot_id, token, username, name, limits, limits.bucket(), limits.paid())
            return bot
        bot.username, bot.name, bot.revoked, bot.logged_out = username, name, False, False
        bot.limits, bot.bucket, bot.paid, bot.penalty = limits, limits.bucket(), limits.paid(), Penalty(grows=True)
        bot.paces.clear()
        return bot

    def add_shared(self, kind: Kind, title: str, username: str, owner: int = 0) -> Shared:
        """A chat that nobody is in yet but its owner."""
        self.names_taken += 1
        chat_id = -4_000_000_000 - self.names_taken if kind == "group" else FIRST_SUPERGROUP - self.names_taken + 1
        room = self.shared[chat_id] = Shared(chat_id, kind, title, username, owner)
        return room

    def publish_with(self, room: Shared, bot: Bot) -> None:
        """The bot is an administrator from the beginning; nobody is told."""
        room.bots.add(bot.id)
        room.admins[bot.id] = PUBLISHER

    def bot_named(self, username: str) -> Bot | None:
        wanted = username.lstrip("@").lower()
        return next((bot for bot in self.bots.values() if bot.username.lower() == wanted), None)

    def bot_with_id(self, user_id: int) -> Bot | None:
        return next((bot for bot in self.bots.values() if bot.id == user_id), None)

    def shared_named(self, name: str) -> Shared | None:
        """By username, or by id."""
        if name.lstrip("-").isdecimal():
            return self.shared.get(int(name))
        wanted = name.lstrip("@").lower()
        return next((room for room in self.shared.values() if wanted and room.username.lower() == wanted), None)

    def user(self, user_id: int) -> Json | None:
        """A person or a bot as a User."""
        phone = self.phones.by_telegram.get(user_id)
        if phone:
            return {"id": user_id, "is_bot": False, "first_name": phone.name}
        bot = self.bot_with_id(user_id)
        return bot.as_json() if bot else None

    def private(self, bot: Bot, phone: Phone) -> Private:
        chat = bot.chats.get(phone.telegram_id)
        if chat is None:
            chat = bot.chats[phone.telegram_id] = Private(phone, bot.limits.pace())
        return chat

    def knows(self, bot: Bot, phone: Phone) -> bool:
        """Whether the bot has met the person: in a chat of their own, or in one they share."""
        user = phone.telegram_id
        return user in bot.chats or any(
            bot.id in room.bots and (user in room.members or user == room.owner) for room in self.shared.values()
        )

    def query(self, query_id: str) -> Query | None:
        """A tap that may still be answered."""
        oldest = self.clock.now_ms() - QUERY_LIFE_MS
        query = self.queries.get(query_id)
        return query if query and query.at_ms >= oldest else None

    def tell(self, bot: Bot, kind: str, value: Json, queue: int, life_ms: int = UPDATE_LIFE_MS) -> None:
        bot.push({kind: value}, queue, self.clock.now_ms() + life_ms)

    def bots_in(self, room: Shared, but: int = 0) -> Iterable[Bot]:
        """The bots of a shared chat, in a channel its administrators; without the one that acts."""
        inside = room.admins if room.channel else room.bots
        return [bot for bot in self.bots.values() if bot.id in inside and bot.id != but]

    def put(self, bot: Bot, room: Room, message: Message) -> None:
        """A bot's message appears; other bots see it in channels only."""
        keep(room, message)
        self.screens.show(bot, room, message)
        if isinstance(room, Shared):
            room.last_bot = bot.id
            if room.channel:
                for other in self.bots_in(room, but=bot.id):
                    self.tell(other, "channel_post", message.json, room.id)

    def confirmed(self, bot: Bot, updates: list[Json]) -> None:
        """The bot has taken these updates: the words in them get their second tick."""
        for update in updates:
            message = update.get("message")
            phone = self.phones.by_telegram.get(message["chat"]["id"]) if message else None
            if message and phone:
                self.screens.tick(bot, self.private(bot, phone), message["message_id"])
