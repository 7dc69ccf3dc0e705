"""Apprise: its own parallel dispatch, one Telegram service a place, the chats shared out; its pool as large as that."""

from concurrent.futures import ThreadPoolExecutor

import apprise.apprise
from apprise.plugins.telegram import NotifyTelegram

from delivering.rivals.clock import TEXT, Order, counted, order

TOKEN = "4100:abcdefghijklmnopqrstuvwxyz012345678"  # noqa: S105 - the stub takes any, Apprise checks its form


def _send(asked: Order) -> None:
    apprise.apprise._shared_executor = ThreadPoolExecutor(asked.concurrency)
    NotifyTelegram.notify_url = f"{asked.url}/bot"
    NotifyTelegram.request_rate_per_sec = 0
    wire = apprise.Apprise()
    for place in range(min(asked.concurrency, asked.count)):
        chats = "/".join(str(chat) for chat in asked.chats[place :: asked.concurrency])
        assert wire.add(f"tgram://{TOKEN}/{chats}/?format=html")
    with counted():
        assert wire.notify(body=TEXT)


if __name__ == "__main__":
    _send(order())
