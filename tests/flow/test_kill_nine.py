"""The wire is killed with SIGKILL again and again at work; the providers' own log is the judge.

`make soak` makes it long: `BARQIA_SOAK_KILLS` kills, drawn by `BARQIA_SOAK_SEED`.
"""

import os
import random
from pathlib import Path

import pytest

import postgresql
from flow.judge import Judge, told
from flow.soak import PHASES, Soak
from flow.wire import wire

KILLS = int(os.environ.get("BARQIA_SOAK_KILLS", "5"))
SEED = int(os.environ.get("BARQIA_SOAK_SEED", "20261125"))
LONG = KILLS > 50


@pytest.mark.faults
@pytest.mark.timeout(180 + 20 * KILLS)
def test_kills_lose_nobody_and_repeat_nothing(tmp_path: Path) -> None:
    with wire(tmp_path, telegram_rate=200, whatsapp_rate=200) as made:
        soak = Soak(made, SEED, readers=500 if LONG else 150, talkers=KILLS * 2)
        # a flash in doubt goes again on this lane
        made.execute("UPDATE subscribers_lane SET resend_flash=? WHERE name='whatsapp'", True)
        soak.begin()
        soak.make_trouble()
        phases = [*PHASES] * (KILLS // len(PHASES) + 1)
        random.Random(SEED).shuffle(phases)
        for phase in phases[:KILLS]:
            soak.kill(phase)
        soak.drain()
        verdict = Judge(made).verdict(soak.steady, soak.said, soak.left)
        print(told(KILLS, verdict, "PostgreSQL" if postgresql.server() else "SQLite", soak.phases))
        assert not verdict.complaints, "\n".join(verdict.complaints[:40])
