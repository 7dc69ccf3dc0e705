"""What a rival's process is asked, and what it tells."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from delivering import newsroom
from delivering.machine import cpu_seconds

TEXT = f"<b>{newsroom.HEADLINE}</b>\n\n{newsroom.TEXT}"
TOKEN = f"{newsroom.TOKEN}1"


@dataclass(frozen=True, slots=True)
class Order:
    """`count` messages to chats from `first` on, at most `concurrency` at once, to the provider at `url`."""

    url: str
    count: int
    concurrency: int
    first: int = 500_000_000

    @property
    def chats(self) -> range:
        return range(self.first, self.first + self.count)


def order() -> Order:
    return Order(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))


@contextmanager
def counted(workers: Sequence[int] = ()) -> Iterator[None]:
    """Time what is inside, this process's CPU and its `workers`', and print it."""
    cpu, began = _cpu(workers), time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "cpu_seconds": _cpu(workers) - cpu}), flush=True)


def _cpu(workers: Sequence[int]) -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + (cpu_seconds(workers) if workers else 0)


async def gathered(asked: Order, send: Callable[[int], Awaitable[object]]) -> None:
    """One coroutine a chat, under a semaphore, as the clients' own pages on flood limits have it."""
    gate = asyncio.Semaphore(asked.concurrency)

    async def one(chat: int) -> None:
        async with gate:
            await send(chat)

    with counted():
        await asyncio.gather(*(one(chat) for chat in asked.chats))
