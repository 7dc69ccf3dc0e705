"""How long N readers on L lanes take, and what gives way first: a model, checked against small mailings it really runs.

    python benchmarks/scale_sim.py [--postgresql] [--json FILE] [--quick]

Fits the model (`simulating/model.py`) to the real sender on this machine, its provider answering within the process,
on SQLite or on a throwaway PostgreSQL; then compares what it says of other numbers of lanes and paces with real
mailings at these, and prints the error. Prints Markdown.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from simulating.model import NO_PACE, SLOTS, Load, Machine, Prediction, cores, fitted, full, load, predict

if TYPE_CHECKING:
    from simulating.wire import Wire

# libcurl, TLS and the provider's answer, which the provider within the process leaves out (`benchmarks/transport.py`)
TRANSPORT_SECONDS = 40e-6
CASES = (
    (10_000, 1, 25), (100_000, 1, 25), (100_000, 1, 80), (100_000, 60, 25), (1_000_000, 4, 25), (1_000_000, 1, 1000),
    (1_000_000, 10, 1000), (1_000_000, 1000, 25), (10_000_000, 100, 25), (10_000_000, 100, 1000),
    (100_000_000, 100, 1000), (100_000_000, 1000, 1000),
)  # fmt: skip
FITTED = ((1, 100.0), (40, 5.0))
CHECKED = ((20, 5.0), (10, 25.0), (30, 25.0), (2, 250.0), (4, 250.0))
HEAD = (
    "readers", "lanes", "pace of each", "time", "planned in", "gives way first", "cores used", "writer used",
    "database", "to keep the pace",
)  # fmt: skip


@contextmanager
def newsroom(postgresql: bool) -> Iterator["Wire"]:
    """An empty one, in a folder and a database that go with it."""
    with tempfile.TemporaryDirectory(prefix="barqia-bench-") as folder:
        os.environ |= {"BARQIA_DATA": folder, "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}
        os.environ["BARQIA_LOG_LEVEL"] = "WARNING"
        if not postgresql:
            yield _wire(Path(folder))
            return
        from delivering.servers import PostgreSQL

        with PostgreSQL() as cluster:
            os.environ["DATABASE_URL"] = cluster.create("wire")
            yield _wire(Path(folder))


def _wire(folder: Path) -> "Wire":
    import django

    django.setup()
    from simulating.wire import Wire

    return Wire(folder)


def _cores(wire: "Wire", lanes: int, pace: float, seconds: float) -> float:
    """How much of a core the real sender takes for a mailing that is planned, its provider within the process."""
    readers = max(lanes, int(lanes * pace * seconds) // lanes * lanes)
    wire.lanes(lanes, readers, pace)
    release = wire.publish()
    wire.plan()
    took, worked = wire.send(release, readers)
    return worked / took


def measure(wire: "Wire", readers: int, seconds: float) -> Machine:
    from simulating.wire import stored_bytes

    wire.lanes(1, readers, NO_PACE)
    before = stored_bytes()
    release = wire.publish()
    planned = wire.plan() / readers
    _took, worked = wire.send(release, readers)
    held, size = wire.held / readers, (stored_bytes() - before) / readers
    rest = wire.rest(seconds / 2)
    groups = 1 / (SLOTS / 2)
    runs = [(Load(1, groups, groups), worked / readers)]
    runs += [(load(lanes, pace), _cores(wire, lanes, pace, seconds) - rest) for lanes, pace in FITTED]
    transaction, turn, message = fitted(runs)
    return Machine(rest, transaction, turn, message, planned, held, size, wire.until_first_call())


@dataclass(frozen=True)
class Check:
    """Cores of the real sender, and of the model."""

    lanes: int
    pace: float
    predicted: float
    measured: float

    @property
    def error(self) -> float:
        return self.predicted / self.measured - 1


def check(wire: "Wire", machine: Machine, seconds: float) -> list[Check]:
    bare = replace(machine, plan=0.0)
    return [
        Check(lanes, pace, cores(bare, load(lanes, pace)), _cores(wire, lanes, pace, seconds))
        for lanes, pace in CHECKED
    ]


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


def _told(machine: Machine, name: str) -> str:
    us = {field: value * 1e6 for field, value in asdict(machine).items()}
    whole = replace(machine, message=machine.message + TRANSPORT_SECONDS)
    return (
        f"Measured here on {name}: {us['transaction']:.0f} µs of a core a transaction, {us['turn']:.0f} a lane's turn "
        f"in it, {us['message']:.0f} a message and {TRANSPORT_SECONDS * 1e6:.0f} more for its transport, "
        f"{us['plan']:.1f} to plan a reader; {machine.rest:.1%} of a core at rest; the writer held {us['writer']:.0f} "
        f"µs a message; {machine.delivery_bytes:.0f} bytes a delivery; a flash's first call "
        f"{machine.first_call * 1000:.0f} ms after publishing. A full core sends {full(whole):,.0f} a second.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", action="store_true", help="on a throwaway cluster instead of SQLite")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="small runs: whether it works, no figures")
    given = parser.parse_args()
    seconds = 2.0 if given.quick else 8.0
    with newsroom(given.postgresql) as wire:
        machine = measure(wire, 2_000 if given.quick else 20_000, seconds)
        checks = check(wire, machine, seconds)
    whole = replace(machine, message=machine.message + TRANSPORT_SECONDS)
    predictions = [predict(whole, *case) for case in CASES]
    print(_told(machine, "PostgreSQL" if given.postgresql else "SQLite"))
    print(_table(predictions), "\n")
    print(_row("checked: lanes", "pace of each", "cores predicted", "measured", "error"))
    print(_row(*["---"] * 5))
    for one in checks:
        print(_row(one.lanes, f"{one.pace:.0f}/s", f"{one.predicted:.3f}", f"{one.measured:.3f}", f"{one.error:+.0%}"))
    if given.json:
        told = {"machine": asdict(machine), "predictions": [asdict(one) for one in predictions]}
        told["checks"] = [asdict(one) | {"error": one.error} for one in checks]
        given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
