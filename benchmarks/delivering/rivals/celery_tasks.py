"""Celery's application. A task is acknowledged when it is done, so that a dead worker's tasks are done again."""

from celery import Celery

from delivering.rivals.queue_tasks import REDIS, post

app = Celery("bench", broker=REDIS)
app.conf.update(task_ignore_result=True, task_acks_late=True, worker_hijack_root_logger=False)

send = app.task(post, name="send")
