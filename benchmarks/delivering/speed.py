"""Speed: a durable mailing with no pace to keep, against the transport alone and against what others would use."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from itertools import count
from shutil import which

from delivering import newsroom, profile, rounds
from delivering.bench import CONCURRENCY, Bench, Told
from delivering.rounds import Round
from delivering.servers import PostgreSQL, Redis, programs
from delivering.stub import SLOW_MS

FAR_CONCURRENCY = 1000
AIOGRAM_GOAL, OTHERS_GOAL, RAW_GOAL, POSTGRESQL_GOAL = 8, 10, 0.6, 0.7
OURS_NAME, RAW, PG, AIOGRAM = "Barqia, SQLite", "raw loop, our transport", "Barqia, PostgreSQL", "aiogram, gather"

# name -> (module, what it needs installed, whether it needs Redis)
SLOW_RIVALS = {
    "Celery + Redis": ("celery_redis", "celery", True),
    "Dramatiq + Redis": ("dramatiq_redis", "dramatiq", True),
    "python-telegram-bot": ("telegram_bot", "telegram", False),
    "pywa, async": ("pywa_gather", "pywa_async", False),
    "Apprise": ("apprise_threads", "apprise", False),
}
Contenders = dict[str, Callable[[], Round]]


def measure(bench: Bench) -> Told:
    told = Told()
    with ExitStack() as servers:
        contenders = _ours(bench) | _postgresql(bench, servers, told) | _rivals(bench, servers, told)
        found = rounds.alternating(bench.sizes.rounds, contenders)
    ours = found[OURS_NAME]
    told.numbers = rounds.numbers(found)
    told.add(f"{bench.sizes.readers:,} readers, {CONCURRENCY} calls at once: {OURS_NAME}", rounds.shown(ours))
    for name, each in found.items():
        if name != OURS_NAME:
            told.add(name, rounds.shown(each))
    _share(told, "share of the raw loop", rounds.ratio(ours, found[RAW]), RAW_GOAL)
    if PG in found:
        _share(told, "PostgreSQL against SQLite", rounds.ratio(found[PG], ours), POSTGRESQL_GOAL)
    for name, goal in {AIOGRAM: AIOGRAM_GOAL, **dict.fromkeys(SLOW_RIVALS, OTHERS_GOAL)}.items():
        if name in found:
            times = rounds.ratio(ours, found[name])
            less = rounds.less_cpu(ours, found[name])
            told.add(f"against {name}", f"{times:.1f} × (CPU {less:.1f} ×)", f"≥ {goal} ×", times >= goal)
    return told


def _share(told: Told, what: str, share: float, goal: float) -> None:
    told.add(what, f"{share:.2f}", f"≥ {goal}", share >= goal)


def _ours(bench: Bench) -> Contenders:
    room = bench.newsroom("speed", bench.sizes.readers)
    return {OURS_NAME: partial(_one_round, bench, room), RAW: _rival(bench, "raw_loop", bench.sizes.readers)}


def _one_round(bench: Bench, room: newsroom.Newsroom) -> Round:
    with newsroom.copied(room) as fresh:
        return rounds.ours(fresh, bench.stub, partial(profile.start, folder=bench.profile, name="sqlite"))


def _postgresql(bench: Bench, servers: ExitStack, told: Told) -> Contenders:
    if programs() is None:
        told.skipped.append("PostgreSQL: no initdb here (Debian: postgresql)")
        return {}
    cluster = servers.enter_context(PostgreSQL())
    room = bench.newsroom("speed-postgresql", bench.sizes.readers, database=cluster.create("readers"))
    numbers = count()

    def one_round() -> Round:
        name = f"round_{next(numbers)}"
        fresh = newsroom.on_database(room, cluster.create(name, like="readers"))
        found = rounds.ours(fresh, bench.stub, partial(profile.start, folder=bench.profile, name="postgresql"))
        cluster.drop(name)
        return found

    return {PG: one_round}


def _rivals(bench: Bench, servers: ExitStack, told: Told) -> Contenders:
    contenders = {AIOGRAM: _rival(bench, "aiogram_gather", bench.sizes.quick_rival)}
    redis = servers.enter_context(Redis(bench.folder / "redis")) if which("redis-server") else None
    for name, (module, package, wants_redis) in SLOW_RIVALS.items():
        if find_spec(package) is None:
            told.skipped.append(f"{name}: not installed (make benchmarks-delivery installs it)")
        elif wants_redis and redis is None:
            told.skipped.append(f"{name}: no redis-server here (Debian: redis-server)")
        else:
            broker = {"BENCH_REDIS": redis.url} if redis else {}
            contenders[name] = _rival(bench, module, bench.sizes.slow_rival, **broker)
    return contenders


def _rival(bench: Bench, module: str, messages: int, **more: str) -> Callable[[], Round]:
    return partial(rounds.rival, module, bench.stub.url, messages, CONCURRENCY, bench.stub, **more)


def measure_far(bench: Bench) -> Told:
    """The same where the provider takes its time to answer, with as many calls at once as the sender can have."""
    told = Told()
    slow = bench.stub.slow_url
    if slow is None:
        told.skipped.append(f"a provider {SLOW_MS} ms away: nginx has no echo module (Debian: libnginx-mod-http-echo)")
        return told
    size, stub = bench.sizes.far_away, bench.stub
    room = bench.newsroom("far", size)
    bench.far_away(room)
    bench.set_lanes(room, FAR_CONCURRENCY)
    found = rounds.alternating(
        bench.sizes.rounds,
        {
            OURS_NAME: partial(_one_round, bench, room),
            RAW: partial(rounds.rival, "raw_loop", slow, size, FAR_CONCURRENCY, stub),
            AIOGRAM: partial(rounds.rival, "aiogram_gather", slow, size, FAR_CONCURRENCY, stub),
        },
    )
    told.numbers = rounds.numbers(found)
    for name, each in found.items():
        told.add(f"{SLOW_MS} ms away, {size:,} readers, {FAR_CONCURRENCY} calls at once: {name}", rounds.shown(each))
    for name in (RAW, AIOGRAM):
        times = rounds.ratio(found[OURS_NAME], found[name])
        told.add(f"{SLOW_MS} ms away, against {name}", f"{times:.2f} ×")
    return told
