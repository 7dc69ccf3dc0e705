"""The raw loop: our transport alone. The same calls, nothing rendered a reader, tested, encrypted or recorded."""

import asyncio
import json
from collections.abc import Iterator

import uvloop

from barqia.delivery.lane import Call, Reply
from barqia.delivery.transport.http import Answer, Http
from delivering.rivals.clock import TEXT, TOKEN, Order, counted, order

CONNECTIONS = 1000


def _call(url: str, chat: int) -> Call:
    body = json.dumps({"chat_id": chat, "text": TEXT, "parse_mode": "HTML"}, ensure_ascii=False).encode()
    headers = {"content-type": "application/json"}
    return Call(part=0, op="send", method="POST", url=f"{url}/bot{TOKEN}/sendMessage", headers=headers, body=body)


class _Loop:
    """A call's answer starts the next call, as the transport is cheapest; `over` when none is under way."""

    def __init__(self, asked: Order, http: Http) -> None:
        self._url, self._http = asked.url, http
        self._chats: Iterator[int] = iter(asked.chats)
        self._under_way = 0
        self.over = asyncio.Event()

    def next(self) -> None:
        chat = next(self._chats, None)
        if chat is not None:
            self._under_way += 1
            self._http.start(_call(self._url, chat), self._answered)
        elif not self._under_way:
            self.over.set()

    def _answered(self, answer: Answer) -> None:
        self._under_way -= 1
        assert isinstance(answer, Reply)
        assert json.loads(answer.body)["ok"]
        self.next()


async def _send(asked: Order) -> None:
    async with Http(CONNECTIONS) as http:
        loop = _Loop(asked, http)
        with counted():
            for _ in range(asked.concurrency):
                loop.next()
            await loop.over.wait()


if __name__ == "__main__":
    uvloop.run(_send(order()))
