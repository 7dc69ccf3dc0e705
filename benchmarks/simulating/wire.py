"""The real sender in this process, its provider too: what it costs at a pace, on SQLite or on PostgreSQL."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections

from barqia import desk
from barqia.delivery.clock import now_ms
from barqia.delivery.handout import Embedded
from barqia.delivery.lane import Call, Reply
from barqia.delivery.models import Delivery
from barqia.delivery.planning import plan
from barqia.delivery.sending.engine import Sender
from barqia.delivery.sql import rows, run, run_many
from barqia.delivery.transport.http import Done, Http
from barqia.desk.words import Slot, Words
from barqia.subscribers.lanes import seal_secrets
from barqia.subscribers.models import Interest, Lane
from barqia.subscribers.vault import make_key, vault
from barqia.wire.setup import About, write
from simulating.model import SLOTS

ANSWER_SECONDS = 0.02
LOOK_SECONDS = 0.5
Work = Callable[[asyncio.Event, Sender], Awaitable[None]]
TEXT = "دمشق-برقية\nافتتح السوق اليوم بعد الترميم، وحضره أهل الحي.\n"


class Wire:
    """A newsroom whose provider answers within this process after `ANSWER_SECONDS`."""

    def __init__(self, folder: Path) -> None:
        make_key(folder / "key")
        call_command("migrate", verbosity=0)
        write(About("وكالة", "Agency", "وكالة", "UTC"))
        self._everything = Interest.objects.create(kind="everything", key="").pk
        self._numbers = itertools.count(1)
        self.held = 0.0
        self.first_call = 0.0
        Http.start = self._start  # type: ignore[assignment, method-assign]

    def _start(self, _call: Call, done: Done, _seconds: float = 30) -> None:
        self.first_call = self.first_call or time.perf_counter()
        body = b'{"ok":true,"result":{"message_id":%d}}' % next(self._numbers)
        asyncio.get_running_loop().call_later(ANSWER_SECONDS, done, Reply(200, {}, body))

    def lanes(self, count: int, readers: int, pace: float) -> None:
        """These lanes and no others, with the readers shared out among them."""
        Lane.objects.update(active=False)
        sealed, seal = seal_secrets({"token": "1:x"}), vault()
        for _ in range(count):
            name = f"lane-{next(self._numbers)}"
            about = {"name": name, "title": name, "kind": "telegram", "settings": {"updates": "webhook"}}
            lane = Lane.objects.create(**about, secrets=sealed, rate=pace, recipient_interval_ms=0, concurrency=SLOTS)
            addresses = [str(10**9 + next(self._numbers)) for _ in range(readers // count)]
            run_many(
                "INSERT INTO subscribers_recipient (lane_id, kind, status, status_reason, own, address_cipher, "
                "address_hash, country, created_at) VALUES (%s,'reader','active','',%s,%s,%s,'','2026-01-01')",
                [(lane.pk, False, seal.seal(address), seal.find(address)) for address in addresses],
            )
            run(
                "INSERT INTO subscribers_subscription (recipient_id, lane_id, interest_id) "
                "SELECT id, lane_id, %s FROM subscribers_recipient WHERE lane_id=%s",
                [self._everything, lane.pk],
            )

    def publish(self, urgency: int = 5) -> int:
        item = desk.save(None, Words("خبر", TEXT), Slot(("politics",), urgency))
        return desk.publish(None, item, 0).pk

    def plan(self) -> float:
        """Seconds of a core to plan what is published."""
        began = time.process_time()
        plan.start(now_ms())
        slices = plan.Slices()
        while plan.plan_slice(slices.size, now_ms(), slices.pages) is not None:
            slices.took(0)
        return time.process_time() - began

    def rest(self, seconds: float) -> float:
        """Seconds of a core a second, of a sender that has nothing to do."""

        async def resting(_stop: asyncio.Event, _sender: Sender) -> None:
            await asyncio.sleep(seconds)

        took, worked = self._run(resting)
        return worked / took

    def send(self, release: int, readers: int) -> tuple[float, float]:
        """(seconds from the start to the last answer's commit, seconds of a core) of what is planned or published."""

        async def sending(_stop: asyncio.Event, sender: Sender) -> None:
            while await sender.database(_delivered, release) < readers:  # noqa: ASYNC110 - the database does not call
                await asyncio.sleep(LOOK_SECONDS)

        return self._run(sending)

    def until_first_call(self) -> float:
        """Seconds from publishing a flash to its first call, while a sender runs."""

        async def waiting(_stop: asyncio.Event, _sender: Sender) -> None:
            await asyncio.sleep(1)
            self.first_call = 0.0
            began = time.perf_counter()
            await asyncio.to_thread(self._published_elsewhere)
            while not self.first_call:  # noqa: ASYNC110 - set by the provider's stand-in
                await asyncio.sleep(0.001)
            self._waited = self.first_call - began

        self._waited = 0.0
        self._run(waiting)
        return self._waited

    def _published_elsewhere(self) -> None:
        self.publish(urgency=1)
        connections.close_all()

    def _run(self, work: Work) -> tuple[float, float]:
        connections.close_all()
        return asyncio.run(self._timed(work))

    async def _timed(self, work: Work) -> tuple[float, float]:
        stop, sender = asyncio.Event(), _Timed(Embedded())
        running = asyncio.create_task(sender.run(stop))
        began, worked = time.perf_counter(), time.process_time()
        await work(stop, sender)
        took = time.perf_counter() - began, time.process_time() - worked
        self.held = sender.held
        stop.set()
        await running
        return took


class _Timed(Sender):
    """How long its thread committed, which is how long it held the writer at most."""

    held = 0.0

    async def database(self, function, *args, **kwargs):  # type: ignore[no-untyped-def, override]
        def timed():  # type: ignore[no-untyped-def]
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                if function.__name__ == "settle":
                    self.held += time.perf_counter() - began

        return await super().database(timed)


def _delivered(release: int) -> int:
    return Delivery.objects.filter(source_kind=1, source_id=release, state="delivered").count()


def stored_bytes() -> int:
    if connection.vendor == "postgresql":
        return int(rows("SELECT pg_database_size(current_database())")[0][0])
    ((pages,),), ((size,),) = rows("PRAGMA page_count"), rows("PRAGMA page_size")
    return int(pages) * int(size)
