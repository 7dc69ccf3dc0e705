"""The sender: recovers, plans, and keeps a worker for each lane it holds, until it is told to stop.

All of its database work runs in one thread of its own, one function at a time: on SQLite there is one
writer anyway, and the event loop never waits for a disk.
"""

import asyncio
import logging
import os
import time
import traceback
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connections

from barqia.delivery.clock import Clock, now_ms
from barqia.delivery.handout import Embedded, Handout
from barqia.delivery.planning import plan
from barqia.delivery.planning.planner import alone
from barqia.delivery.pulses import Beat, beat, leave
from barqia.delivery.sending.changes import Changes, reconnecting
from barqia.delivery.sending.clearing import Clearing
from barqia.delivery.sending.recovery import recover
from barqia.delivery.sending.session_lock import SessionLock
from barqia.delivery.sending.worker import LaneWorker, signature
from barqia.delivery.transport.http import Http
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")
P = ParamSpec("P")
T = TypeVar("T")

WATCH_SECONDS = 0.05
CONNECTIONS = 1000
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 1_000, 30_000
WELL_AFTER_MS = 60_000
NEVER_MS = 1 << 62
REFUSED_MS = 10_000


@dataclass(slots=True)
class _Running:
    """A lane's worker at work; `halt` asks it to end, and then it ends what is under way.

    At `settle_ms` nothing that an earlier holder of the lane left `handing` can still be answered.
    """

    worker: LaneWorker
    halt: asyncio.Event
    task: asyncio.Task[None]
    since_ms: int
    settle_ms: int
    giving_back: bool = False


@dataclass(slots=True)
class _Failure:
    """A worker that died: its lane waits, longer each time."""

    pause_ms: int
    again_ms: int


class Sender:
    """One process's sending, on the lanes that `handout` gives it; of `names` only, where they are given.

    Run it under `DataLock` when it holds all lanes (`Embedded`).
    """

    def __init__(self, handout: Handout | None = None, names: Collection[str] = (), clock: Clock = now_ms) -> None:
        self._clock = clock
        self._handout = handout or Embedded()
        self._names = names
        self._me = f"{os.uname().nodename}:{os.getpid()}"
        self._thread = ThreadPoolExecutor(1, "database")
        self._running: dict[int, _Running] = {}
        self._failures: dict[int, _Failure] = {}
        self._clearing = Clearing(self.database, clock)
        self._slices = plan.Slices()
        self._changes = Changes()
        self._alone = None if self._handout.lingering_ms else SessionLock()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; calls under way end first. Raises InUse where another sends."""
        await self._handout.join()
        try:
            if self._alone:
                await self.database(self._alone.hold)
                await self.database(recover, self._clock())
            async with Http(CONNECTIONS) as http:
                beside = [asyncio.create_task(work) for work in (self._watch(stop, http), self._pulse(stop))]
                await asyncio.wait(beside, return_when=asyncio.FIRST_COMPLETED)
                stop.set()
                await self._stop_workers()
                await asyncio.gather(*beside)
        finally:
            await self._handout.leave()
            if self._handout.lingering_ms:
                with suppress(DatabaseError):
                    await self.database(leave, self._me)
            await self.database(connections.close_all)
            self._thread.shutdown()

    async def database(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in the database's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: reconnecting(function, *args, **kwargs))

    async def _watch(self, stop: asyncio.Event, http: Http) -> None:
        """See what other processes write, plan it where this process plans, keep the workers as the lanes are."""
        seen: object = None
        looked = unplanned = False
        while not stop.is_set():
            try:
                if self._alone:
                    await self.database(self._alone.hold)
                changed = await self.database(self._changes.mark)
                looked = self._handout.changed() or looked
                if changed != seen or looked or self._workers_want_looking_after():
                    await self._keep_workers(http)
                if changed != seen or looked:
                    unplanned = self._handout.plans()
                    if unplanned:
                        await self.database(alone, plan.start, self._clock())
                    self._handout.wake_all()
                    seen, looked = changed, False
                await self._settle_left()
                unplanned = unplanned and self._handout.plans() and await self._plan_one_slice()
                if not unplanned:
                    await asyncio.sleep(WATCH_SECONDS)
            except DatabaseError as error:
                log.error("the database refuses (%s); trying again", type(error).__name__)  # noqa: TRY400
                await asyncio.sleep(FIRST_PAUSE_MS / 1000)

    async def _plan_one_slice(self) -> bool:
        """False when there was nothing to plan."""
        lane = await self.database(alone, self._timed_slice)
        if lane:
            await self._handout.offer(lane)
        return lane is not None

    def _timed_slice(self) -> int | None:
        """How long the writer was held, and not how long it was waited for, says how large the next slice may be."""
        began = time.perf_counter()
        lane = plan.plan_slice(self._slices.size, self._clock(), self._slices.pages)
        if lane is not None:
            self._slices.took((time.perf_counter() - began) * 1000)
        return lane

    def _workers_want_looking_after(self) -> bool:
        ended = any(running.task.done() for running in self._running.values())
        return ended or any(failure.again_ms <= self._clock() for failure in self._failures.values())

    async def _keep_workers(self, http: Http) -> None:
        """A worker for each active lane that is held, as its row is; one that ends does so while the others go on."""
        active = await self.database(lambda: list(Lane.objects.filter(active=True)))
        lanes = {lane.pk: lane for lane in active if not self._names or lane.name in self._names}
        await self._handout.keep(lanes, [lane.pk for lane in active])
        for lane_id, running in list(self._running.items()):
            if running.task.done():
                del self._running[lane_id]
                await self._ended(lane_id, running)
            elif lane_id not in lanes or signature(lanes[lane_id]) != running.worker.signature:
                running.halt.set()
                self._handout.wake(lane_id)
        for lane_id, lane in lanes.items():
            failure = self._failures.get(lane_id)
            held = lane_id not in self._running and self._handout.holds(lane_id)
            if held and (failure is None or failure.again_ms <= self._clock()):
                if failure:
                    failure.again_ms = NEVER_MS
                await self._start_worker(lane, http)

    async def _ended(self, lane_id: int, running: _Running) -> None:
        """After a failure what was under way is unknown, and the lane begins again in a while.

        Where others may hold the lane, its next holder settles that.
        """
        if running.giving_back:
            await self._handout.give_back(lane_id)
        error = running.task.exception()
        if error is None:
            self._failures.pop(lane_id, None)
            return
        last = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "lane %s: its worker failed (%s, %s:%s); it begins again in a while",
            running.worker.name, type(error).__name__, Path(last.filename).name, last.lineno,
        )  # fmt: skip
        if not self._handout.lingering_ms:
            await self.database(recover, self._clock(), lane_id)
        before = self._failures.get(lane_id)
        well = self._clock() - running.since_ms > WELL_AFTER_MS
        pause = FIRST_PAUSE_MS if before is None or well else min(LONGEST_PAUSE_MS, before.pause_ms * 2)
        self._failures[lane_id] = _Failure(pause, self._clock() + pause)

    async def _start_worker(self, lane: Lane, http: Http) -> None:
        worker = await self.database(LaneWorker, lane, self._handout, http, self._clearing, self._clock)
        halt, now = asyncio.Event(), self._clock()
        settle_ms = now + self._handout.lingering_ms if self._handout.lingering_ms else NEVER_MS
        self._running[lane.pk] = _Running(worker, halt, asyncio.create_task(worker.run(halt)), now, settle_ms)
        log.info("lane %s: sending at up to %g messages a second", lane.name, lane.rate)

    async def _stop_workers(self) -> None:
        for lane_id, running in self._running.items():
            running.halt.set()
            self._handout.wake(lane_id)
        await asyncio.gather(*[running.task for running in self._running.values()], return_exceptions=True)

    async def _settle_left(self) -> None:
        """What a lane's earlier holders left is unknown, once they cannot commit its answer any more."""
        for lane_id, running in self._running.items():
            if running.settle_ms <= self._clock() and running.worker.after is not None:
                await self.database(recover, self._clock(), lane_id, running.worker.after)
                running.settle_ms = NEVER_MS

    async def _pulse(self, stop: asyncio.Event) -> None:
        """Say that this process lives and what it holds; give a lane back where others have too few."""
        said_ms = self._clock()
        while not stop.is_set():
            held = {lane_id for lane_id in self._running if self._handout.holds(lane_id)}
            several = bool(self._handout.lingering_ms)
            me = Beat(self._me, held, self._handout.plans(), several, several and not self._names)
            try:
                shares = await self.database(beat, me, self._clock())
                said_ms = self._clock()
            except DatabaseError:
                # a sender whose database refuses goes on, without a sign of life
                shares = {}
                if self._clock() - said_ms > REFUSED_MS:
                    # it may be this one alone that has no way there
                    await self._handout.let_go()
            lane_id = self._handout.share(self._me, shares) if self._me in shares else None
            if lane_id in self._running and not any(running.giving_back for running in self._running.values()):
                self._running[lane_id].giving_back = True
                self._running[lane_id].halt.set()
                self._handout.wake(lane_id)
            try:
                await asyncio.wait_for(stop.wait(), self._handout.beat_seconds)
            except TimeoutError:
                continue
