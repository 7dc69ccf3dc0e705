"""aiogram: a list in memory, gathered under a semaphore, on uvloop; one session kept open. Nothing is recorded."""

import ssl

import uvloop
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from delivering.rivals.clock import TEXT, TOKEN, Order, gathered, order


async def _send(asked: Order) -> None:
    session = AiohttpSession(limit=asked.concurrency, api=TelegramAPIServer.from_base(asked.url))
    session._connector_init["ssl"] = ssl.create_default_context()  # it knows certifi's authorities alone
    async with Bot(TOKEN, session, DefaultBotProperties(parse_mode="HTML")) as bot:
        await gathered(asked, lambda chat: bot.send_message(chat, TEXT))


if __name__ == "__main__":
    uvloop.run(_send(order()))
