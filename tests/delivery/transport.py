"""The transport as tests ask it: some calls one after another, in a loop of their own."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

from barqia.delivery.lane import Call
from barqia.delivery.transport.http import Answer, Http

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]
HEADERS = {"content-type": "application/json"}


def a_call(url: str, body: bytes = b"{}", method: Literal["GET", "POST", "DELETE"] = "POST") -> Call:
    return Call(0, "send", method, url, HEADERS, body)


class Transport:
    """Made for each way in which the transport runs: `run` is asyncio's or uvloop's."""

    def __init__(self, run: Run[Any]) -> None:
        self._run = run

    def answers(
        self, *calls: Call, seconds: float = 10, between: Callable[[], object] = lambda: None, connections: int = 10
    ) -> list[Answer]:
        """What became of the calls, made in turn; `between` runs after each but the last."""

        async def all_of_them() -> list[Answer]:
            found: list[Answer] = []
            async with Http(connections) as http:
                for number, call in enumerate(calls):
                    if number:
                        await asyncio.to_thread(between)
                    found.append(await http.call(call, seconds))
            return found

        return self.do(all_of_them())

    def answer(self, call: Call, seconds: float = 10) -> Answer:
        return self.answers(call, seconds=seconds)[0]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        done: T = self._run(work)
        return done


async def until(happened: Callable[[], object]) -> None:
    while not happened():  # noqa: ASYNC110 - the provider is a thread
        await asyncio.sleep(0)
