"""What a task queue's worker does with one message: one call over a pool of kept connections."""

import os

import requests
from requests.adapters import HTTPAdapter

URL = os.environ.get("BENCH_URL", "")
REDIS = os.environ["BENCH_REDIS"]
CONCURRENCY = int(os.environ.get("BENCH_CONCURRENCY", "1"))

session = requests.Session()
session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=CONCURRENCY, pool_block=True))


def post(token: str, chat: int, text: str) -> None:
    answer = session.post(
        f"{URL}/bot{token}/sendMessage", json={"chat_id": chat, "text": text, "parse_mode": "HTML"}, timeout=30
    )
    assert answer.json()["ok"]
