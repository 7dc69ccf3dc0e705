"""A newsroom as an operator makes one: `barqia init`, `lane add`, `subscribers import`, the sender's own process."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from delivering.machine import CORES, OTHER, OURS, cpu_seconds, on, stop, until

BARQIA = str(Path(sys.executable).parent / "barqia")
NO_PACE = 1e6
TOKEN = "4100:bench"  # noqa: S105 - the stub takes any
HEADLINE = "افتتاح سوق الربيع في المدينة القديمة"
TEXT = (
    "الوادي-برقية\n"
    "أعلنت بلدية الوادي افتتاح سوق الربيع في المدينة القديمة صباح اليوم بحضور أصحاب الحرف والزوار.\n"
    "وقال رئيس البلدية سالم الحمدان إن السوق يبقى مفتوحا عشرة أيام وإن الدخول إليه حر."
)
FLASH = "عاجل: فتح الطريق الساحلي أمام السير"
SECONDS_A_ROUND = 3600


@dataclass(slots=True)
class Newsroom:
    """A data folder, and what talks to it. `lanes` are names; lane N's token ends in N."""

    data: Path
    environment: dict[str, str]
    lanes: list[str] = field(default_factory=list)

    def command(self, *words: str) -> str:
        done = subprocess.run(
            on(OTHER, BARQIA, *words), check=False, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"barqia {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout


def make(data: Path, environment: dict[str, str], database: str = "") -> Newsroom:
    given = {"BARQIA_DATA": str(data), "BARQIA_PASSWORD": "bench-pass-word", "BARQIA_LOG_LEVEL": "WARNING"}
    if database:
        given["DATABASE_URL"] = database
    room = Newsroom(data, {**environment, **given})
    names = ("--name-ar", "وكالة الوادي", "--name-en", "Valley Agency", "--agency", "برقية")
    room.command("init", *names, "--zone", "UTC", "--editor", "editor")
    return room


def add_lane(room: Newsroom, api: str) -> str:
    """A Telegram lane that takes its words by webhook, so that the sender only sends."""
    number = len(room.lanes) + 1
    name = f"lane-{number}"
    room.environment |= {"BARQIA_LANE_TOKEN": f"{TOKEN}{number}", "BARQIA_LANE_WEBHOOK_SECRET": "bench"}
    settings = ("-S", f"api_base={api}", "-S", "updates=webhook", "-S", "bot_username=wire_bot")
    room.command("lane", "add", name, "--kind", "telegram", *settings)
    room.lanes.append(name)
    return name


def add_readers(room: Newsroom, count: int, field_every: int = 1) -> float:
    """`count` readers of politics, each so many of field news too, shared out among the lanes. Returns seconds."""
    sections = ("politics field", *["politics"] * (field_every - 1))
    lines = (
        f"{room.lanes[n % len(room.lanes)]},{500_000_000 + n},{sections[n % field_every]},import" for n in range(count)
    )
    path = room.data / "readers.csv"
    path.write_text("\n".join(["lane,address,sections,consent_source", *lines]), "utf-8")
    began = time.perf_counter()
    room.command("subscribers", "import", str(path))
    path.unlink()
    return time.perf_counter() - began


@contextmanager
def copied(room: Newsroom) -> Iterator[Newsroom]:
    """The same newsroom on SQLite in a folder of its own, for one round."""
    to = room.data.with_name(f"{room.data.name}-copy")
    shutil.copytree(room.data, to)
    try:
        yield Newsroom(to, {**room.environment, "BARQIA_DATA": str(to)}, room.lanes)
    finally:
        shutil.rmtree(to)


class Clerk:
    """`clerk.py` in its process, asked as if its verbs were functions."""

    def __init__(self, room: Newsroom) -> None:
        self._child = subprocess.Popen(
            on(OTHER, sys.executable, "-m", "delivering.clerk"),
            env=room.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._child)

    def ask(self, verb: str, **given: Any) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"do": verb, **given}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"the clerk ended at “{verb}”")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Sender:
    """The shipped sender's process on our core; up once its first pulse is in the database."""

    def __init__(self, room: Newsroom, clerk: Clerk) -> None:
        self._room, self._clerk = room, clerk

    def __enter__(self) -> Self:
        since = time.time() * 1000
        self._child = subprocess.Popen(
            on(OURS, sys.executable, "-m", "barqia.project.sender"), env=self._room.environment
        )
        until(lambda: self._clerk.ask("beats")["at_ms"] >= since, 30, "the sender's first pulse")
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._child)

    @property
    def pids(self) -> list[int]:
        return [self._child.pid]

    def cpu(self) -> float:
        return cpu_seconds(self.pids)


class Workers:
    """So many `barqia worker`s, one a core; up once each holds as many lanes as the others."""

    def __init__(self, room: Newsroom, clerk: Clerk, count: int) -> None:
        self._room, self._clerk, self._count = room, clerk, count

    def __enter__(self) -> Self:
        since = time.time() * 1000
        cores = (CORES[number % len(CORES)] for number in range(self._count))
        self._children = [
            subprocess.Popen(on(core, BARQIA, "worker"), env=self._room.environment, stdout=subprocess.DEVNULL)
            for core in cores
        ]
        each = len(self._room.lanes) // self._count
        until(
            lambda: self._clerk.ask("holders", since_ms=since)["lanes"] == [each] * self._count, 60,
            "the workers' shares", pause=0.5,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            stop(child)

    @property
    def pids(self) -> list[int]:
        return [child.pid for child in self._children]

    def cpu(self) -> float:
        return cpu_seconds(self.pids)


def publish(clerk: Clerk) -> dict[str, Any]:
    """A routine item, to every reader."""
    return clerk.ask("publish", headline=HEADLINE, text=TEXT, urgency=5, section="politics")


def publish_flash(clerk: Clerk) -> dict[str, Any]:
    """A flash, to the readers of field news."""
    return clerk.ask("publish", headline=FLASH, text=FLASH, urgency=1, section="field")


def mail(clerk: Clerk) -> dict[str, Any]:
    """Publish, and wait until nothing of it is open: what `publish` and `progress` told."""
    told = publish(clerk)
    return told | finished(clerk, told["release"])


def finished(clerk: Clerk, release: int) -> dict[str, Any]:
    """What `progress` tells, once nothing of a mailing is open."""
    found: dict[str, Any] = {}

    def done() -> bool:
        found.update(clerk.ask("progress", release=release))
        return bool(found["done"])

    until(done, SECONDS_A_ROUND, "the mailing's end", pause=0.2)
    return found


def on_database(room: Newsroom, database: str) -> Newsroom:
    """The same newsroom, its rows in another database."""
    return Newsroom(room.data, {**room.environment, "DATABASE_URL": database}, room.lanes)
