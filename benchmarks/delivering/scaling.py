"""Several lanes on one process; several workers on one wire."""

import subprocess
from functools import partial
from statistics import median

from delivering import newsroom, rounds
from delivering.bench import CONCURRENCY, Bench, Told
from delivering.machine import OTHER, OURS
from delivering.newsroom import BARQIA, Newsroom
from delivering.rounds import Round
from delivering.stub import SLOW_MS

LINEAR_GOAL, FULL_CORE = 0.85, 0.9
LANES = (1, 2, 4)


def measure(bench: Bench) -> Told:
    """Each lane has its own calls at once, its provider is far away: one lane leaves most of the core idle."""
    told = Told()
    if bench.stub.slow_url is None:
        told.skipped.append("lanes: nginx has no echo module (Debian: libnginx-mod-http-echo)")
        return told
    rooms = {lanes: bench.newsroom(f"lanes-{lanes}", bench.sizes.lane_readers * lanes, lanes) for lanes in LANES}
    for room in rooms.values():
        bench.far_away(room)
    contenders = {str(lanes): partial(_one_round, bench, room) for lanes, room in rooms.items()}
    found = rounds.alternating(bench.sizes.rounds, contenders)
    told.numbers = rounds.numbers(found)
    alone = found["1"]
    told.add(f"1 lane, {CONCURRENCY} calls at once, {SLOW_MS} ms away", _shown(alone))
    for lanes in LANES[1:]:
        several = found[str(lanes)]
        share, core = rounds.ratio(several, alone) / lanes, median(each.core for each in several)
        met = share >= LINEAR_GOAL or core >= FULL_CORE
        goal = f"≥ {LINEAR_GOAL} until the core is full"
        told.add(f"{lanes} lanes", f"{share:.2f} of linear: {_shown(several)}", goal, met)
    return told


def _shown(several: list[Round]) -> str:
    return f"{rounds.shown(several)}, {median(each.core for each in several):.0%} of the core"


def _one_round(bench: Bench, room: Newsroom) -> Round:
    with newsroom.copied(room) as fresh:
        return rounds.ours(fresh, bench.stub)


def measure_workers(_bench: Bench) -> Told:
    told = Told()
    if subprocess.run([BARQIA, "worker", "--help"], check=False, capture_output=True).returncode:
        told.skipped.append("one and two workers: this version has no `barqia worker`")
    elif OURS == OTHER:
        told.skipped.append("one and two workers: one core")
    return told
