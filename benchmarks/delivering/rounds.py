"""One round of ours and of each rival, on the same stub; alternating rounds and their medians."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from delivering.machine import OURS, on
from delivering.newsroom import Clerk, Newsroom, Sender, mail
from delivering.stub import Stub

ROUND_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Round:
    """`sent` messages in `seconds`, with `cpu_seconds` of the process and what it started."""

    sent: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.sent / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu_seconds / self.sent * 1e6


def ours(room: Newsroom, stub: Stub, watch: Callable[[int], None] = lambda _pid: None) -> Round:
    """One mailing to every reader of the newsroom, from publishing to the last answer's commit.

    Raises RuntimeError unless the stub saw each reader's call once and the account says that each was delivered.
    """
    with Clerk(room) as clerk, Sender(room, clerk) as sender:
        stub.forget()
        watch(sender.pid)
        before = sender.cpu()
        told = mail(clerk)
        used = sender.cpu() - before
    count, seen = sum(told["states"].values()), len(stub.seen())
    if told["states"] != {"delivered": count} or seen != count:
        raise RuntimeError(f"{told['states']} of {count}, {seen} calls at the stub")
    return Round(count, told["last_ms"] / 1000 - told["published"], used)


def rival(name: str, url: str, count: int, concurrency: int, stub: Stub) -> Round:
    """Run a rival's process. Raises RuntimeError when it fails, or did not send all."""
    done = subprocess.run(
        on(OURS, sys.executable, "-m", f"delivering.rivals.{name}", url, str(count), str(concurrency)),
        env={**stub.environment, "PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False, capture_output=True, text=True, timeout=ROUND_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if told["sent"] != count:
        raise RuntimeError(f"{name}: {told['sent']} of {count} sent")
    return Round(told["sent"], told["seconds"], told["cpu_seconds"])


def alternating(times: int, contenders: dict[str, Callable[[], Round]]) -> dict[str, list[Round]]:
    """Each contender once a round, in turn, so that a slow minute is everybody's."""
    found: dict[str, list[Round]] = defaultdict(list)
    for number in range(times):
        for name, run in contenders.items():
            found[name].append(run())
            last = found[name][-1]
            print(f"  round {number + 1} {name}: {last.rate:,.0f}/s, {last.cpu_us:.0f} µs", file=sys.stderr)
    return found


def middle(rounds: Sequence[Round]) -> tuple[float, float]:
    """The median rate, messages a second, and the median CPU time, microseconds a message."""
    return median(each.rate for each in rounds), median(each.cpu_us for each in rounds)


def ratio(one: Sequence[Round], other: Sequence[Round]) -> float:
    """How many times as fast, the median over the rounds: each is compared with its neighbour."""
    return median(a.rate / b.rate for a, b in zip(one, other, strict=True))
