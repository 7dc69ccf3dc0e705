"""The sender: recovers, plans, and keeps one worker a lane, until it is told to stop.

All of its database work runs in one thread of its own, one function at a time: on SQLite there is one
writer anyway, and the event loop never waits for a disk.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connection, connections

from barqia.delivery import plan
from barqia.delivery.clock import Clock, now_ms
from barqia.delivery.handout import Embedded
from barqia.delivery.http import Http
from barqia.delivery.models import Pulse
from barqia.delivery.recovery import recover
from barqia.delivery.worker import LaneWorker, signature
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")
P = ParamSpec("P")
T = TypeVar("T")

WATCH_SECONDS = 0.05
PULSE_SECONDS = 5.0
CONNECTIONS = 1000


class Sender:
    """One process's sending. Run it under `DataLock`."""

    def __init__(self, clock: Clock = now_ms) -> None:
        self._clock = clock
        self._handout = Embedded()
        self._thread = ThreadPoolExecutor(1, "database")
        self._workers: dict[int, tuple[LaneWorker, asyncio.Event, asyncio.Task[None]]] = {}
        self._slices = plan.Slices()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; calls under way end first."""
        await self.database(recover, self._clock())
        try:
            async with Http(CONNECTIONS) as http:
                await asyncio.gather(self._watch(stop, http), self._pulse(stop))
                await self._stop_workers()
        finally:
            await self.database(connections.close_all)
            self._thread.shutdown()

    async def database(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in the database's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))

    async def _watch(self, stop: asyncio.Event, http: Http) -> None:
        """See what other processes write, plan it, keep the workers as the lanes are."""
        seen: object = None
        while not stop.is_set():
            changed = await self.database(change_mark)
            if changed != seen:
                seen = changed
                await self._keep_workers(http)
                await self.database(plan.start, self._clock())
                self._handout.wake_all()
            if not await self._plan_one_slice():
                await asyncio.sleep(WATCH_SECONDS)

    async def _plan_one_slice(self) -> bool:
        """False when there was nothing to plan."""
        began = time.perf_counter()
        lane = await self.database(plan.plan_slice, self._slices.size, self._clock())
        if lane is None:
            return False
        self._slices.took((time.perf_counter() - began) * 1000)
        if lane:
            self._handout.wake(lane)
        return True

    async def _keep_workers(self, http: Http) -> None:
        lanes = {lane.pk: lane for lane in await self.database(lambda: list(Lane.objects.filter(active=True)))}
        for lane_id, (worker, halt, task) in list(self._workers.items()):
            if task.done():
                del self._workers[lane_id]
                task.result()
            elif lane_id not in lanes or signature(lanes[lane_id]) != worker.signature:
                halt.set()
                self._handout.wake(lane_id)
                await task
                del self._workers[lane_id]
        for lane_id, lane in lanes.items():
            if lane_id not in self._workers:
                await self._start_worker(lane, http)

    async def _start_worker(self, lane: Lane, http: Http) -> None:
        worker = await self.database(LaneWorker, lane, self._handout, http, self.database, self._clock)
        halt = asyncio.Event()
        self._workers[lane.pk] = (worker, halt, asyncio.create_task(worker.run(halt)))
        log.info("lane %s: sending at up to %g messages a second", lane.name, lane.rate)

    async def _stop_workers(self) -> None:
        for lane_id, (_, halt, _task) in self._workers.items():
            halt.set()
            self._handout.wake(lane_id)
        await asyncio.gather(*[task for _, _, task in self._workers.values()])

    async def _pulse(self, stop: asyncio.Event) -> None:
        name = f"{os.uname().nodename}:{os.getpid()}"
        while not stop.is_set():
            await self.database(_beat, name, self._clock())
            try:
                await asyncio.wait_for(stop.wait(), PULSE_SECONDS)
            except TimeoutError:
                continue


def _beat(worker: str, at_ms: int) -> None:
    Pulse.objects.exclude(worker=worker).delete()
    Pulse.objects.update_or_create(worker=worker, defaults={"at_ms": at_ms})


def change_mark() -> object:
    """Differs when another connection has written. SQLite tells; elsewhere every half second differs."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return cursor.fetchone()
    return int(time.monotonic() * 2)
