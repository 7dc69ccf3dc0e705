"""Bots: who they are, what they say about themselves, and the updates that wait for them."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache

from barqia.sandbox.pace import Bucket, Penalty
from barqia.sandbox.telegram.chats import Json, Pace, Private

KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member",
    "chat_member", "message_reaction",
)  # fmt: skip
# a bot that wants the others names them
DEFAULT_UPDATES = tuple(kind for kind in KINDS if kind not in {"chat_member", "message_reaction"})
PAID_RATE = 1_000.0


@dataclass(slots=True)
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    certificate: bool = False
    last_error_date: int = 0
    last_error_message: str = ""
    gone_since_ms: int = 0


@dataclass(slots=True)
class Waiting:
    """An update that a bot has not taken. `queue` is its chat: those of one are brought one after the other."""

    id: int
    expires_ms: int
    queue: int
    json: Json


@lru_cache
def _user(user_id: int, name: str, username: str) -> Json:
    return {"id": user_id, "is_bot": True, "first_name": name, "username": username}


@dataclass(slots=True)
class Limits:
    """Messages a second over all chats and to one chat, and a minute to a group; 0 has no limit."""

    rate: float = 30.0
    chat_rate: float = 1.0
    group_rate: float = 20.0

    def bucket(self) -> Bucket:
        return Bucket(self.rate, max(1.0, self.rate))

    def paid(self) -> Bucket:
        return Bucket(PAID_RATE if self.rate else 0, PAID_RATE)

    def pace(self, *, group: bool = False) -> Pace:
        """A chat takes a short burst."""
        if group:
            return Pace(Bucket(self.group_rate / 60, max(1.0, self.group_rate)))
        return Pace(Bucket(self.chat_rate, max(3.0, self.chat_rate)))


@dataclass(slots=True)
class Bot:
    """`commands` lie by scope and language, `says` the name, description and short description by language."""

    id: int
    token: str
    username: str
    name: str
    limits: Limits
    bucket: Bucket
    paid: Bucket
    penalty: Penalty = field(default_factory=lambda: Penalty(grows=True))
    privacy: bool = True
    revoked: bool = False
    logged_out: bool = False
    chats: dict[int, Private] = field(default_factory=dict)
    paces: dict[int, Pace] = field(default_factory=dict)
    updates: OrderedDict[int, Waiting] = field(default_factory=OrderedDict)
    soonest_ms: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    last_update_id: int = 100_000
    allowed: tuple[str, ...] = DEFAULT_UPDATES
    webhook: Webhook | None = None
    webhook_set_ms: int = 0
    polling: int = 0
    polled_offset: int = 0
    polled_ms: int = 0
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    says: dict[tuple[str, str], str] = field(default_factory=dict)

    def as_json(self) -> Json:
        return _user(self.id, self.name, self.username)

    def push(self, waiting: Json, queue: int, expires_ms: int) -> None:
        """An update, where the bot wants its kind: `waiting` is `{kind: value}`."""
        if next(iter(waiting)) in self.allowed:
            self.last_update_id += 1
            whole = {"update_id": self.last_update_id, **waiting}
            self.updates[self.last_update_id] = Waiting(self.last_update_id, expires_ms, queue, whole)
            self.soonest_ms = min(self.soonest_ms, expires_ms) if len(self.updates) > 1 else expires_ms
            self.arrived.set()

    def forget_old(self, now_ms: int) -> None:
        """Updates wait for 24 hours, taps for two and a half minutes."""
        if self.updates and self.soonest_ms < now_ms:
            for number in [number for number, waiting in self.updates.items() if waiting.expires_ms < now_ms]:
                del self.updates[number]
            self.soonest_ms = min((waiting.expires_ms for waiting in self.updates.values()), default=0)
