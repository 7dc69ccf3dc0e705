"""How long N readers on L lanes take, and what gives way first: a model, checked against small mailings it really runs.

    python benchmarks/scale_sim.py [--json FILE] [--quick]

Measures on this machine, through the real functions and SQLite: planning (seconds a reader), and one core's work a
message (the real sender, its provider answering within the process). The model is three bounds: the lanes' pace, a
sender's core, a database's writer; a mailing takes as long as the tightest. It is then compared with real mailings on
one, two and four lanes at set paces, and the error printed. Prints Markdown.
"""

import argparse
import asyncio
import itertools
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
os.environ |= {"BARQIA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}

import django  # noqa: E402 - after the folder is named

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup
from django.db import connections  # noqa: E402 - as above

from barqia import desk  # noqa: E402 - as above
from barqia.delivery.clock import now_ms  # noqa: E402 - as above
from barqia.delivery.handout import Embedded  # noqa: E402 - as above
from barqia.delivery.lane import Call, Reply  # noqa: E402 - as above
from barqia.delivery.models import Delivery, Mailing  # noqa: E402 - as above
from barqia.delivery.planning import plan  # noqa: E402 - as above
from barqia.delivery.sending.engine import Sender  # noqa: E402 - as above
from barqia.delivery.sql import rows, run, run_many  # noqa: E402 - as above
from barqia.delivery.transport.http import Done, Http  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from barqia.subscribers.lanes import seal_secrets  # noqa: E402 - as above
from barqia.subscribers.models import Interest, Lane  # noqa: E402 - as above
from barqia.subscribers.vault import make_key, vault  # noqa: E402 - as above
from barqia.wire.setup import About, write  # noqa: E402 - as above

NO_PACE = 1e6
# libcurl, TLS and the provider's answer, which the provider within the process leaves out (`benchmarks/transport.py`)
TRANSPORT_SECONDS = 43e-6
FULL = 0.85
ANSWER_SECONDS = 0.02
CASES = (
    (10_000, 1, 25), (100_000, 1, 25), (100_000, 1, 80), (1_000_000, 4, 25), (1_000_000, 1, 1000),
    (1_000_000, 10, 1000), (10_000_000, 10, 1000), (10_000_000, 100, 1000), (100_000_000, 100, 1000),
    (100_000_000, 1000, 1000),
)  # fmt: skip
TEXT = "دمشق-برقية\nافتتح السوق اليوم بعد الترميم، وحضره أهل الحي.\n"
HEAD = (
    "readers", "lanes", "pace of each", "time", "planned in", "gives way first", "cores used", "writer used",
    "database", "to keep the pace",
)  # fmt: skip


@dataclass(frozen=True)
class Machine:
    """What was measured here: seconds of one core, seconds of the database's writer, and bytes."""

    plan_seconds: float
    message_seconds: float
    writer_seconds: float
    delivery_bytes: float


@dataclass(frozen=True)
class Prediction:
    readers: int
    lanes: int
    pace: float
    planned_seconds: float
    seconds: float
    cores: float
    writer: float
    gigabytes: float
    first_to_give: str
    workers: int
    databases: int


def predict(machine: Machine, readers: int, lanes: int, pace: float) -> Prediction:
    """The time a mailing takes on one worker's core and one database, and how many would keep the pace."""
    asked = lanes * pace
    of_a_core = 1 / (machine.message_seconds + machine.plan_seconds)
    of_a_writer = 1 / (machine.writer_seconds + machine.plan_seconds)
    rate = min(asked, of_a_core, of_a_writer)
    bounds = {"pace": asked, "core": of_a_core, "writer": of_a_writer}
    return Prediction(
        readers, lanes, pace,
        planned_seconds=readers * machine.plan_seconds,
        seconds=readers / rate,
        cores=rate * (machine.message_seconds + machine.plan_seconds),
        writer=rate * (machine.writer_seconds + machine.plan_seconds),
        gigabytes=readers * machine.delivery_bytes / 1e9,
        first_to_give=min(bounds, key=bounds.__getitem__),
        workers=max(1, -(-int(asked * machine.message_seconds * 1000) // int(FULL * 1000))),
        databases=max(1, -(-int(asked * machine.writer_seconds * 1000) // int(FULL * 1000))),
    )  # fmt: skip


class Wire:
    """A newsroom on SQLite whose provider answers within this process after `ANSWER_SECONDS`."""

    def __init__(self) -> None:
        make_key(folder / "key")
        call_command("migrate", verbosity=0)
        write(About("وكالة", "Agency", "وكالة", "UTC"))
        self._everything = Interest.objects.create(kind="everything", key="").pk
        self._numbers = itertools.count(1)
        self._answered: dict[str, int] = {}
        self.holding = 0.0
        Http.start = self._start  # type: ignore[assignment, method-assign]

    def _start(self, _call: Call, done: Done, _seconds: float = 30) -> None:
        body = b'{"ok":true,"result":{"message_id":%d}}' % next(self._numbers)
        asyncio.get_running_loop().call_later(ANSWER_SECONDS, done, Reply(200, {}, body))

    def lanes(self, count: int, readers: int, pace: float) -> None:
        """These lanes and no others, with the readers shared out among them."""
        Lane.objects.update(active=False)
        sealed, seal = seal_secrets({"token": "1:x"}), vault()
        for _ in range(count):
            name = f"lane-{next(self._numbers)}"
            about = {"name": name, "title": name, "kind": "telegram", "settings": {"updates": "webhook"}}
            lane = Lane.objects.create(**about, secrets=sealed, rate=pace, recipient_interval_ms=0, concurrency=200)
            addresses = [str(10**9 + next(self._numbers)) for _ in range(readers // count)]
            run_many(
                "INSERT INTO subscribers_recipient (lane_id, kind, status, status_reason, own, address_cipher, "
                "address_hash, created_at) VALUES (%s,'reader','active','',%s,%s,%s,'2026-01-01')",
                [(lane.pk, False, seal.seal(address), seal.find(address)) for address in addresses],
            )
            run(
                "INSERT INTO subscribers_subscription (recipient_id, lane_id, interest_id) "
                "SELECT id, lane_id, %s FROM subscribers_recipient WHERE lane_id=%s",
                [self._everything, lane.pk],
            )

    def publish(self) -> int:
        item = desk.save(None, Words("خبر", TEXT), Slot(("politics",)))
        return desk.publish(None, item, 0).pk

    def plan(self) -> float:
        """Seconds of work to plan what is published."""
        began = time.process_time()
        plan.start(now_ms())
        slices = plan.Slices()
        while plan.plan_slice(slices.size, now_ms(), slices.pages) is not None:
            slices.took(0)
        return time.process_time() - began

    def send(self, release: int, readers: int) -> tuple[float, float]:
        """(seconds from publishing to the last answer's commit, seconds of work) of the real sender."""
        connections.close_all()
        return asyncio.run(self._send(release, readers))

    async def _send(self, release: int, readers: int) -> tuple[float, float]:
        stop, sender = asyncio.Event(), _Timed(Embedded())
        began, worked = time.perf_counter(), time.process_time()
        running = asyncio.create_task(sender.run(stop))
        while await sender.database(_delivered, release) < readers:  # noqa: ASYNC110 - the database does not call
            await asyncio.sleep(0.1)
        took = time.perf_counter() - began, time.process_time() - worked
        self.holding = sender.held
        stop.set()
        await running
        return took


class _Timed(Sender):
    """How long its thread was at the database, which is how long it held the writer at most."""

    held = 0.0

    async def database(self, function, *args, **kwargs):  # type: ignore[no-untyped-def, override]
        def timed():  # type: ignore[no-untyped-def]
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                if function.__name__ == "exchange":
                    self.held += time.perf_counter() - began

        return await super().database(timed)


def _delivered(release: int) -> int:
    return Delivery.objects.filter(source_kind=1, source_id=release, state="delivered").count()


def measure(wire: Wire, readers: int) -> Machine:
    wire.lanes(1, readers, NO_PACE)
    before = _bytes()
    release = wire.publish()
    planned = wire.plan()
    _took, worked = wire.send(release, readers)
    size = (_bytes() - before) / readers
    return Machine(planned / readers, worked / readers + TRANSPORT_SECONDS, wire.holding / readers, size)


def _bytes() -> int:
    ((pages,),), ((size,),) = rows("PRAGMA page_count"), rows("PRAGMA page_size")
    return int(pages) * int(size)


@dataclass(frozen=True)
class Check:
    lanes: int
    pace: float
    readers: int
    predicted: float
    measured: float

    @property
    def error(self) -> float:
        return self.predicted / self.measured - 1


def check(wire: Wire, machine: Machine, seconds: float) -> list[Check]:
    """The model against real mailings, without the transport's share, which these do not have."""
    bare = Machine(machine.plan_seconds, machine.message_seconds - TRANSPORT_SECONDS, machine.writer_seconds, 0)
    found = []
    for lanes, pace in ((1, 100.0), (2, 250.0), (4, 500.0), (4, NO_PACE)):
        rate = min(lanes * pace, 2500)
        readers = int(rate * seconds) // lanes * lanes
        wire.lanes(lanes, readers, pace)
        release = wire.publish()
        took, _worked = wire.send(release, readers)
        found.append(Check(lanes, pace, readers, predict(bare, readers, lanes, pace).seconds, took))
        Mailing.objects.update(state="planned")
    return found


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _table(predictions: list[Prediction]) -> str:
    lines = [_row(*HEAD), _row(*["---"] * len(HEAD))]
    lines += [
        _row(
            f"{one.readers:,}", f"{one.lanes:,}", f"{one.pace:,.0f}/s", _time(one.seconds), _time(one.planned_seconds),
            one.first_to_give, f"{one.cores:.2f}", f"{one.writer:.0%}", f"{one.gigabytes:.1f} GB",
            f"{one.workers} workers, {one.databases} databases",
        )
        for one in predictions
    ]  # fmt: skip
    return "\n".join(lines)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="small runs: whether it works, no figures")
    given = parser.parse_args()
    wire = Wire()
    machine = measure(wire, 1_000 if given.quick else 20_000)
    checks = check(wire, machine, 1.0 if given.quick else 8.0)
    predictions = [predict(machine, *case) for case in CASES]
    micro = {name.split("_")[0]: value * 1e6 for name, value in asdict(machine).items()}
    print(
        f"Measured here: {micro['plan']:.1f} µs of a core to plan a reader; {micro['message']:.0f} µs a message, "
        f"{TRANSPORT_SECONDS * 1e6:.0f} of them the transport; the writer held {micro['writer']:.0f} µs a message; "
        f"{machine.delivery_bytes:.0f} bytes a delivery.\n"
    )
    print(_table(predictions), "\n")
    print(_row("checked: lanes", "pace of each", "readers", "predicted", "measured", "error"))
    print(_row(*["---"] * 6))
    for one in checks:
        pace = "none" if one.pace == NO_PACE else f"{one.pace:.0f}/s"
        seconds = f"{one.predicted:.1f} s", f"{one.measured:.1f} s"
        print(_row(one.lanes, pace, f"{one.readers:,}", *seconds, f"{one.error:+.0%}"))
    if given.json:
        lists = {"predictions": predictions, "checks": checks}
        told = {"machine": asdict(machine), **{name: [asdict(one) for one in found] for name, found in lists.items()}}
        given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
