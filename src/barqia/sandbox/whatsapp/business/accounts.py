"""A WhatsApp Business Account: its apps, its templates, and how often they were managed."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from barqia.sandbox.whatsapp.business.apps import App, Json, Line
from barqia.sandbox.whatsapp.business.portfolios import Portfolio
from barqia.sandbox.whatsapp.templates.template import Template

if TYPE_CHECKING:
    from barqia.sandbox.whatsapp.business.numbers import Number

HOUR_MS = 3_600_000
CALLS_AN_HOUR = 5_000


@dataclass(slots=True, eq=False)
class Account:
    """`callbacks` has the webhooks that apps set for this account alone; `unsubscribed` apps are told nothing."""

    id: str
    portfolio: Portfolio
    name: str = ""
    apps: dict[str, App] = field(default_factory=dict)
    unsubscribed: set[str] = field(default_factory=set)
    callbacks: dict[str, str] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    # what is remembered of templates that are gone, and of the hour's work
    locked: dict[tuple[str, str], int] = field(default_factory=dict)
    created_ms: deque[int] = field(default_factory=deque)
    calls_ms: deque[int] = field(default_factory=deque)
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    def line_up(self, numbers: "Iterable[Number]") -> None:
        """Lines to every app of the account, for itself and for each of its numbers."""
        for app in self.apps.values():
            self.lines.setdefault((app.id, self.id), Line(app, self.id, self.id, (self.callbacks,)))
            for number in numbers:
                key = (app.id, number.id)
                self.lines.setdefault(key, Line(app, self.id, number.id, (number.callbacks, self.callbacks)))

    def tell(self, field_name: str, value: Json, now_ms: int, key: str = "") -> None:
        """An event of the account, or of the number `key`, for every app that is subscribed."""
        for app_id in self.apps:
            if app_id not in self.unsubscribed:
                self.lines[app_id, key or self.id].push(field_name, value, now_ms)

    def may_call(self, now_ms: int) -> bool:
        """Count one management call; false past the account's hourly share."""
        while self.calls_ms and self.calls_ms[0] <= now_ms - HOUR_MS:
            self.calls_ms.popleft()
        self.calls_ms.append(now_ms)
        return len(self.calls_ms) <= CALLS_AN_HOUR
