"""The one place that talks to providers: a `Call` out, a `Reply` back, or what became of it instead."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

from barqia.delivery.lane import Call, Reply

CONNECT_SECONDS = 5
TOTAL_SECONDS = 30
# shorter than any server's own, so that a connection the server is closing is not used again
KEEPALIVE_SECONDS = 10
LARGEST_REPLY = 1 << 20


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte of the call reached the provider."""

    code: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The call was under way when the connection or the time ended: nobody can say."""

    code: str


Answer = Reply | NotSent | Lost


class Http:
    """One session for all lanes; `connections` bounds the calls under way at once."""

    def __init__(self, connections: int) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=KEEPALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            auto_decompress=True,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._tasks: set[asyncio.Task[Answer]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    def start(self, call: Call, done: Callable[[Answer], None]) -> None:
        """Begin a call; `done` gets what it came to, on the event loop."""
        task = asyncio.create_task(self.call(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda ended: None if ended.cancelled() else done(ended.result()))

    async def call(self, call: Call, total_seconds: float = TOTAL_SECONDS) -> Answer:
        timeout = aiohttp.ClientTimeout(total=total_seconds, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                call.method,
                call.url,
                data=call.body or None,
                headers=call.headers,
                allow_redirects=False,
                timeout=timeout,
            ) as answer:
                body = await answer.content.read(LARGEST_REPLY)
                while not answer.content.at_eof() and len(body) < LARGEST_REPLY:
                    body += await answer.content.read(LARGEST_REPLY - len(body))
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, headers, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            return NotSent(type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Lost(type(error).__name__)
