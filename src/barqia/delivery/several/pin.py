"""A pinned consumer: of all who pull on a subject, NATS picks one, and another when that one falls silent.

The pin comes with a message (header `Nats-Pin-Id`) and is kept by pulling with its id; a server that has not
seen such a pull for `PIN_SECONDS` gives it away with the next message. NATS promises no exclusion: for a moment
two may believe that they hold. The holder therefore counts its time from when it sent the last pull that was
confirmed, and who must not act twice asks the database (a lane's epoch, the lock on planning).
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nats.aio.msg import Msg

from barqia.delivery.several.bus import NO_STREAM, SECOND_NS, Bus, BusError, Inbox
from barqia.errors import SetupError

PIN_SECONDS = 3.0
PULL_SECONDS = 1.0
# a reply that has not come by then does not come
LATE_SECONDS = 0.5
ACK_SECONDS = 5.0
AGAIN_SECONDS = 0.2
# a consumer that nobody pulls from for a day is of a lane that is no more
UNUSED_SECONDS = 24 * 3600
NEXT = "$JS.API.CONSUMER.MSG.NEXT"
GROUP = "holder"
WAKE, HOLD = b"wake", b"hold"


class Pin:
    """Pulls on one subject, `<bus>.<name>`. `woken` is called for each wake-up, `changed` when it came or went.

    While not `standing` it keeps a pin that it has and asks for none.
    """

    def __init__(self, bus: Bus, name: str, woken: Callable[[], None], changed: Callable[[], None]) -> None:
        self.name = name
        self._bus, self._woken, self._changed = bus, woken, changed
        self._consumer = name.replace(".", "-")
        self._id: str | None = None
        self._confirmed = 0.0
        # each open pull's reply subject: when it was sent, and with which pin
        self._sent: dict[str, tuple[float, str | None]] = {}
        self._missing = True
        self._pulls = 0
        self._inbox: Inbox | None = None
        self._away_until = 0.0
        self.standing = True

    def held(self) -> bool:
        """Whether this process surely has the pin now."""
        return self._id is not None and time.monotonic() < self._confirmed + PIN_SECONDS

    async def offer(self) -> bool:
        """A message that wakes nobody, so that whoever pulls is pinned where nobody is."""
        return await self._bus.publish(f"{self._bus.name}.{self.name}", HOLD)

    async def give_back(self, away_seconds: float = 0.0) -> None:
        """Let another have it, and stand back for so long. What it stands for has ended before."""
        held = self.held()
        self._id, self._away_until = None, time.monotonic() + away_seconds
        await self._close_inbox()
        if not held:
            return
        try:
            await self._bus.api(f"CONSUMER.UNPIN.{self._bus.name}.{self._consumer}", {"group": GROUP})
        except BusError:
            return  # it runs out by itself
        await self.offer()

    async def run(self) -> None:
        """Pull, until cancelled."""
        try:
            while True:
                if not self._pulls_now():
                    await asyncio.sleep(AGAIN_SECONDS)
                    continue
                if self._missing:
                    await self._ensure()
                inbox = self._inbox = self._inbox or await self._bus.inbox()
                self._pulls += 1
                subject = f"{inbox.prefix}.{self._pulls}"
                self._sent[subject] = time.monotonic(), self._id
                await self._bus.publish(f"{NEXT}.{self._bus.name}.{self._consumer}", self._pull(), subject)
                with suppress(TimeoutError):
                    async with asyncio.timeout(PULL_SECONDS + LATE_SECONDS):
                        await self._take_until(subject, inbox.came)
                self._forget()
        finally:
            await self._close_inbox()

    async def _close_inbox(self) -> None:
        """Pulls that are open at the server are void: nobody would hear their answer."""
        inbox, self._inbox = self._inbox, None
        if inbox is not None and self._bus.connected:
            await inbox.subscription.unsubscribe()

    def _pulls_now(self) -> bool:
        wanted = self.standing or self._id is not None
        return self._bus.connected and wanted and time.monotonic() >= self._away_until

    def _pull(self) -> bytes:
        request: dict[str, Any] = {"batch": 1, "expires": int(PULL_SECONDS * SECOND_NS), "group": GROUP}
        if self._id is not None:
            request["id"] = self._id
        return json.dumps(request).encode()

    def _forget(self) -> None:
        """Of pulls that are long past nothing comes any more."""
        past = time.monotonic() - 2 * PIN_SECONDS
        self._sent = {subject: sent for subject, sent in self._sent.items() if sent[0] > past}

    async def _take_until(self, subject: str, came: asyncio.Queue[Msg]) -> None:
        """What comes, until it ends the pull that is answered on this subject."""
        while True:
            message = await came.get()
            await self._take(message)
            if "Status" not in (message.headers or {}) or message.subject == subject:
                return

    async def _take(self, message: Msg) -> None:
        """A wake-up, or a status: what either says of the pin."""
        before = self.held()
        headers = message.headers or {}
        status = headers.get("Status")
        if status is None and time.monotonic() < self._away_until:
            return
        if status is None:
            self._id = headers.get("Nats-Pin-Id")
            # a message does not say which pull it answers: at worst the oldest
            oldest, _pin = self._sent.pop(next(iter(self._sent), ""), (0.0, None))
            self._confirm(oldest)
            await self._bus.publish(message.reply, b"+ACK")
            if message.data == WAKE:
                self._woken()
        elif status == "408":
            sent, pin = self._sent.pop(message.subject, (0.0, None))
            if pin == self._id:
                self._confirm(sent)
        elif status == "423":
            self._id = None
        else:
            # no consumer (503, 404), or another server leads it now (409)
            self._missing = status != "409"
            await asyncio.sleep(AGAIN_SECONDS)
        if self.held() is not before:
            self._changed()

    def _confirm(self, sent: float) -> None:
        """The server has seen a pull of the pin's holder, at the earliest when it was sent."""
        self._confirmed = max(self._confirmed, sent)

    async def _ensure(self) -> None:
        """The consumer is there; where JetStream cannot answer now, the next pull finds out."""
        try:
            await self._make()
            self._missing = False
        except BusError as error:
            if error.code == NO_STREAM:
                with suppress(SetupError):
                    await self._bus.ensure_stream()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _make(self) -> None:
        config = {
            "name": self._consumer,
            "durable_name": self._consumer,
            "filter_subject": f"{self._bus.name}.{self.name}",
            "ack_policy": "explicit",
            "ack_wait": int(ACK_SECONDS * SECOND_NS),
            "deliver_policy": "all",
            "priority_groups": [GROUP],
            "priority_policy": "pinned_client",
            "priority_timeout": int(PIN_SECONDS * SECOND_NS),
            "inactive_threshold": UNUSED_SECONDS * SECOND_NS,
            "mem_storage": True,
        }
        body = {"stream_name": self._bus.name, "config": config, "action": ""}
        await self._bus.api(f"CONSUMER.CREATE.{self._bus.name}.{self._consumer}", body)
