"""Pace: a lane at the most a provider allows one, judged by when the calls came to the stub."""

import time
from bisect import bisect_left

from delivering import newsroom
from delivering.bench import CONCURRENCY, Bench, Told
from delivering.machine import until
from delivering.newsroom import Clerk, Sender

SHARE_GOAL = 0.99


def measure(bench: Bench) -> Told:
    told = Told()
    rate, seconds = bench.sizes.pace, bench.sizes.pace_seconds
    room = bench.newsroom("pace", rate * (seconds + 2))
    if bench.stub.slow_url:
        bench.far_away(room)
    bench.set_lanes(room, CONCURRENCY, rate)
    with Clerk(room) as clerk, Sender(room, clerk) as sender:
        bench.stub.forget()
        newsroom.publish(clerk)
        until(lambda: bool(bench.stub.fresh()), 30, "the first message", pause=0.01)
        before = sender.cpu()
        time.sleep(seconds + 0.5)
        used = sender.cpu() - before
        came = sorted(call.came for call in bench.stub.sent())
    inside = bisect_left(came, came[0] + seconds)
    (most, at), share = most_in_a_second(came[:inside]), inside / (rate * seconds)
    told.numbers = {"sent": inside, "most_in_a_second": most, "after_seconds": at - came[0], "cpu_seconds": used}
    what = f"pace {rate:,}/s for {seconds} s"
    told.add(
        f"{what}: most in any second", f"{most:,}, {at - came[0]:.1f} s after the first", f"≤ {rate:,}", most <= rate
    )
    told.add(f"{what}: share of it", f"{share:.2%}", f"≥ {SHARE_GOAL:.0%}", share >= SHARE_GOAL)
    told.add(f"{what}: CPU used", f"{used / (seconds + 0.5):.0%} of a core")
    return told


def most_in_a_second(came: list[float]) -> tuple[int, float]:
    """The most calls in any second, wherever it begins, and where that is; times are whole milliseconds."""
    return max((bisect_left(came, at + 0.9995) - number, at) for number, at in enumerate(came))
