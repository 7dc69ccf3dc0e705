"""What WhatsApp knows: business numbers, templates, windows, messages, and webhooks that wait."""

import asyncio
import base64
import re
import secrets
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from barqia.sandbox.clock import Clock
from barqia.sandbox.pace import Bucket
from barqia.sandbox.phones import Bubble, Chat, Phone, Phones

WEBHOOK_LIFE_MS = 7 * 86_400_000
VARIABLE = re.compile(r"\{\{(\d+)\}\}")
WINDOW_MS = 24 * 3600 * 1000
PAIR_BURST = 45
SETTINGS = (
    "waba_id", "display", "name", "access_token", "app_secret", "bucket", "pair_seconds", "receipts", "templates",
)  # fmt: skip
Json = dict[str, Any]


# a mailing fills one template a hundred thousand times
@lru_cache(maxsize=256)
def _filled(body: str, values: tuple[str, ...]) -> str:
    return VARIABLE.sub(lambda found: values[int(found[1]) - 1], body)


@dataclass(slots=True)
class Template:
    id: str
    name: str
    language: str
    body: str
    status: str = "APPROVED"

    def as_json(self) -> Json:
        about = {"id": self.id, "name": self.name, "language": self.language, "status": self.status}
        body = {"type": "BODY", "text": self.body}
        return {**about, "category": "MARKETING", "parameter_format": "POSITIONAL", "components": [body]}

    @property
    def variables(self) -> int:
        return len(set(VARIABLE.findall(self.body)))

    def filled(self, values: list[str]) -> str:
        """The body with its variables; `{{2}}` in a value stays as it is."""
        return _filled(self.body, tuple(values))


@dataclass(slots=True)
class Sent:
    """A message that was accepted; `number` is its bubble's."""

    wamid: str
    phone: Phone | None
    to: str
    tag: str | None
    template: bool
    number: int = 0


@dataclass(slots=True)
class Number:
    """A business number. `pair_seconds` lie between two messages to one person; 0 has no limit.

    `unread` has what was delivered to a phone and not read there, `read_to` the newest bubble each phone has seen.
    """

    id: str
    waba_id: str
    display: str
    name: str
    access_token: str
    app_secret: str
    bucket: Bucket
    pair_seconds: float = 0.0
    webhook_url: str = ""
    receipts: tuple[str, ...] = ("sent", "delivered")
    templates: list[Template] = field(default_factory=list)
    last_inbound_ms: dict[int, int] = field(default_factory=dict)
    stopped: set[int] = field(default_factory=set)
    pairs: dict[int, Bucket] = field(default_factory=dict)
    unread: dict[int, list[Sent]] = field(default_factory=dict)
    read_to: dict[int, int] = field(default_factory=dict)
    outbox: deque[Json] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, field_name: str, value: Json, now_ms: int) -> None:
        """An event for the webhook; what has waited for seven days is given up."""
        event = {"field": field_name, "value": value, "at_ms": now_ms}
        self.outbox.append(event)
        while self.outbox[0]["at_ms"] < now_ms - WEBHOOK_LIFE_MS:
            self.outbox.popleft()
        self.arrived.set()

    @property
    def metadata(self) -> Json:
        return {"display_phone_number": self.display.lstrip("+"), "phone_number_id": self.id}


def new_wamid(number: str, *, outbound: bool) -> str:
    """`wamid.` and base64 of a small structure with the person's number and a random id, as Meta's are."""
    digits, unique = number.encode(), secrets.token_hex(9).upper().encode()
    parts = [b"\x1c\x18", bytes([len(digits)]), digits, b"\x15\x02\x00", b"\x11" if outbound else b"\x12"]
    parts += [b"\x18", bytes([len(unique)]), unique, b"\x00"]
    return "wamid." + base64.b64encode(b"".join(parts)).decode()


class WhatsApp:
    def __init__(self, phones: Phones, clock: Clock) -> None:
        self.phones, self.clock = phones, clock
        self.numbers: dict[str, Number] = {}

    def add(self, number: Number) -> Number:
        """A number; one that is known already takes the new settings and keeps its windows and what waits."""
        known = self.numbers.setdefault(number.id, number)
        known.webhook_url = number.webhook_url or known.webhook_url
        for name in SETTINGS:
            setattr(known, name, getattr(number, name))
        return known

    def screen(self, phone: Phone, number: Number) -> Chat:
        chat = Chat("whatsapp", number.id, number.name, "business")
        return phone.chats.setdefault(("whatsapp", number.id), chat)

    def window_open(self, number: Number, phone: Phone) -> bool:
        last = number.last_inbound_ms.get(phone.id)
        return last is not None and self.clock.now_ms() - last < WINDOW_MS

    def say(self, phone: Phone, number: Number, text: str, button: str | None = None) -> str:
        """A person writes to the business, or taps a reply button. Returns the message's id."""
        wamid = new_wamid(phone.number, outbound=False)
        number.last_inbound_ms[phone.id] = self.clock.now_ms()
        bubble = Bubble(self.phones.next_number(), wamid, True, text, self.clock.now_ms(), ticks=1)
        self.phones.show(phone, self.screen(phone, number), bubble)
        message: Json = {
            "from": phone.number,
            "from_user_id": phone.user_id,
            "id": wamid,
            "timestamp": str(self.clock.now()),
        }
        if button is None:
            message |= {"type": "text", "text": {"body": text}}
        else:
            reply = {"type": "button_reply", "button_reply": {"id": button, "title": text}}
            message |= {"type": "interactive", "interactive": reply}
            last = next((b for b in reversed(self.screen(phone, number).bubbles) if b.buttons), None)
            if last:
                message["context"] = {"from": number.display.lstrip("+"), "id": last.id}
        number.push(
            "messages",
            {
                "messaging_product": "whatsapp",
                "metadata": number.metadata,
                "contacts": [self._contact(phone, name=True)],
                "messages": [message],
            },
            self.clock.now_ms(),
        )
        return wamid

    def _contact(self, phone: Phone, *, name: bool) -> Json:
        profile: Json = {"profile": {"name": phone.name}} if name else {}
        return {**profile, "wa_id": phone.number, "user_id": phone.user_id}

    def prefer(self, phone: Phone, number: Number, *, stop: bool) -> None:
        """The person uses WhatsApp's own switch for marketing messages."""
        (number.stopped.add if stop else number.stopped.discard)(phone.id)
        preference = {
            "wa_id": phone.number,
            "user_id": phone.user_id,
            "detail": "User requested to stop marketing messages" if stop else "User requested to resume",
            "category": "marketing_messages",
            "value": "stop" if stop else "resume",
            "timestamp": self.clock.now(),
        }
        number.push(
            "user_preferences",
            {
                "messaging_product": "whatsapp",
                "metadata": number.metadata,
                "contacts": [self._contact(phone, name=True)],
                "user_preferences": [preference],
            },
            self.clock.now_ms(),
        )

    def put(self, number: Number, sent: Sent, bubble: Bubble) -> None:
        sent.number = bubble.number
        if sent.phone:
            self.phones.show(sent.phone, self.screen(sent.phone, number), bubble)

    def status(self, number: Number, sent: Sent, status: str, at: int, error: Json | None) -> Json:
        """A status of a message, as a webhook carries it; `at` is a Unix time."""
        row: Json = {
            "id": sent.wamid,
            "status": status,
            "timestamp": str(at),
            "recipient_id": sent.to,
        }
        if sent.phone:
            row["recipient_user_id"] = sent.phone.user_id
        if sent.tag is not None:
            row["biz_opaque_callback_data"] = sent.tag
        if status in {"sent", "delivered"}:
            kind = "regular" if sent.template else "free_customer_service"
            category = "marketing" if sent.template else "service"
            row["pricing"] = {"billable": sent.template, "pricing_model": "PMP", "type": kind, "category": category}
        if error:
            row["errors"] = [error]
        contact = self._contact(sent.phone, name=False) if sent.phone else {"wa_id": sent.to}
        return {
            "messaging_product": "whatsapp",
            "metadata": number.metadata,
            "contacts": [contact],
            "statuses": [row],
        }

    def looked(self, phone: Phone, number: Number) -> list[Sent]:
        """The person looks at the chat. Returns what was delivered there and is read now."""
        screen = self.screen(phone, number)
        screen.unread = 0
        self.phones.changed(phone, screen)
        number.read_to[phone.id] = screen.bubbles[-1].number if screen.bubbles else 0
        return number.unread.pop(phone.id, [])

    def taken(self, changes: list[Json]) -> None:
        """The business has taken these events: the words in them get their second tick."""
        for change in changes:
            for message in change["value"].get("messages", ()):
                phone = self.phones.by_number.get(message["from"])
                number_id: str = change["value"]["metadata"]["phone_number_id"]
                chat = phone.chats.get(("whatsapp", number_id)) if phone else None
                bubble = chat.find(message["id"]) if chat else None
                if phone and chat and bubble:
                    bubble.ticks = 2
                    self.phones.changed(phone, chat, bubble)
