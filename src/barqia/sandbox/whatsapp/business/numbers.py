"""A business number: its pace, its windows, what it sent and heard."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from barqia.sandbox.pace import Bucket
from barqia.sandbox.phones import Phone
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import Json
from barqia.sandbox.whatsapp.countries import dialling_code

if TYPE_CHECKING:
    from barqia.sandbox.whatsapp.sent import Sent

WINDOW_MS, ENTRY_MS = 24 * 3_600_000, 72 * 3_600_000
STANDARD, HIGH = 80, 1_000
# so many of the words it heard can be marked as read
REMEMBERED = 20_000


@dataclass(slots=True, eq=False)
class Number:
    """`pair_seconds` lie between two messages to one person; 0 has no limit. A test number writes to `allowed` only.

    `unread` has what was delivered to a phone and not read there, `read_to` the newest bubble each phone has seen,
    `voices` the audio that was not played yet.
    """

    id: str
    account: Account
    display: str
    name: str
    bucket: Bucket
    pair_seconds: float = 0.0
    receipts: tuple[str, ...] = ("sent", "delivered")
    quality: str = "GREEN"
    registered: bool = True
    pin: str = ""
    allowed: frozenset[str] = frozenset()
    upgraded_ms: int | None = None
    callbacks: dict[str, str] = field(default_factory=dict)
    profile: Json = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)
    last_inbound_ms: dict[int, int] = field(default_factory=dict)
    entered_ms: dict[int, int] = field(default_factory=dict)
    pairs: dict[int, Bucket] = field(default_factory=dict)
    unread: "dict[int, list[Sent]]" = field(default_factory=dict)
    read_to: dict[int, int] = field(default_factory=dict)
    voices: "dict[str, Sent]" = field(default_factory=dict)
    heard: OrderedDict[str, Phone] = field(default_factory=OrderedDict)

    @property
    def digits(self) -> str:
        return self.display.lstrip("+")

    @property
    def metadata(self) -> Json:
        return {"display_phone_number": self.digits, "phone_number_id": self.id}

    @property
    def dialling_code(self) -> str:
        return dialling_code(self.digits)

    def tell(self, field_name: str, value: Json, now_ms: int) -> None:
        self.account.tell(field_name, value, now_ms, self.id)

    def window_open(self, phone: Phone, now_ms: int) -> bool:
        last = self.last_inbound_ms.get(phone.id)
        return last is not None and now_ms - last < WINDOW_MS

    def entry_open(self, phone: Phone, now_ms: int) -> bool:
        """Whether the person came by an advertisement in the last 72 hours: everything is free."""
        entered = self.entered_ms.get(phone.id)
        return entered is not None and now_ms - entered < ENTRY_MS

    def hear(self, wamid: str, phone: Phone) -> None:
        self.heard[wamid] = phone
        if len(self.heard) > REMEMBERED:
            self.heard.popitem(last=False)
