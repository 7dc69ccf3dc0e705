"""Dramatiq on Redis: one message a task, one process for the one core, its gevent command (faster than threads)."""

import time

from delivering.machine import cpu_seconds
from delivering.rivals.clock import TEXT, TOKEN, Order, counted, order
from delivering.rivals.dramatiq_tasks import broker, send
from delivering.rivals.queue_worker import worker

STEADY_SECONDS = 0.5


def _send(asked: Order) -> None:
    at_once = ("--processes", "1", "--threads", str(asked.concurrency))
    with worker(asked, "dramatiq-gevent", "delivering.rivals.dramatiq_tasks", *at_once) as pid:
        _started(pid)
        with counted([pid]):
            for chat in asked.chats:
                send.send(TOKEN, chat, TEXT)
            broker.join(send.queue_name, interval=20)


def _started(pid: int) -> None:
    """It has no ping: it has started when it has stopped using the processor."""
    before = -1.0
    while (now := cpu_seconds([pid])) - before > STEADY_SECONDS / 10 or now < STEADY_SECONDS:
        before = now
        time.sleep(STEADY_SECONDS)


if __name__ == "__main__":
    _send(order())
