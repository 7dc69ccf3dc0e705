"""The figures of a run as Markdown and as JSON."""

import platform
import sqlite3
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from delivering.bench import Sizes, Told
from delivering.machine import CORES

PACKAGES = ("barqia", "aiohttp", "pycurl", "uvloop", "aiogram", "python-telegram-bot", "pywa", "apprise", "celery",
    "dramatiq", "psycopg")  # fmt: skip
METHOD = """\
The sender, or a rival with all its processes, is held on one core; the stub (nginx, TLS verified, unique ids) and any
database server or broker on the other. CPU is of the sender, or of the rival and what it started, not of Redis or
PostgreSQL. The sender is the shipped one on a data folder made by `barqia init`, its readers imported, SQLite with
`synchronous=FULL`; its time runs from publishing to the last answer's commit, and a round counts only when the stub's
log shows one call a reader and the account says that each was delivered. Rivals are not asked to record anything;
Celery and Dramatiq keep their queue in Redis, appended to a file that is flushed each second."""
MARKS = {None: "", True: "yes", False: "**no**"}


def markdown(sections: dict[str, Told], sizes: Sizes) -> str:
    """A table of all figures, what was left out and why, and what it was measured with."""
    lines = [
        "# Delivery in figures",
        "",
        "Written by `make benchmarks-delivery`; see `benchmarks/delivery.py` for what each figure is.",
        "",
    ]
    lines += ["| what | measured | goal | reached |", "|---|---|---|---|"]
    for told in sections.values():
        lines += [f"| {each.what} | {each.value} | {each.goal} | {MARKS[each.met]} |" for each in told.figures]
    left_out = [reason for told in sections.values() for reason in told.skipped]
    if left_out:
        lines += ["", "Left out: " + "; ".join(left_out) + "."]
    lines += ["", _conditions(sizes)]
    return "\n".join(lines) + "\n"


def _conditions(sizes: Sizes) -> str:
    machine = _machine()
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, SQLite {machine['sqlite']}"
    return f"{machine['at']}; medians of {sizes.rounds} alternating rounds on {where}; {packages}.\n\n{METHOD}"


def as_json(sections: dict[str, Told], sizes: Sizes) -> dict[str, Any]:
    found = {name: asdict(told) for name, told in sections.items()}
    return {"machine": _machine(), "sizes": asdict(sizes), "sections": found}


def _machine() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(CORES),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: number for name in PACKAGES if (number := _version(name))},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
