"""SMTP beside the event loop, a thread for each message while it is under way.

libcurl waits for a server's last word on a message, and for its goodbye, where it stands: in the loop a slow mail
server would hold up every lane (`test_a_slow_server_holds_up_nobody`).
"""

import asyncio
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pycurl

from barqia.delivery.lane import Call
from barqia.delivery.transport.connections import Connections
from barqia.delivery.transport.exchange import Answer, Done
from barqia.delivery.transport.mail import MailExchange

MOST = 200


class Smtp:
    """All lanes' mail servers. A handle keeps its connection, and is used for the same server again."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._threads = ThreadPoolExecutor(MOST, "smtp")
        self._free: dict[str, list[MailExchange]] = defaultdict(list)
        self._under_way: dict[MailExchange, str] = {}

    def start(self, call: Call, done: Done, total_seconds: float) -> MailExchange:
        """Begin a call; the loop calls `done(answer)` once."""
        free = self._free[call.url]
        exchange = free.pop() if free else MailExchange(Connections())
        exchange.begin(call, total_seconds, done)
        self._under_way[exchange] = call.url
        self._threads.submit(self._perform, exchange)
        return exchange

    async def close(self) -> None:
        """What is under way is broken off, and ends as what can be said of it."""
        for exchange in self._under_way:
            exchange.break_off()
        await self._loop.run_in_executor(None, self._threads.shutdown)
        # the last answers were handed to the loop while this waited
        await asyncio.sleep(0)
        for handles in self._free.values():
            for exchange in handles:
                exchange.curl.close()

    def _perform(self, exchange: MailExchange) -> None:
        """In a thread of its own."""
        wants = True
        while wants:
            code = _outcome(exchange.curl)
            wants = exchange.wants_another()
        self._loop.call_soon_threadsafe(self._ended, exchange, exchange.answer(code))

    def _ended(self, exchange: MailExchange, answer: Answer) -> None:
        done = exchange.done
        exchange.end()
        self._free[self._under_way.pop(exchange)].append(exchange)
        done(answer)


def _outcome(curl: pycurl.Curl) -> int:
    """libcurl's code, 0 where it was answered."""
    try:
        curl.perform()
    except pycurl.error as error:
        return int(error.args[0])
    return 0
