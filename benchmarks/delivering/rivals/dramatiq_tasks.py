"""Dramatiq's broker and actor, as its manual has them: acknowledged when done."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from delivering.rivals.queue_tasks import REDIS, post

broker = RedisBroker(url=REDIS)
dramatiq.set_broker(broker)

send = dramatiq.actor(post)
