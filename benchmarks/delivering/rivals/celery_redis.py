"""Celery on Redis: one task a message, acknowledged when done, its pool of threads (gevent does as well here)."""

import time

from redis import Redis

from delivering.machine import until
from delivering.rivals.celery_tasks import app, send
from delivering.rivals.clock import TEXT, TOKEN, Order, counted, order
from delivering.rivals.queue_tasks import REDIS
from delivering.rivals.queue_worker import worker

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")


def _send(asked: Order) -> None:
    redis = Redis.from_url(REDIS)
    pool = ("--pool", "threads", "--concurrency", str(asked.concurrency))
    with worker(asked, "celery", "-A", "delivering.rivals.celery_tasks", "worker", *pool, *QUIET) as pid:
        until(lambda: bool(app.control.ping(timeout=0.5)), 60, "Celery's worker")
        with counted([pid]):
            with app.producer_pool.acquire(block=True) as producer:
                for chat in asked.chats:
                    send.apply_async((TOKEN, chat, TEXT), producer=producer)
            while redis.llen("celery") or redis.hlen("unacked"):
                time.sleep(0.02)


if __name__ == "__main__":
    _send(order())
