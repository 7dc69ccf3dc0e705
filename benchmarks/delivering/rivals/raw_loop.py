"""The raw loop: our transport alone. The same calls, nothing rendered a reader, tested, encrypted or recorded."""

import asyncio
import json
from collections.abc import Iterator

import uvloop

from barqia.delivery.http import Http
from barqia.delivery.lane import Call, Reply
from delivering.rivals.clock import TEXT, TOKEN, Order, counted, order

CONNECTIONS = 1000


def _call(url: str, chat: int) -> Call:
    body = json.dumps({"chat_id": chat, "text": TEXT, "parse_mode": "HTML"}, ensure_ascii=False).encode()
    headers = {"content-type": "application/json"}
    return Call(part=0, op="send", method="POST", url=f"{url}/bot{TOKEN}/sendMessage", headers=headers, body=body)


async def _send(asked: Order) -> None:
    async with Http(CONNECTIONS) as http:
        waiting: Iterator[int] = iter(asked.chats)

        async def lane() -> None:
            for chat in waiting:
                answer = await http.call(_call(asked.url, chat))
                assert isinstance(answer, Reply)
                assert json.loads(answer.body)["ok"]

        with counted():
            await asyncio.gather(*(lane() for _ in range(asked.concurrency)))


if __name__ == "__main__":
    uvloop.run(_send(order()))
