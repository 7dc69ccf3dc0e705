"""One round of ours and of each rival, on the same stub; alternating rounds and their medians."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from delivering.machine import OURS, on
from delivering.newsroom import Clerk, Newsroom, Sender, Workers, mail
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

    @property
    def core(self) -> float:
        """The share of its core that it used."""
        return self.cpu_seconds / self.seconds


def ours(room: Newsroom, stub: Stub, watch: Callable[[int], None] = lambda _pid: None, workers: int = 0) -> Round:
    """One mailing to every reader of the newsroom, from publishing to the last answer's commit.

    The sender is `barqia run`'s, or so many workers. Raises RuntimeError unless the stub saw each reader's call once
    and the account says that each was delivered.
    """
    with Clerk(room) as clerk, Workers(room, clerk, workers) if workers else Sender(room, clerk) as sender:
        stub.forget()
        watch(sender.pids[0])
        before = sender.cpu()
        told = mail(clerk)
        used = sender.cpu() - before
    count, seen = sum(told["states"].values()), len(stub.sent())
    if told["states"] != {"delivered": count} or seen != count:
        raise RuntimeError(f"{told['states']} of {count}, {seen} calls at the stub")
    return Round(count, told["last_ms"] / 1000 - told["published"], used)


def rival(name: str, url: str, count: int, concurrency: int, stub: Stub, **more: str) -> Round:
    """Run a rival's process; `more` is for its environment. Raises RuntimeError when it fails, or did not send all."""
    stub.forget()
    done = subprocess.run(
        on(OURS, sys.executable, "-m", f"delivering.rivals.{name}", url, str(count), str(concurrency)),
        env={**stub.environment, **more},
        check=False, capture_output=True, text=True, timeout=ROUND_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if len(stub.sent()) != count:
        raise RuntimeError(f"{name}: {len(stub.sent())} of {count} came to the stub")
    return Round(count, told["seconds"], told["cpu_seconds"])


Rounds = dict[str, list[Round]]


def alternating(times: int, contenders: dict[str, Callable[[], Round]]) -> Rounds:
    """Each contender once a round, in turn, so that a slow minute is everybody's."""
    found: Rounds = defaultdict(list)
    for number in range(times):
        for name, run in contenders.items():
            found[name].append(run())
            last = found[name][-1]
            print(f"  round {number + 1}: {name} {last.rate:,.0f}/s, {last.cpu_us:.0f} µs", file=sys.stderr)
    return found


def ratio(one: Sequence[Round], other: Sequence[Round]) -> float:
    """How many times as fast, the median over the rounds: each is compared with its neighbour."""
    return median(a.rate / b.rate for a, b in zip(one, other, strict=True))


def less_cpu(one: Sequence[Round], other: Sequence[Round]) -> float:
    """How many times less CPU a message costs, compared as in `ratio`."""
    return median(b.cpu_us / a.cpu_us for a, b in zip(one, other, strict=True))


def shown(rounds: Sequence[Round]) -> str:
    """The medians, for a person."""
    return f"{median(each.rate for each in rounds):,.0f}/s, {median(each.cpu_us for each in rounds):,.0f} µs"


def numbers(found: Rounds) -> dict[str, Any]:
    return {name: [{"rate": each.rate, "cpu_us": each.cpu_us} for each in rounds] for name, rounds in found.items()}
