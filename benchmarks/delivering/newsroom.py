"""A newsroom as an operator makes one: `barqia init`, `lane add`, `subscribers import`, the sender's own process."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from delivering.machine import OTHER, OURS, cpu_seconds, on, stop, until

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
        given["BARQIA_DATABASE"] = database
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
    room.command("lane", "add", name, "--kind", "telegram", "--rate", str(NO_PACE), *settings)
    room.lanes.append(name)
    return name


def add_readers(room: Newsroom, count: int) -> float:
    """`count` readers of everything, shared out among the lanes. Returns the seconds it took."""
    lines = (f"{room.lanes[n % len(room.lanes)]},{500_000_000 + n},,import" for n in range(count))
    path = room.data / "readers.csv"
    path.write_text("\n".join(["lane,address,sections,consent_source", *lines]), "utf-8")
    began = time.perf_counter()
    room.command("subscribers", "import", str(path))
    path.unlink()
    return time.perf_counter() - began


def copy(room: Newsroom, to: Path) -> Newsroom:
    """The same newsroom on SQLite, in a folder of its own."""
    shutil.copytree(room.data, to)
    return Newsroom(to, {**room.environment, "BARQIA_DATA": str(to)}, room.lanes)


class Clerk:
    """`clerk.py` in its process, asked as if its verbs were functions."""

    def __init__(self, room: Newsroom) -> None:
        self._child = subprocess.Popen(
            on(OTHER, sys.executable, "-m", "delivering.clerk"),
            env={**room.environment, "PYTHONPATH": str(Path(__file__).parent.parent)},
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
    def pid(self) -> int:
        return self._child.pid

    def cpu(self) -> float:
        return cpu_seconds([self.pid])


def mail(clerk: Clerk, seconds: float = SECONDS_A_ROUND) -> dict[str, Any]:
    """Publish, and wait until nothing of it is open: what `publish` and `progress` told."""
    told = clerk.ask("publish", headline=HEADLINE, text=TEXT, urgency=5)
    found: dict[str, Any] = {}

    def done() -> bool:
        found.update(clerk.ask("progress", release=told["release"]))
        return bool(found["done"])

    until(done, seconds, "the mailing's end", pause=0.2)
    return {**told, **found}


def remove(room: Newsroom) -> None:
    shutil.rmtree(room.data, ignore_errors=True)
    os.sync()
