"""Chats as Telegram keeps them: a bot's with a person, and those that many share."""

from dataclasses import dataclass, field
from typing import Any, Literal

from barqia.sandbox.pace import Bucket, Penalty
from barqia.sandbox.phones import Phone

Json = dict[str, Any]
Kind = Literal["group", "supergroup", "channel"]
# Telegram forgets none; beyond this a chat's oldest can no longer be edited, so that a long run keeps its memory
KEPT_MESSAGES = 20_000
RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip
MORE_RIGHTS: dict[Kind, tuple[str, ...]] = {
    "channel": ("can_post_messages", "can_edit_messages"),
    "supergroup": ("can_pin_messages", "can_manage_topics"),
    "group": ("can_pin_messages",),
}
PUBLISHER = frozenset({"can_manage_chat", "can_delete_messages", "can_post_messages", "can_edit_messages"})
MEMBERS_MAY = frozenset({"can_send_messages", "can_send_photos", "can_send_documents"})


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Words to tap under the field; none of them take the keyboard away."""

    rows: tuple[tuple[str, ...], ...] = ()
    once: bool = False
    placeholder: str = ""


@dataclass(slots=True)
class Message:
    """A message in a chat; its `json` is what the Bot API shows. `author` is a user's id, `file` a picture's key."""

    json: Json
    sent_ms: int
    author: int
    keyboard: Keyboard | None = None
    silent: bool = False
    deleted: bool = False
    service: str = ""
    file: str = ""
    reactions: dict[int, str] | None = None

    @property
    def number(self) -> int:
        return int(self.json["message_id"])

    @property
    def text(self) -> str:
        """The words, also those under a picture."""
        return str(self.json.get("text") or self.json.get("caption") or self.service)

    @property
    def entities(self) -> list[Json]:
        found: list[Json] = self.json.get("entities") or self.json.get("caption_entities") or []
        return found


@dataclass(slots=True)
class Pace:
    """How fast one bot may write to one chat."""

    bucket: Bucket
    penalty: Penalty = field(default_factory=lambda: Penalty(grows=True))


@dataclass(slots=True)
class Private:
    """A bot's chat with a person. `started` once the person wrote; `gone` for an account that was deleted."""

    phone: Phone
    pace: Pace
    started: bool = False
    blocked: bool = False
    gone: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    _json: Json = field(init=False)

    def __post_init__(self) -> None:
        # every message of the chat carries it: one for all
        self._json = {"id": self.phone.telegram_id, "first_name": self.phone.name, "type": "private"}

    @property
    def id(self) -> int:
        return self.phone.telegram_id

    def as_json(self) -> Json:
        return self._json


@dataclass(slots=True)
class Shared:
    """A group, a supergroup or a channel. `owner`, `admins`, `bots` and `kicked` name users by id.

    `admins` has each administrator's rights, `allowed` what its plain members may do; `moved_to` is the supergroup a
    group became.
    """

    id: int
    kind: Kind
    title: str
    username: str = ""
    owner: int = 0
    admins: dict[int, frozenset[str]] = field(default_factory=dict)
    members: dict[int, Phone] = field(default_factory=dict)
    bots: set[int] = field(default_factory=set)
    kicked: set[int] = field(default_factory=set)
    allowed: frozenset[str] = MEMBERS_MAY
    moved_to: int = 0
    deleted: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    last_bot: int = 0

    @property
    def channel(self) -> bool:
        return self.kind == "channel"

    def as_json(self) -> Json:
        name = {"username": self.username} if self.username else {}
        whole = {"all_members_are_administrators": False} if self.kind == "group" else {}
        return {"id": self.id, "title": self.title, **name, "type": self.kind, **whole}

    def status(self, user_id: int) -> str:
        if user_id == self.owner:
            return "creator"
        if user_id in self.admins:
            return "administrator"
        if user_id in self.kicked:
            return "kicked"
        return "member" if user_id in self.members or user_id in self.bots else "left"

    def may(self, user_id: int, right: str) -> bool:
        """Whether this administrator, or in a group this member, has the right."""
        if user_id == self.owner or right in self.admins.get(user_id, ()):
            return True
        if right.startswith("can_send_") and not self.channel:
            return user_id in self.admins or (self.status(user_id) == "member" and right in self.allowed)
        return False


Room = Private | Shared


def keep(room: Room, message: Message) -> None:
    room.messages[message.number] = message
    if len(room.messages) > KEPT_MESSAGES:
        del room.messages[next(iter(room.messages))]


def member_json(room: Shared, user: Json) -> Json:
    """A ChatMember as the Bot API writes it."""
    user_id, status = user["id"], room.status(user["id"])
    member: Json = {"user": user, "status": status}
    if status == "administrator":
        held = room.admins[user_id]
        member |= {right: right in held for right in (*RIGHTS, *MORE_RIGHTS[room.kind])}
    elif status == "creator":
        member["is_anonymous"] = False
    elif status == "kicked":
        member["until_date"] = 0
    return member
