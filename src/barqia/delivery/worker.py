"""One lane's worker: answers committed and the next intents with them, calls started, the pace kept.

A slot is a delivery that is `handing`. A slot is free again only when its answer is committed, so that no
more than `concurrency` deliveries are ever in doubt.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from django.db import DatabaseError

from barqia.delivery import handout as seam
from barqia.delivery import outcomes
from barqia.delivery.attempts import AttemptIds
from barqia.delivery.clock import Clock
from barqia.delivery.gates import Gates
from barqia.delivery.handout import Handout
from barqia.delivery.http import Http
from barqia.delivery.intents import Group, LaneHold
from barqia.delivery.lane import lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.pace import WINDOW_MS, Bucket
from barqia.delivery.recovery import last_attempt, never_began, recent_sends, recent_starts
from barqia.delivery.under_way import UnderWay
from barqia.delivery.uploads import Uploads, kept
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")
InDatabase = Callable[..., Awaitable[Any]]

IDLE_MS = 500
DATABASE_PAUSE = 1.0
# how long answers are gathered, and the next tokens: one transaction for many costs what one for few does
GATHER_MS = 5
TOKENS_MS = 3


class LaneWorker:
    """Sends what is due on one lane until stopped. `database` runs a function in the database's thread."""

    def __init__(self, lane: Lane, handout: Handout, http: Http, database: InDatabase, clock: Clock) -> None:
        self.lane_id, self.name = lane.pk, lane.name
        self.signature = signature(lane)
        media = kept(lane.pk, clock())
        self._config = replace(lane_config(lane), media=media)
        store = lane_kind(lane.kind).media
        self._uploads = Uploads(self._config, store, media, http, database) if store else None
        self._handout, self._database, self._clock = handout, database, clock
        self._stir = asyncio.Event()
        self._calls = UnderWay(self._config, http, clock, self._answered, self._holds)
        self._slots = lane.concurrency
        self._terms = lane_kind(lane.kind).terms(lane.settings)
        self._gates = Gates(lane.recipient_interval_ms, lane.recipient_burst, self._terms.crowd)
        self._trouble = lane.trouble
        self._resend_flash = lane.resend_flash
        self._bucket = Bucket(lane.rate, clock())
        self._tokens = max(1, min(lane.concurrency, int(lane.rate * TOKENS_MS / 1000)))
        self._idle_until_ms = self._gathered_ms = 0
        self._woken = False
        self._hold: LaneHold | None = None
        # the newest attempt of the lane's earlier holders
        self.after: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Whatever ends it, the calls under way end first, and their answers are committed."""
        epoch = await self._database(seam.hold, self.lane_id)
        now_ms, gates = self._clock(), self._gates
        recent = await self._database(recent_sends, self.lane_id, now_ms - gates.burst_ms, now_ms - gates.crowd_ms)
        for recipient, kind, at_ms in recent:
            gates.sent(recipient, kind, at_ms)
        for count, at_ms in await self._database(recent_starts, self.lane_id, self._clock() - WINDOW_MS):
            self._bucket.remember(count, at_ms)
        self.after = await self._database(last_attempt, self.lane_id)
        ids = AttemptIds(self._clock, self.lane_id, self.after)
        self._hold = LaneHold(self._config, epoch, gates, ids, self._resend_flash, self._terms.quota)
        beside = [asyncio.create_task(self._listen())]
        if self._uploads:
            beside.append(asyncio.create_task(self._uploads.run(self._clock)))
        sending = True
        try:
            while sending and not stop.is_set():
                sending = await self._turn_or_wait(sending=True)
        finally:
            for task in beside:
                task.cancel()
            while self._calls.count or self._calls.answers:
                await self._turn_or_wait(sending=False)

    async def _listen(self) -> None:
        """Something may be due: look again."""
        while True:
            await self._handout.wait(self.lane_id, IDLE_MS / 1000)
            self.look_again()

    def look_again(self) -> None:
        """Something may be due, perhaps a flash: nothing more is gathered before the next intents."""
        self._woken = True
        self._idle_until_ms = 0
        if self._uploads:
            self._uploads.look()
        self._stir.set()

    def _answered(self) -> None:
        answers = len(self._calls.answers)
        if answers == 1:
            self._gathered_ms = self._clock() + GATHER_MS
        if answers == 1 or answers * 2 >= self._slots or not self._calls.count:
            self._stir.set()

    async def _turn_or_wait(self, sending: bool) -> bool:
        """False when another worker holds the lane: it sends nothing more."""
        assert self._hold is not None
        wait_ms = self._wait_ms(sending)
        if wait_ms:
            self._stir.clear()
            await _within(self._stir, wait_ms / 1000)
            return sending
        self._woken = False
        in_hand, results = self._calls.in_hand(), self._calls.take()
        try:
            if self._hold.in_doubt:
                # a commit that was not answered may have come to be: what it began, nobody acts on
                await self._database(never_began, self._hold, self.after, in_hand, self._clock())
            if self._calls.trouble != self._trouble:
                trouble = self._calls.trouble
                await self._database(seam.tell_trouble, self.lane_id, trouble)
                self._trouble = trouble
            group: Group = await self._database(
                outcomes.exchange, self._hold, results, self._room() if sending else 0, self._clock()
            )
        except DatabaseError as error:
            self._calls.keep(results)
            self._hold.in_doubt = True
            log.error("lane %s: the database refuses (%s); trying again", self.name, type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(DATABASE_PAUSE)
            return sending
        self._hold.in_doubt = False
        if group.lost:
            log.warning("lane %s: another worker took it; this one stops", self.name)
            return False
        self._start(group)
        return sending

    def _start(self, group: Group) -> None:
        now_ms = self._clock()
        self._bucket.take(len(group.intents), now_ms)
        for intent in group.intents:
            if not intent.call.aside:
                self._gates.sent(intent.recipient_id, intent.kind, now_ms)
            self._calls.start(intent)
        self._idle_until_ms = now_ms + min(IDLE_MS, group.wait_ms) if group.idle else 0

    def _holds(self) -> bool:
        return self._handout.holds(self.lane_id)

    def _room(self) -> int:
        """How many calls may start now, once the answers there are have been committed."""
        if not self._holds():
            return 0
        return min(self._slots - self._calls.count, self._bucket.available(self._clock()), self._calls.room())

    def _wait_ms(self, sending: bool) -> float:
        """0 when there is something to do at the database; else when to look again, unless stirred before."""
        calls, now_ms = self._calls, self._clock()
        answers = len(calls.answers)
        if calls.trouble != self._trouble:
            return 0
        if answers and (self._woken or not sending or not calls.count or answers * 2 >= self._slots):
            return 0
        wait = float(IDLE_MS)
        if answers:
            wait = min(wait, self._gathered_ms - now_ms)
        if sending and calls.count + answers < self._slots and self._holds():
            tokens_ms = self._bucket.wait_ms(1 if self._woken else self._tokens, now_ms)
            wait = min(wait, max(self._idle_until_ms - now_ms, calls.silent_ms(), tokens_ms))
        return max(0.0, wait)


async def _within(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def signature(lane: Lane) -> tuple[object, ...]:
    """What of a lane's row a worker is built from: when it differs, the worker is built again."""
    return (
        lane.kind,
        tuple(sorted(lane.settings.items())),
        bytes(lane.secrets),
        lane.rate,
        lane.recipient_interval_ms,
        lane.recipient_burst,
        lane.concurrency,
        lane.resend_flash,
    )
