"""A million readers: planning, the first message, memory through the mailing, a flash in the middle of it."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from delivering import newsroom
from delivering.bench import Bench, Told
from delivering.machine import OURS, on, resident_mb, until
from delivering.newsroom import Clerk, Newsroom, Sender
from delivering.stub import Stub

PLAN_SECONDS, FIRST_MS, FLASH_MS, MEMORY_MB = 3.0, 250, 250, 250
SLICE_MS = 50
FIELD_EVERY = 1000
# flat: after its first tenth a mailing makes the sender grow by no more than this share
FLAT = 0.05
SAMPLE_SECONDS = 1.0


def measure(bench: Bench) -> Told:
    told = Told()
    size = bench.sizes.million
    room = bench.newsroom("million", size, field_every=min(FIELD_EVERY, size // 100))
    _planning(bench, room, told)
    with Clerk(room) as clerk, Sender(room, clerk) as sender:
        _first_messages(bench, clerk, told)
        _whole_mailing(bench, clerk, sender, told)
    return told


def _planning(bench: Bench, room: Newsroom, told: Told) -> None:
    """The plan alone, on a copy that is thrown away; of three runs the median one."""
    runs = []
    for _ in range(min(3, bench.sizes.rounds)):
        with newsroom.copied(room) as fresh:
            runs.append(_planned(fresh))
    run = sorted(runs, key=lambda each: each["seconds"])[len(runs) // 2]
    seconds, longest = run["seconds"], max(max(each["slices"]) for each in runs)
    told.numbers["plan"] = [{**each, "slices": len(each["slices"]), "longest_ms": max(each["slices"])} for each in runs]
    what = f"plan {run['rows']:,} readers"
    told.add(
        what, f"{seconds:.1f} s (CPU {run['cpu_seconds']:.1f} s)", f"≤ {PLAN_SECONDS:g} s", seconds <= PLAN_SECONDS
    )
    slices = f"{longest:.0f} ms of {len(run['slices'])} slices, median {median(run['slices']):.0f} ms"
    told.add("longest hold of the database's writer while planning", slices, f"≤ {SLICE_MS} ms", longest <= SLICE_MS)


def _planned(room: Newsroom) -> dict[str, Any]:
    done = subprocess.run(
        on(OURS, sys.executable, "-m", "delivering.planner"),
        env=room.environment,
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _first_messages(bench: Bench, clerk: Clerk, told: Told) -> None:
    """Publish to everyone, see the first message, cancel; some times over."""
    found = []
    for _ in range(bench.sizes.firsts):
        bench.stub.forget()
        asked = newsroom.publish(clerk)
        found.append(_first_ms(bench.stub, asked["published"]))
        clerk.ask("cancel", release=asked["release"])
        newsroom.finished(clerk, asked["release"])
    told.numbers["first_ms"] = found
    value = f"{median(found):.0f} ms, worst of {len(found)} {max(found):.0f} ms"
    told.add("first message after publish", value, f"≤ {FIRST_MS} ms", max(found) <= FIRST_MS)


def _first_ms(stub: Stub, since: float) -> float:
    calls: list[float] = []

    def came() -> bool:
        calls.extend(call.came for call in stub.fresh())
        return bool(calls)

    until(came, 120, "the first message", pause=0.02)
    return (min(calls) - since) * 1000


def _whole_mailing(bench: Bench, clerk: Clerk, sender: Sender, told: Told) -> None:
    size, flashes = bench.sizes.million, []
    bench.stub.forget()
    with _memory(sender.pids[0]) as samples:
        asked = newsroom.publish(clerk)
        calls = _until_sent(bench.stub, size // 10)
        tenth = len(samples)
        routine = {call.length for call in calls}
        for number in range(1, bench.sizes.firsts + 1):
            _until_sent(bench.stub, size // 10)
            flashes.append(_flash_ms(bench.stub, clerk, routine))
            print(f"  flash {number}: {flashes[-1]:.0f} ms", file=sys.stderr)
        found = newsroom.finished(clerk, asked["release"])
    told.numbers |= {"flash_ms": flashes, "resident_mb": samples}
    seconds = found["last_ms"] / 1000 - asked["published"]
    planned = found["planned_ms"] / 1000 - asked["published"]
    told.add(f"{size:,} readers, sent and planned at once", f"{seconds:.0f} s, the plan {planned:.1f} s of it")
    _memory_figures(samples, tenth, told)
    value = f"{median(flashes):.0f} ms, worst of {len(flashes)} {max(flashes):.0f} ms"
    what = f"flash in the middle of {size:,}: first message after publish"
    told.add(what, value, f"≤ {FLASH_MS} ms", max(flashes) <= FLASH_MS)


def _memory_figures(samples: list[float], tenth: int, told: Told) -> None:
    late = samples[tenth:] or samples
    most, grown = max(samples), late[-1] / late[0] - 1
    told.add("resident memory, most", f"{most:.0f} MB", f"≤ {MEMORY_MB} MB", most <= MEMORY_MB)
    told.add("resident memory, from a tenth of the mailing to its end", f"{grown:+.1%}", "flat", grown <= FLAT)


def _until_sent(stub: Stub, count: int) -> list[Any]:
    calls: list[Any] = []

    def enough() -> bool:
        calls.extend(stub.fresh())
        return len(calls) >= count

    until(enough, newsroom.SECONDS_A_ROUND, f"{count} messages", pause=0.2)
    return calls


def _flash_ms(stub: Stub, clerk: Clerk, routine: set[int]) -> float:
    """From a flash's publication to the first call at the stub that is not of the routine item's length."""
    asked = newsroom.publish_flash(clerk)
    came: list[float] = []

    def first() -> bool:
        came.extend(call.came for call in stub.fresh() if call.length not in routine)
        return bool(came)

    until(first, 120, "the flash", pause=0.05)
    newsroom.finished(clerk, asked["release"])
    stub.fresh()
    return (min(came) - asked["published"]) * 1000


@contextmanager
def _memory(pid: int) -> Iterator[list[float]]:
    """Its resident memory, MB, sampled in a thread for as long as the `with` lasts."""
    samples, over = [resident_mb(pid)], threading.Event()

    def sample() -> None:
        while not over.wait(SAMPLE_SECONDS):
            samples.append(resident_mb(pid))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()
