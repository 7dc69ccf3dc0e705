"""aiogram: a list in memory, gathered under a semaphore, on uvloop; one session kept open. Nothing is recorded."""

import asyncio
import ssl

import uvloop
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from delivering.rivals.clock import TEXT, TOKEN, Order, counted, order


async def _send(asked: Order) -> None:
    session = AiohttpSession(limit=asked.concurrency, api=TelegramAPIServer.from_base(asked.url))
    session._connector_init["ssl"] = ssl.create_default_context()
    gate = asyncio.Semaphore(asked.concurrency)
    async with Bot(TOKEN, session, DefaultBotProperties(parse_mode="HTML")) as bot:

        async def one(chat: int) -> None:
            async with gate:
                await bot.send_message(chat, TEXT)
                asked.sent += 1

        with counted(asked):
            await asyncio.gather(*(one(chat) for chat in asked.chats))


if __name__ == "__main__":
    uvloop.run(_send(order()))
