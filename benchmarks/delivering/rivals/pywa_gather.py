"""pywa, its asynchronous half: gathered under a semaphore, on uvloop, its pool as large as the concurrency."""

import httpx
import uvloop
from pywa_async import WhatsApp

from delivering.rivals.clock import TEXT, TOKEN, Order, gathered, order


async def _send(asked: Order) -> None:
    limits = httpx.Limits(max_connections=asked.concurrency, max_keepalive_connections=asked.concurrency)
    async with httpx.AsyncClient(limits=limits, timeout=60) as session:
        client = WhatsApp(phone_id="100", token=TOKEN, session=session, server=None, validate_updates=False)
        session.base_url = httpx.URL(f"{asked.url}/v24.0")
        await gathered(asked, lambda chat: client.send_message(to=str(963_000_000_000 + chat), text=TEXT))


if __name__ == "__main__":
    uvloop.run(_send(order()))
