"""The one place that talks to providers: a `Call` out, a `Reply` back, or what became of it instead.

libcurl makes the calls, HTTP in the event loop and SMTP beside it. `start` calls back and
is the cheapest, `call` awaits. `NotSent` is said only while no byte of an HTTP request was written, or not the
whole of a message; what may have been taken is never sent again, whatever became of it.
"""

import asyncio
from types import TracebackType
from typing import Self

import pycurl

from barqia.delivery.lane import Call
from barqia.delivery.transport.connections import Connections
from barqia.delivery.transport.exchange import LARGEST_REPLY, Answer, Done, Exchange, Lost, NotSent
from barqia.delivery.transport.smtp import Smtp
from barqia.delivery.transport.transfers import Transfers

__all__ = ["Answer", "Done", "Http", "Lost", "NotSent"]

TOTAL_SECONDS = 30


class Http:
    """All lanes' connections, made in a running loop; `connections` bounds the calls under way, others wait.

    An answer of more than `largest` bytes is broken off.
    """

    def __init__(self, connections: int, largest: int = LARGEST_REPLY) -> None:
        self._largest = largest
        self._loop = asyncio.get_running_loop()
        self._transfers = Transfers(connections, self._finished)
        self._connections = Connections()
        self._under_way: dict[pycurl.Curl, Exchange] = {}
        self._free: list[Exchange] = []
        self._smtp = Smtp(self._loop)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Calls under way end as what can be said of them."""
        for exchange in list(self._under_way.values()):
            self._loop.call_soon(exchange.done, exchange.failure("closed"))
            self._release(exchange)
        for exchange in self._free:
            exchange.curl.close()
        self._transfers.close()
        await self._smtp.close()

    def start(self, call: Call, done: Done, total_seconds: float = TOTAL_SECONDS) -> None:
        """Begin a call; the loop calls `done(answer)` once, later, within `total_seconds` from now."""
        if call.mail:
            self._smtp.start(call, done, total_seconds)
        else:
            self._begin(call, done, total_seconds)

    async def call(self, call: Call, total_seconds: float = TOTAL_SECONDS) -> Answer:
        """As `start`, awaited. Cancelled, the call is broken off."""
        future: asyncio.Future[Answer] = self._loop.create_future()

        def done(answer: Answer) -> None:
            if not future.done():
                future.set_result(answer)

        if call.mail:
            mail = self._smtp.start(call, done, total_seconds)
            try:
                return await future
            finally:
                if mail.done is done:
                    mail.break_off()
        exchange = self._begin(call, done, total_seconds)
        try:
            return await future
        finally:
            if exchange.done is done:
                self._release(exchange)

    def _begin(self, call: Call, done: Done, total_seconds: float) -> Exchange:
        exchange = self._free.pop() if self._free else Exchange(self._connections, self._largest)
        exchange.begin(call, total_seconds, done)
        self._under_way[exchange.curl] = exchange
        self._transfers.add(exchange.curl)
        return exchange

    def _finished(self, curl: pycurl.Curl, code: int) -> None:
        exchange = self._under_way[curl]
        if exchange.wants_another():
            self._transfers.remove(curl)
            self._transfers.add(curl)
        else:
            self._loop.call_soon(exchange.done, exchange.answer(code))
            self._release(exchange)

    def _release(self, exchange: Exchange) -> None:
        del self._under_way[exchange.curl]
        self._transfers.remove(exchange.curl)
        exchange.end()
        self._free.append(exchange)
