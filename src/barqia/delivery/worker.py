"""One lane's worker: groups of intents out, answers committed, the pace kept.

A slot is a delivery that is `handing`. A slot is free again only when its answer is committed, so that no
more than `concurrency` deliveries are ever in doubt.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError, OperationalError

from barqia.delivery import handout as seam
from barqia.delivery import outcomes
from barqia.delivery.attempts import AttemptIds
from barqia.delivery.clock import Clock
from barqia.delivery.handout import Handout
from barqia.delivery.http import Http, Lost, NotSent
from barqia.delivery.intents import Group, Intent, LaneHold, begin
from barqia.delivery.lane import Call, Instead, Outcome, Transient, Unclear, lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.outcomes import Result
from barqia.delivery.pace import Bucket, Intervals
from barqia.delivery.recovery import last_attempt, never_began, recent_sends
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")
InDatabase = Callable[..., Awaitable[Any]]

IDLE_SECONDS = 0.5
NETWORK_MOST_MS = 30_000
DATABASE_PAUSE = 1.0


class LaneWorker:
    """Sends what is due on one lane until stopped. `database` runs a function in the database's thread."""

    def __init__(self, lane: Lane, handout: Handout, http: Http, database: InDatabase, clock: Clock) -> None:
        self.lane_id, self.name = lane.pk, lane.name
        self.signature = signature(lane)
        self._config = lane_config(lane)
        self._kind = lane_kind(lane.kind)
        self._handout, self._http, self._database, self._clock = handout, http, database, clock
        self._slots = lane.concurrency
        self._interval_ms = lane.recipient_interval_ms
        self._resend_flash = lane.resend_flash
        self._bucket = Bucket(lane.rate, clock())
        self._results: asyncio.Queue[tuple[Result, asyncio.Future[None]]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()
        self._refused = False
        self._network_failures = 0
        self._silent_until_ms = 0
        self._hold: LaneHold | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then ends what is under way and commits its answers."""
        epoch = await self._database(seam.hold, self.lane_id)
        intervals = Intervals(self._interval_ms)
        for recipient, at_ms in await self._database(recent_sends, self.lane_id, self._clock() - self._interval_ms):
            intervals.sent(recipient, at_ms)
        ids = AttemptIds(self._clock, self.lane_id, await self._database(last_attempt, self.lane_id))
        self._hold = LaneHold(self._config, epoch, intervals, ids, self._resend_flash)
        committer = asyncio.create_task(self._commit_results())
        turns = asyncio.create_task(self._turns(stop))
        try:
            await asyncio.wait({turns, committer}, return_when=asyncio.FIRST_COMPLETED)
            if committer.done():
                committer.result()
            await turns
        finally:
            for task in (turns, committer, *self._tasks):
                task.cancel()

    async def _turns(self, stop: asyncio.Event) -> None:
        """Whatever ends them, the calls under way end first, and their answers are committed."""
        try:
            while not stop.is_set() and await self._turn_or_wait():
                pass
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _turn_or_wait(self) -> bool:
        try:
            return await self._turn()
        except DatabaseError as error:
            log.error("lane %s: the database refuses (%s); trying again", self.name, type(error).__name__)  # noqa: TRY400
            self._refused = True
            await asyncio.sleep(DATABASE_PAUSE)
            return True

    async def _turn(self) -> bool:
        """One group, or a wait. False when another worker holds the lane."""
        room = min(self._slots - len(self._tasks), self._bucket.available(self._clock()))
        if self._silent_until_ms > self._clock():
            await asyncio.sleep(0.05)
            return True
        if room <= 0 or (room < min(4, self._slots) and len(self._tasks) > self._slots // 2):
            await self._wait_for_room()
            return True
        if self._refused and self._hold:
            await self._database(never_began, self.lane_id, self._hold.epoch, set(self._under_way), self._clock())
            self._refused = False
        group: Group = await self._database(begin, self._hold, room, self._clock())
        if group.lost:
            log.warning("lane %s: another worker took it; this one stops", self.name)
            return False
        for intent in group.intents:
            self._start(intent)
        if group.idle:
            await self._handout.wait(self.lane_id, min(IDLE_SECONDS, group.wait_ms / 1000))
        return True

    async def _wait_for_room(self) -> None:
        """Until a slot is free or the next token is due."""
        free = len(self._tasks) < self._slots
        timeout = max(0.002, self._bucket.wait_ms() / 1000) if free else None
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(timeout or 0.002)

    def _start(self, intent: Intent) -> None:
        assert self._hold is not None
        self._bucket.take(1)
        self._hold.intervals.sent(intent.recipient_id, self._clock())
        task = asyncio.create_task(self._deliver(intent))
        self._tasks.add(task)
        self._under_way.add(intent.delivery_id)
        task.add_done_callback(lambda done: self._ended(done, intent.delivery_id))

    def _ended(self, task: asyncio.Task[None], delivery_id: int) -> None:
        self._tasks.discard(task)
        self._under_way.discard(delivery_id)

    async def _deliver(self, intent: Intent) -> None:
        """One call, and its outcome committed before the slot is free."""
        made, outcome = await self._outcome(intent.call)
        await self._committed(Result(intent, made, outcome, self._clock()))

    async def _outcome(self, call: Call) -> tuple[Call, Outcome]:
        """Make the call, and the other call that does what was meant where the provider asks for one."""
        answer = await self._http.call(call)
        if isinstance(answer, NotSent):
            self._network_failed()
            return call, Transient(answer.code)
        if isinstance(answer, Lost):
            # an edit or a deletion may be repeated: it comes to the same
            return call, Unclear(answer.code) if call.op == "send" else Transient(answer.code)
        self._network_failures = 0
        try:
            outcome = self._kind.outcome(call, answer)
        except Exception as error:  # noqa: BLE001 - one reply nobody foresaw must not stop the lane
            log.error("lane %s: a reply could not be read: %s", self.name, type(error).__name__)  # noqa: TRY400
            return call, Unclear("unreadable_reply")
        if isinstance(outcome, Instead):
            return await self._outcome(outcome.call)
        return call, outcome

    def _network_failed(self) -> None:
        """No way to the provider: the lane waits, longer each time, and says so once."""
        if self._network_failures == 0:
            log.warning("lane %s: the provider cannot be reached; trying again", self.name)
        pause = min(NETWORK_MOST_MS, 250 * 2 ** min(self._network_failures, 10))
        if self._silent_until_ms <= self._clock():
            self._network_failures += 1
            self._silent_until_ms = self._clock() + pause

    async def _committed(self, result: Result) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._results.put((result, done))
        await done

    async def _commit_results(self) -> None:
        """Commit answers as they come: whatever has come in while the last commit ran is the next one."""
        while True:
            batch = [await self._results.get()]
            while not self._results.empty():
                batch.append(self._results.get_nowait())
            await self._commit([result for result, _ in batch])
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def _commit(self, results: list[Result]) -> None:
        """What providers answered is not lost to a full disk: it is kept until it can be written."""
        while True:
            try:
                await self._database(outcomes.commit, self._hold, results, self._clock())
            except OperationalError as error:
                log.error("lane %s: answers cannot be written (%s); kept", self.name, type(error).__name__)  # noqa: TRY400
                await asyncio.sleep(DATABASE_PAUSE)
            else:
                return


def signature(lane: Lane) -> tuple[object, ...]:
    """What of a lane's row a worker is built from: when it differs, the worker is built again."""
    return (
        lane.kind,
        tuple(sorted(lane.settings.items())),
        bytes(lane.secrets),
        lane.rate,
        lane.recipient_interval_ms,
        lane.concurrency,
        lane.resend_flash,
    )
