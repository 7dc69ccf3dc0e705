"""Polling for lanes without a webhook: one request under way a lane, confirmed by the next one's offset.

A mailbox is looked into in a thread: the protocol is a conversation, and the standard library speaks it. *Refused*:
libcurl's IMAP, a transfer for each command, whose search and fetch would have to be strung together here.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connections

from barqia.delivery.lane import Effect, Mailbox, Malformed, Refused, Reply, lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.sending.changes import reconnecting
from barqia.delivery.sending.outcomes import stop_lane
from barqia.delivery.sending.worker import signature
from barqia.delivery.transport.http import Http
from barqia.inbox.groups import Unanswered
from barqia.inbox.mailbox import MailboxError, new_messages
from barqia.inbox.models import Cursor
from barqia.inbox.receive import receive
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.inbox")
P = ParamSpec("P")
T = TypeVar("T")

LOOK_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
POLL_TOTAL_SECONDS = 40
CONNECTIONS = 100
# Telegram cuts an answer at about four MiB, and says an Arabic letter in six bytes
LARGEST_ANSWER = 8 << 20
MAILBOX_SECONDS = 10.0


class Polling:
    """Polls every lane that is held here and has no webhook. It writes over a connection of its own, so that a
    sender in the same process sees its answers as it sees any other process's."""

    def __init__(self, holds: Callable[[int], bool]) -> None:
        self._holds = holds
        self._thread = ThreadPoolExecutor(1, "polling")
        self._tasks: dict[int, tuple[object, asyncio.Task[None]]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        try:
            async with Http(CONNECTIONS, LARGEST_ANSWER) as http:
                while not stop.is_set():
                    try:
                        await self._keep_tasks(http)
                    except DatabaseError as error:
                        log.warning("the lanes cannot be read (%s); trying again", type(error).__name__)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
                for _, task in self._tasks.values():
                    task.cancel()
                await asyncio.gather(*(task for _, task in self._tasks.values()), return_exceptions=True)
        finally:
            await self._database(connections.close_all)
            self._thread.shutdown()

    async def _database(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: reconnecting(function, *args, **kwargs))

    async def _keep_tasks(self, http: Http) -> None:
        lanes = {lane.pk: lane for lane in await self._database(_polled_lanes) if self._holds(lane.pk)}
        for lane_id, (built_from, task) in list(self._tasks.items()):
            changed = lane_id not in lanes or signature(lanes[lane_id]) != built_from
            if changed or task.done():
                task.cancel()
                del self._tasks[lane_id]
        for lane_id, lane in lanes.items():
            if lane_id not in self._tasks:
                self._tasks[lane_id] = (signature(lane), asyncio.create_task(self._poll(lane, http)))

    async def _poll(self, lane: Lane, http: Http) -> None:
        pause = FIRST_PAUSE
        while True:
            offset = await self._database(_offset, lane.pk)
            call = lane_kind(lane.kind).poll(await self._database(lane_config, lane), offset)
            if call is None:
                return
            if isinstance(call, Mailbox):
                pause = await self._look_into(lane, call, offset, pause)
                continue
            reply = await http.call(call, POLL_TOTAL_SECONDS)
            if isinstance(reply, Reply) and reply.status == 200 and await self._taken(lane, reply.body):
                pause = FIRST_PAUSE
                continue
            said: object = reply.code if not isinstance(reply, Reply) else reply.status
            if isinstance(reply, Reply):
                outcome = lane_kind(lane.kind).outcome(call, reply)
                said = outcome.code if isinstance(outcome, Refused) else said
                if isinstance(outcome, Refused) and outcome.effect is Effect.STOP_LANE:
                    await self._database(stop_lane, lane.pk, outcome)
                    return
            log.warning("lane %s: updates cannot be fetched (%s); again in %g s", lane.name, said, pause)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _look_into(self, lane: Lane, mailbox: Mailbox, offset: int, pause: float) -> float:
        """Take a mailbox's new messages, then wait; returns the pause after the next failure."""
        try:
            for at, message in await asyncio.to_thread(new_messages, mailbox, offset):
                with suppress(Malformed):
                    await self._database(receive, lane, message)
                await self._database(_confirm, lane.pk, at)
        except (MailboxError, DatabaseError) as error:
            said = error if isinstance(error, MailboxError) else type(error).__name__
            log.warning("lane %s: the mailbox cannot be read (%s); again in %g s", lane.name, said, pause)
            await asyncio.sleep(pause)
            return min(LONGEST_PAUSE, pause * 2)
        await asyncio.sleep(MAILBOX_SECONDS)
        return FIRST_PAUSE

    async def _taken(self, lane: Lane, body: bytes) -> bool:
        """Whether the answer was taken. What is malformed is set aside and confirmed too: it comes no better again."""
        try:
            offset = lane_kind(lane.kind).next_offset(body)
            with suppress(Malformed):
                await self._database(receive, lane, body)
            if offset is not None:
                await self._database(_confirm, lane.pk, offset)
        except (ValueError, AttributeError) as error:
            log.warning("lane %s: a polling answer is malformed: %s", lane.name, type(error).__name__)
            return False
        except DatabaseError as error:
            log.warning("lane %s: updates cannot be written: %s", lane.name, type(error).__name__)
            return False
        except Unanswered:
            log.warning("lane %s: the provider does not say who speaks for a group; asked again", lane.name)
            return False
        return True


def _polled_lanes() -> list[Lane]:
    lanes = Lane.objects.filter(active=True, alert="")
    return [lane for lane in lanes if lane_kind(lane.kind).poll(lane_config(lane), 0) is not None]


def _offset(lane_id: int) -> int:
    return Cursor.objects.filter(pk=lane_id).values_list("offset", flat=True).first() or 0


def _confirm(lane_id: int, offset: int) -> None:
    Cursor.objects.update_or_create(lane_id=lane_id, defaults={"offset": offset})
