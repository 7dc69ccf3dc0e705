"""What a rival's process is asked, and what it tells."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from delivering import newsroom

TEXT, TOKEN = newsroom.TEXT, f"{newsroom.TOKEN}1"


@dataclass(slots=True)
class Order:
    """`count` messages to chats from `first` on, at most `concurrency` at once, to the provider at `url`."""

    url: str
    count: int
    concurrency: int
    first: int = 500_000_000
    sent: int = 0

    @property
    def chats(self) -> range:
        return range(self.first, self.first + self.count)


def order() -> Order:
    return Order(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))


def _cpu() -> float:
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


@contextmanager
def counted(asked: Order) -> Iterator[None]:
    """Time what is inside, and print it."""
    cpu, began = _cpu(), time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "cpu_seconds": _cpu() - cpu, "sent": asked.sent}), flush=True)
