"""A reader of one Telegram lane, who writes, taps, and looks at what is answered."""

import json
import time
from typing import Any

from barqia.delivery.models import Answer
from barqia.inbox.receive import receive
from barqia.subscribers.models import Lane, Recipient


class Reader:
    """Says and taps as the Bot API brings it; `answer` is the newest one."""

    def __init__(self, lane: Lane, chat: int = 42) -> None:
        self.lane, self.chat, self._update = lane, chat, 5000

    def say(self, text: str, kind: str = "private", **more: Any) -> str | None:
        """The answer's text; None for silence."""
        message = {
            "message_id": self._update, "date": int(time.time()), "text": text,
            "chat": {"id": self.chat, "type": kind}, "from": {"id": self.chat, "is_bot": False}, **more,
        }  # fmt: skip
        return self.bring({"message": message})

    def tap(self, choice: str, message: int = 900, kind: str = "private", by: int = 42) -> str | None:
        """A tap on a line of the menu in `message`."""
        query = {
            "id": f"q{self._update}", "from": {"id": by, "is_bot": False}, "chat_instance": "1", "data": choice,
            "message": {"message_id": message, "date": 9, "chat": {"id": self.chat, "type": kind}},
        }  # fmt: skip
        return self.bring({"callback_query": query})

    def bring(self, update: dict[str, Any]) -> str | None:
        self._update += 1
        before = Answer.objects.count()
        receive(self.lane, json.dumps({"update_id": self._update, **update}).encode())
        return self.answer.text if Answer.objects.count() > before else None

    @property
    def answer(self) -> Answer:
        return Answer.objects.latest("pk")

    @property
    def menu(self) -> dict[str, bool]:
        """{label: whether it is marked} of the newest answer."""
        return {line["label"]: line["chosen"] for line in self.answer.menu["choices"]}

    def line(self, label: str) -> str:
        """The id of the newest menu's line with this label."""
        return str(next(line["id"] for line in self.answer.menu["choices"] if line["label"] == label))

    @property
    def row(self) -> Recipient:
        return Recipient.objects.get(lane=self.lane, kind="reader")

    @property
    def asked(self) -> set[tuple[str, str]]:
        return set(self.row.subscriptions.values_list("interest__kind", "interest__key"))
