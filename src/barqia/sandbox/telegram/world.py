"""What Telegram knows: bots, chats, channels, messages, updates that wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from barqia.sandbox.clock import Clock
from barqia.sandbox.pace import Bucket, Penalty
from barqia.sandbox.phones import Bubble, Chat, Phone, Phones
from barqia.sandbox.telegram.links import as_json, automatic

UPDATE_LIFE_MS = 86_400_000
# Telegram forgets none; beyond this a chat's oldest can no longer be edited, so that a long run keeps its memory
KEPT_MESSAGES = 20_000
DEFAULT_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
)
Json = dict[str, Any]
Result = tuple[Any, str | None]


@dataclass(slots=True)
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(slots=True)
class Message:
    """A message in a chat; its `json` is what the Bot API shows."""

    json: Json
    sent_ms: int
    bot_id: int | None
    text: str
    entities: list[Json] = field(default_factory=list)
    keyboard: Sequence[str] = ()
    deleted: bool = False


@dataclass(slots=True)
class Waiting:
    """An update that a bot has not taken."""

    id: int
    at_ms: int
    json: Json


@dataclass(slots=True)
class Channel:
    """A public channel; `owner`, `admins` and `kicked` are user ids."""

    id: int
    title: str
    username: str
    admins: set[int] = field(default_factory=set)
    owner: int = 0
    kicked: set[int] = field(default_factory=set)
    members: list[Phone] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0

    def as_json(self) -> Json:
        return {"id": self.id, "title": self.title, "username": self.username, "type": "channel"}


@dataclass(slots=True)
class Private:
    """A bot's chat with a person. `started` once the person wrote; `gone` for an account that was deleted."""

    phone: Phone
    started: bool = False
    blocked: bool = False
    gone: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    bucket: Bucket = field(default_factory=lambda: Bucket(0, 1))
    penalty: Penalty = field(default_factory=lambda: Penalty(grows=True))
    _json: Json = field(init=False)

    def __post_init__(self) -> None:
        # every message of the chat carries it: one for all
        self._json = {"id": self.phone.telegram_id, "first_name": self.phone.name, "type": "private"}

    def as_json(self) -> Json:
        return self._json


@lru_cache
def _bot(user_id: int, name: str, username: str) -> Json:
    return {"id": user_id, "is_bot": True, "first_name": name, "username": username}


@dataclass(slots=True)
class Bot:
    """`rate` messages a second over all chats and `chat_rate` to one chat; 0 has no limit."""

    id: int
    token: str
    username: str
    name: str
    bucket: Bucket
    penalty: Penalty = field(default_factory=lambda: Penalty(grows=True))
    chat_rate: float = 0.0
    revoked: bool = False
    chats: dict[int, Private] = field(default_factory=dict)
    updates: list[Waiting] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    last_update_id: int = 100_000
    allowed: tuple[str, ...] = DEFAULT_UPDATES
    webhook: Webhook | None = None
    polling: int = 0
    commands: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        return _bot(self.id, self.name, self.username)

    def push(self, kind: str, value: Json, now_ms: int) -> None:
        if kind in self.allowed:
            self.last_update_id += 1
            self.updates.append(Waiting(self.last_update_id, now_ms, {"update_id": self.last_update_id, kind: value}))
            self.arrived.set()


def _keep(chat: Private | Channel, message: Message) -> None:
    chat.messages[message.json["message_id"]] = message
    if len(chat.messages) > KEPT_MESSAGES:
        del chat.messages[next(iter(chat.messages))]


class Telegram:
    def __init__(self, phones: Phones, clock: Clock) -> None:
        self.phones, self.clock = phones, clock
        self.bots: dict[str, Bot] = {}
        self.channels: dict[int, Channel] = {}

    def add_bot(self, token: str, username: str, name: str, rate: float, chat_rate: float) -> Bot:
        """A bot; with a token that is known already, the same bot under its new name and limits, in good standing."""
        bot_id = int(token.partition(":")[0])
        if known := self.bots.get(token):
            known.username, known.name, known.revoked = username, name, False
            known.bucket, known.chat_rate = Bucket(rate, max(1.0, rate)), chat_rate
            known.penalty = Penalty(grows=True)
            return known
        bot = Bot(bot_id, token, username, name, Bucket(rate, max(1.0, rate)), chat_rate=chat_rate)
        self.bots[token] = bot
        return bot

    def add_channel(self, title: str, username: str, admins: set[int], owner: int = 0) -> Channel:
        channel = Channel(-1_001_000_000_000 - len(self.channels), title, username, admins, owner)
        self.channels[channel.id] = channel
        return channel

    def bot_named(self, username: str) -> Bot | None:
        wanted = username.lstrip("@").lower()
        return next((bot for bot in self.bots.values() if bot.username.lower() == wanted), None)

    def channel_named(self, username: str) -> Channel | None:
        wanted = username.lstrip("@").lower()
        return next((channel for channel in self.channels.values() if channel.username.lower() == wanted), None)

    def user(self, user_id: int) -> Json | None:
        """A person or a bot as a User."""
        phone = self.phones.by_telegram.get(user_id)
        if phone:
            return {"id": user_id, "is_bot": False, "first_name": phone.name}
        return next((bot.as_json() for bot in self.bots.values() if bot.id == user_id), None)

    def kick(self, bot: Bot, channel: Channel, *, kicked: bool) -> None:
        """An owner throws the bot out of the channel, or makes it an administrator again."""
        (channel.kicked.add if kicked else channel.kicked.discard)(bot.id)
        (channel.admins.discard if kicked else channel.admins.add)(bot.id)

    def forget_old(self, bot: Bot) -> None:
        """Updates wait for 24 hours."""
        oldest = self.clock.now_ms() - UPDATE_LIFE_MS
        if bot.updates and bot.updates[0].at_ms < oldest:
            bot.updates = [waiting for waiting in bot.updates if waiting.at_ms >= oldest]

    def private(self, bot: Bot, phone: Phone) -> Private:
        chat = bot.chats.get(phone.telegram_id)
        if chat is None:
            chat = Private(phone, bucket=Bucket(bot.chat_rate, max(3.0, bot.chat_rate)))
            bot.chats[phone.telegram_id] = chat
        return chat

    def screen(self, phone: Phone, key: str, title: str, kind: str) -> Chat:
        return phone.chats.setdefault(("telegram", key), Chat("telegram", key, title, kind))

    def join(self, phone: Phone, channel: Channel) -> None:
        """Subscribe a phone to a channel; it sees what is there already."""
        if phone in channel.members:
            return
        channel.members.append(phone)
        screen = self.screen(phone, str(channel.id), channel.title, "channel")
        for number, message in channel.messages.items():
            if not message.deleted:
                self.phones.show(phone, screen, self._bubble(str(number), message))
        self.phones.changed(phone, screen)

    def say(self, phone: Phone, bot: Bot, text: str) -> Message:
        """A person writes to a bot."""
        private = self.private(bot, phone)
        if private.blocked:
            self.block(phone, bot, blocked=False)
        private.started = True
        private.last_id += 1
        found = as_json(text, automatic(text, []), self.user)
        language = {"language_code": "ar"}
        sender = {"id": phone.telegram_id, "is_bot": False, "first_name": phone.name, **language}
        json: Json = {
            "message_id": private.last_id,
            "from": sender,
            "chat": private.as_json(),
            "date": self.clock.now(),
            "text": text,
        }
        if found:
            json["entities"] = found
        message = Message(json, self.clock.now_ms(), None, text, found)
        _keep(private, message)
        bubble = self._bubble(str(private.last_id), message)
        bubble.ticks = 1
        self.phones.show(phone, self.screen(phone, bot.username, bot.name, "bot"), bubble)
        bot.push("message", json, self.clock.now_ms())
        return message

    def block(self, phone: Phone, bot: Bot, *, blocked: bool) -> None:
        private = self.private(bot, phone)
        private.blocked = blocked
        screen = self.screen(phone, bot.username, bot.name, "bot")
        screen.blocked = blocked
        self.phones.changed(phone, screen)
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        person = {"id": phone.telegram_id, "is_bot": False, "first_name": phone.name}

        def member(status: str) -> Json:
            return {"user": bot.as_json(), "status": status, **({"until_date": 0} if status == "kicked" else {})}

        bot.push(
            "my_chat_member",
            {
                "chat": private.as_json(),
                "from": person,
                "date": self.clock.now(),
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            },
            self.clock.now_ms(),
        )

    def deactivate(self, phone: Phone) -> None:
        for bot in self.bots.values():
            self.private(bot, phone).gone = True

    def confirmed(self, bot: Bot, updates: list[Waiting]) -> None:
        """The bot has taken these updates: the words in them get their second tick."""
        for update in updates:
            message = update.json.get("message")
            phone = self.phones.by_telegram.get(message["chat"]["id"]) if message else None
            if message and phone:
                screen = self.screen(phone, bot.username, bot.name, "bot")
                bubble = screen.find(str(message["message_id"]))
                if bubble:
                    bubble.ticks = 2
                    self.phones.changed(phone, screen, bubble)

    def shown_on(self, bot: Bot, chat: Private | Channel) -> list[tuple[Phone, Chat]]:
        """The screens that show this chat."""
        if isinstance(chat, Channel):
            return [(p, self.screen(p, str(chat.id), chat.title, "channel")) for p in chat.members]
        return [(chat.phone, self.screen(chat.phone, bot.username, bot.name, "bot"))]

    def _bubble(self, bubble_id: str, message: Message) -> Bubble:
        reply = message.json.get("reply_to_message") or {}
        return Bubble(
            number=self.phones.next_number(),
            id=bubble_id,
            mine=message.bot_id is None,
            text=message.text,
            at_ms=message.sent_ms,
            entities=message.entities,
            quoted=reply.get("text", ""),
            edited="edit_date" in message.json,
        )

    def put(self, bot: Bot, chat: Private | Channel, message: Message) -> None:
        """A new message appears."""
        _keep(chat, message)
        for phone, screen in self.shown_on(bot, chat):
            if message.keyboard:
                screen.buttons = list(message.keyboard)
            self.phones.show(phone, screen, self._bubble(str(message.json["message_id"]), message))

    def refresh(self, bot: Bot, chat: Private | Channel, message: Message) -> None:
        """A message was edited or deleted: its bubble changes in place."""
        for phone, screen in self.shown_on(bot, chat):
            bubble = screen.find(str(message.json["message_id"]))
            if bubble:
                bubble.text, bubble.entities = message.text, message.entities
                bubble.edited, bubble.deleted = "edit_date" in message.json, message.deleted
                self.phones.changed(phone, screen, bubble)
