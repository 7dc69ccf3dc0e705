"""The phones: people with two chat apps, and every message on their screens."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from barqia.sandbox.whatsapp.countries import country_of

App = Literal["telegram", "whatsapp"]
# a screen keeps the newest; a page that draws more is of no use to a hand
KEPT_BUBBLES = 2_000


@dataclass(slots=True)
class Bubble:
    """One message as a screen shows it. `number` rises over the whole sandbox: the order of arrival.

    `media` has kind (image, video, audio, voice, document, sticker), mime, name and url; `location` latitude,
    longitude, name and address; `options` are what can be tapped, each with kind (reply, row, url, quick_reply), id,
    title, description and url as it has them; `reactions` has the emoji of `mine` and of `theirs`. `keyboard` is
    rows of inline buttons as Telegram writes them; `preview` has url, large and above; `sender` is who wrote where many
    write; `service` is a line about the chat itself; `silent` came without a sound.
    `changed` is the number of its latest change, of which pages are told.
    """

    number: int
    id: str
    mine: bool
    text: str
    at_ms: int
    entities: Sequence[dict[str, Any]] = ()
    quoted: str = ""
    buttons: Sequence[str] = ()
    card: dict[str, str] | None = None
    edited: bool = False
    deleted: bool = False
    ticks: int = 0
    header: str = ""
    footer: str = ""
    media: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    options: Sequence[dict[str, str]] = ()
    reactions: dict[str, str] = field(default_factory=dict)
    keyboard: Sequence[Sequence[dict[str, Any]]] = ()
    preview: dict[str, Any] | None = None
    sender: str = ""
    forwarded: str = ""
    silent: bool = False
    protected: bool = False
    service: bool = False
    changed: int = 0

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Chat:
    """One conversation on one phone. `key` names the other side: a bot, a shared chat or a business number.

    `rows` of words to tap lie under the field until they are taken away, or one is tapped where `once`; `placeholder`
    stands in the field. `typing` is until when the other side writes, `notice` its last answer to a tap.
    """

    app: App
    key: str
    title: str
    kind: str
    bubbles: list[Bubble] = field(default_factory=list)
    rows: Sequence[Sequence[str]] = ()
    once: bool = False
    placeholder: str = ""
    typing: int = 0
    notice: dict[str, Any] | None = None
    blocked: bool = False
    unread: int = 0
    changed: int = 0

    def find(self, bubble_id: str) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if bubble.id == bubble_id), None)

    def as_json(self, seen: int = 0) -> dict[str, Any]:
        """The chat, with the bubbles that changed after `seen`."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in {"bubbles", "changed"}}
        buttons = [word for row in self.rows for word in row]
        return {
            **plain,
            "buttons": buttons,
            "bubbles": [bubble.as_json() for bubble in self.bubbles if bubble.changed > seen],
        }


@dataclass(slots=True)
class Phone:
    """A person. `number` is E.164 digits without plus (WhatsApp), `telegram_id` a user id."""

    id: int
    name: str
    number: str
    telegram_id: int
    user_id: str
    chats: dict[tuple[App, str], Chat] = field(default_factory=dict)

    def as_json(self, seen: int = 0) -> dict[str, Any]:
        """The phone, with the chats that changed after `seen`."""
        about = {"id": self.id, "name": self.name, "number": self.number, "telegram_id": self.telegram_id}
        return {
            **about,
            "user_id": self.user_id,
            "chats": [chat.as_json(seen) for chat in self.chats.values() if chat.changed > seen],
        }


class Phones:
    """All phones, found by either address; pages that watch a phone are told when it changes."""

    def __init__(self) -> None:
        self.all: dict[int, Phone] = {}
        self.by_number: dict[str, Phone] = {}
        self.by_telegram: dict[int, Phone] = {}
        self.by_user_id: dict[str, Phone] = {}
        self._watchers: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._bubbles = 0
        # pages name the last change they saw; that means something in this run of the sandbox only
        self.run, self.changes = secrets.token_hex(4), 0

    def add(self, name: str, number: str | None = None) -> Phone:
        phone_id = len(self.all) + 1
        number = number or f"9677{phone_id:08d}"
        phone = Phone(phone_id, name, number, 700_000_000 + phone_id, f"{country_of(number)}.{phone_id:013d}")
        self.all[phone_id] = phone
        self.by_number[number] = phone
        self.by_telegram[phone.telegram_id] = phone
        self.by_user_id[phone.user_id] = phone
        return phone

    def renumber(self, phone: Phone, number: str) -> None:
        """A new number, and with it a new user id. Raises ValueError for a number that another phone has."""
        if number in self.by_number:
            raise ValueError("another phone has this number")
        del self.by_number[phone.number], self.by_user_id[phone.user_id]
        phone.number, phone.user_id = number, f"{country_of(number)}.{secrets.randbelow(10**13):013d}"
        self.by_number[number] = self.by_user_id[phone.user_id] = phone

    def show(self, phone: Phone, chat: Chat, bubble: Bubble) -> None:
        """Put a message on a screen."""
        chat.bubbles.append(bubble)
        if len(chat.bubbles) > KEPT_BUBBLES:
            del chat.bubbles[0]
        if not bubble.mine:
            chat.unread += 1
        self.changed(phone, chat, bubble)

    def next_number(self) -> int:
        self._bubbles += 1
        return self._bubbles

    def changed(self, phone: Phone, chat: Chat, bubble: Bubble | None = None) -> None:
        """Pages are told that this chat is another, and this bubble in it."""
        self.changes += 1
        chat.changed = self.changes
        if bubble:
            bubble.changed = self.changes
        for event in self._watchers.get(phone.id, ()):
            event.set()

    def watch(self, phone: Phone) -> asyncio.Event:
        event = asyncio.Event()
        self._watchers[phone.id].add(event)
        return event

    def unwatch(self, phone: Phone, event: asyncio.Event) -> None:
        self._watchers[phone.id].discard(event)
