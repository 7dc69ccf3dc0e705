"""Apps, and the lines on which their webhooks are told."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
WEBHOOK_LIFE_MS = 7 * 86_400_000


@dataclass(slots=True, eq=False)
class App:
    """Who calls and who is told. `fields` are those it subscribed to (empty: all), `batch` how many events a body has.

    `accounts` are the business accounts that its token opens.
    """

    id: str
    access_token: str
    secret: str
    webhook_url: str = ""
    batch: int = 50
    fields: frozenset[str] = frozenset()
    accounts: set[str] = field(default_factory=set)
    revoked: bool = False

    @property
    def own_token(self) -> str:
        """The token of the app itself, which sets its webhook."""
        return f"{self.id}|{self.secret}"


@dataclass(slots=True, eq=False)
class Line:
    """Events of one number, or of its account, that one app is to be told. `key` is that number's or account's id."""

    app: App
    waba_id: str
    key: str
    callbacks: tuple[dict[str, str], ...]
    outbox: deque[Json] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """The nearest override, else the app's own webhook."""
        nearest = (found[self.app.id] for found in self.callbacks if self.app.id in found)
        return next(nearest, self.app.webhook_url)

    def push(self, field_name: str, value: Json, now_ms: int) -> None:
        """An event for the webhook; what has waited for seven days is given up."""
        if self.app.fields and field_name not in self.app.fields:
            return
        self.outbox.append({"field": field_name, "value": value, "at_ms": now_ms})
        while self.outbox[0]["at_ms"] < now_ms - WEBHOOK_LIFE_MS:
            self.outbox.popleft()
        self.arrived.set()
