"""python-telegram-bot: gathered under a semaphore, on uvloop, its pool as large as the concurrency."""

import uvloop
from telegram import Bot
from telegram.request import HTTPXRequest

from delivering.rivals.clock import TEXT, TOKEN, Order, gathered, order


async def _send(asked: Order) -> None:
    request = HTTPXRequest(connection_pool_size=asked.concurrency, pool_timeout=60)
    async with Bot(TOKEN, base_url=f"{asked.url}/bot", request=request) as bot:
        await gathered(asked, lambda chat: bot.send_message(chat, TEXT, parse_mode="HTML"))


if __name__ == "__main__":
    uvloop.run(_send(order()))
