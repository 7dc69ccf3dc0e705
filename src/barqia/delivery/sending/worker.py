"""One lane's worker: answers committed and the next intents with them, calls started, the pace kept.

A slot is a delivery that is `handing`. A slot is free again only when its answer is committed, so that no
more than `concurrency` deliveries are ever in doubt.
"""

import asyncio
import logging
from dataclasses import replace

from django.db import DatabaseError

from barqia.delivery import handout as seam
from barqia.delivery.clock import Clock
from barqia.delivery.handout import Handout
from barqia.delivery.lane import lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.pacing.gates import Gates
from barqia.delivery.pacing.pace import Bucket
from barqia.delivery.sending.attempts import AttemptIds
from barqia.delivery.sending.clearing import JOIN_MS, Clearing, within
from barqia.delivery.sending.intents import IDLE_MS, Group, LaneHold
from barqia.delivery.sending.outcomes import Result, Turn
from barqia.delivery.sending.pictures import file_of, kept
from barqia.delivery.sending.recovery import never_began, take_over
from barqia.delivery.sending.under_way import UnderWay
from barqia.delivery.sending.uploads import Uploads
from barqia.delivery.transport.http import Http
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.delivery")

DATABASE_PAUSE = 1.0
# how long answers are gathered: one transaction for many costs what one for few does
GATHER_MS = 5
# how much sooner than its tokens a group is committed: its calls start in the moment these are there
AHEAD_MS = 6
# a lane to which so many tokens come while its turn would wait for others' has groups of its own
FAST = 8


class LaneWorker:
    """Sends what is due on one lane until stopped."""

    def __init__(self, lane: Lane, handout: Handout, http: Http, clearing: Clearing, clock: Clock) -> None:
        self.lane_id, self.name = lane.pk, lane.name
        self.signature = signature(lane)
        media = kept(lane.pk, clock())
        self._config = replace(lane_config(lane), media=media)
        store = lane_kind(lane.kind).media
        self._uploads = Uploads(self._config, store, media, http, clearing.database) if store else None
        self._handout, self._clearing, self._clock = handout, clearing, clock
        self._stir = asyncio.Event()
        self._calls = UnderWay(self._config, http, clock, self._answered, self._holds, self._file_of)
        self._slots = lane.concurrency
        self._terms = lane_kind(lane.kind).terms(lane.settings)
        self._gates = Gates(lane.recipient_interval_ms, lane.recipient_burst, self._terms.crowd)
        self._trouble = lane.trouble
        self._resend_flash = lane.resend_flash
        self._bucket = Bucket(lane.rate, clock())
        self._while_joining = lane.rate * JOIN_MS / 1000
        self._taken: list[Result] = []
        self._idle_until_ms = self._gathered_ms = self._due_ms = 0
        self._woken = False
        self._hold: LaneHold | None = None
        # the newest attempt of the lane's earlier holders
        self.after: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Whatever ends it, the calls under way end first, and their answers are committed."""
        now_ms, gates = self._clock(), self._gates
        inherited = await self._clearing.database(take_over, self.lane_id, gates, now_ms)
        for recipient, kind, at_ms in inherited.sends:
            gates.sent(recipient, kind, at_ms)
        for count, at_ms in inherited.starts:
            self._bucket.remember(count, at_ms)
        self.after = inherited.last_attempt
        ids = AttemptIds(self._clock, self.lane_id, self.after)
        self._hold = LaneHold(self._config, inherited.epoch, gates, ids, self._resend_flash, self._terms.quota)
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
            await self._handout.wait(self.lane_id)
            self.look_again()

    def look_again(self) -> None:
        """Something may be due, perhaps a flash: nothing more is gathered before the next intents."""
        self._woken = True
        self._idle_until_ms = 0
        if self._uploads:
            self._uploads.look()
        self._stir.set()
        self._clearing.hurry()

    async def _file_of(self, digest: str) -> bytes:
        return bytes(await self._clearing.database(file_of, digest))

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
            await within(self._stir, wait_ms / 1000)
            return sending
        try:
            if self._hold.in_doubt:
                # a commit that was not answered may have come to be: what it began, nobody acts on
                in_hand, database = self._calls.in_hand(), self._clearing.database
                await database(never_began, self._hold, self.after, in_hand, self._clock())
            if self._calls.trouble != self._trouble:
                trouble = self._calls.trouble
                await self._clearing.database(seam.tell_trouble, self.lane_id, trouble)
                self._trouble = trouble
            group = await self._clearing.exchange(self._turn if sending else self._last_turn, self._hurries(sending))
        except DatabaseError as error:
            self._calls.keep(self._taken)
            self._taken = []
            self._hold.in_doubt = True
            log.error("lane %s: the database refuses (%s); trying again", self.name, type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(DATABASE_PAUSE)
            return sending
        self._taken = []
        self._hold.in_doubt = False
        if group.lost:
            log.warning("lane %s: another worker took it; this one stops", self.name)
            return False
        if group.intents and (early_ms := self._due_ms - self._clock()) > 0:
            await asyncio.sleep(early_ms / 1000)
        self._start(group)
        return sending

    def _turn(self) -> Turn:
        """The answers there are, and as many calls as may start once they are committed."""
        assert self._hold is not None
        self._woken = False
        self._taken = self._calls.take()
        return Turn(self._hold, self._taken, self._room())

    def _last_turn(self) -> Turn:
        return self._turn()._replace(room=0)

    def _hurries(self, sending: bool) -> bool:
        """Whether its turn does not wait for other lanes': a slow lane's does, unless its slots would run out."""
        if self._woken or not sending or self._while_joining >= FAST:
            return True
        return self._slots - self._calls.count - len(self._calls.answers) <= self._while_joining

    def _start(self, group: Group) -> None:
        now_ms = self._clock()
        self._bucket.take(len(group.intents), now_ms)
        for intent in group.intents:
            if not intent.call.aside:
                self._gates.sent(intent.recipient_id, intent.kind, now_ms)
            self._calls.start(intent)
        if group.intents:
            # after the transfers' own turn of the loop, in which the requests are written
            asyncio.get_running_loop().call_soon(lambda: self._bucket.left(self._clock()))
        rests = group.idle and not self._woken
        self._idle_until_ms = now_ms + min(IDLE_MS, group.wait_ms) if rests else 0

    def _holds(self) -> bool:
        return self._handout.holds(self.lane_id)

    def _room(self) -> int:
        """How many calls may start at `_due_ms`, once the answers there are have been committed."""
        if not self._holds():
            return 0
        self._due_ms = now_ms = self._clock()
        free = min(self._slots - self._calls.count, self._calls.room())
        if self._bucket.available(now_ms) < free:
            self._due_ms += AHEAD_MS
        return min(free, self._bucket.available(now_ms, self._due_ms - now_ms))

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
            tokens_ms = self._bucket.wait_ms(1, now_ms) - AHEAD_MS
            wait = min(wait, max(self._idle_until_ms - now_ms, calls.silent_ms(), tokens_ms))
        return max(0.0, wait)


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
