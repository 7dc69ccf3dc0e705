"""The wire is killed with SIGKILL again and again at work; the providers' own log is the judge.

`make soak` makes it long: `BARQIA_SOAK_KILLS` kills, drawn by `BARQIA_SOAK_SEED`. Several machines need PostgreSQL.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import postgresql
from flow.engines import Embedded, Engine, Several
from flow.judge import Judge, told
from flow.several import several_wire
from flow.soak import PHASES, Soak
from flow.wire import wire
from jetstream import Servers

KILLS = int(os.environ.get("BARQIA_SOAK_KILLS", "5"))
SEED = int(os.environ.get("BARQIA_SOAK_SEED", "20261125"))
LONG = KILLS > 50
RATES = {"telegram_rate": 200.0, "whatsapp_rate": 200.0}


@contextmanager
def _embedded(folder: Path) -> Iterator[Engine]:
    with wire(folder, **RATES) as made:
        yield Embedded(made)


@contextmanager
def _several(folder: Path) -> Iterator[Engine]:
    nats = Servers(folder)
    try:
        with several_wire(folder, nats, **RATES) as made:
            yield Several(made, nats)
    finally:
        nats.stop()


ENGINES = {"embedded": _embedded, "several": _several}


@pytest.mark.faults
@pytest.mark.timeout(2400 + 30 * KILLS)
@pytest.mark.parametrize("engine", ["embedded", pytest.param("several", marks=pytest.mark.postgresql)])
def test_kills_lose_nobody_and_repeat_nothing(tmp_path: Path, engine: str) -> None:
    with ENGINES[engine](tmp_path) as made:
        soak = Soak(made, SEED, readers=500 if LONG else 150, talkers=KILLS * 2)
        # a flash in doubt goes again on this lane
        made.wire.execute("UPDATE subscribers_lane SET resend_flash=? WHERE name='whatsapp'", True)
        soak.begin()
        soak.make_trouble()
        phases = [*PHASES] * (KILLS // len(PHASES) + 1)
        random.Random(SEED).shuffle(phases)
        for number, phase in enumerate(phases[:KILLS], 1):
            soak.kill(phase)
            if number % 25 == 0:
                print(f"{number} kills", flush=True)
        soak.drain()
        record = soak.record()
        verdict = Judge(record).verdict()
        database = "PostgreSQL" if postgresql.server() else "SQLite"
        print(told(verdict, f"{database}, {engine}", [kill.what for kill in record.kills]))
        assert not verdict.complaints, "\n".join(verdict.complaints[:40])
