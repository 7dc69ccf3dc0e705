"""The hand-out over NATS: a pin a lane, one for planning, and a sweep that offers what nobody holds."""

import asyncio
import logging
from collections.abc import Collection

from barqia.delivery.handout import Bells
from barqia.delivery.several.bus import Bus
from barqia.delivery.several.pin import HOLD, WAKE, Pin
from barqia.delivery.several.shares import Shares, may_take_more, one_to_give
from barqia.delivery.transport.http import TOTAL_SECONDS
from barqia.errors import BarqiaError

log = logging.getLogger("barqia.delivery")

SWEEP_SECONDS = 1.0
# after giving a lane back, so that another surely gets it
AWAY_SECONDS = 5.0
# a call that an earlier holder began can be answered until its deadline; then its answer is committed
LINGERING_MS = int((TOTAL_SECONDS + 5) * 1000)


class Nats:
    """Many processes, on any machine: each holds the lanes it is pinned to; whoever has the pin `plan` plans."""

    lingering_ms = LINGERING_MS
    beat_seconds = 1.0

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._bells = Bells()
        self._changed = True
        self._plan = Pin(bus, "plan", self._look, self._look)
        self._pins: dict[int, Pin] = {}
        self._tasks: dict[Pin, asyncio.Task[None]] = {}
        self._sweeping: asyncio.Task[None] | None = None
        self._all: Collection[int] = ()

    def _look(self) -> None:
        self._changed = True

    async def join(self) -> None:
        """Connect and stand for planning. Raises SetupError."""
        await self._bus.open()
        self._stand(self._plan)
        self._sweeping = asyncio.create_task(self._sweep())
        await self._plan.offer()

    async def leave(self) -> None:
        """Give back what is held: all that was done with it has ended."""
        left = {*self._tasks.values(), *([self._sweeping] if self._sweeping else [])}
        while left:
            # the client may miss that it is cancelled while something comes in
            for task in left:
                task.cancel()
            _ended, left = await asyncio.wait(left, timeout=SWEEP_SECONDS)
        await asyncio.gather(*(pin.give_back() for pin in (self._plan, *self._pins.values())))
        await self._bus.close()

    async def keep(self, lanes: Collection[int], every: Collection[int]) -> None:
        """Stand for these lanes and no others; `every` is what whoever plans has to offer."""
        self._all = list(every)
        for lane_id in set(self._pins) - set(lanes):
            pin = self._pins.pop(lane_id)
            self._tasks.pop(pin).cancel()
            await pin.give_back()
        for lane_id in set(lanes) - set(self._pins):
            pin = self._pins[lane_id] = Pin(self._bus, f"lane.{lane_id}", self._bells.of(lane_id).set, self._look)
            self._stand(pin)
            await pin.offer()

    def changed(self) -> bool:
        """Whether a pin came or went since this was last asked."""
        changed, self._changed = self._changed, False
        return changed

    def holds(self, lane_id: int) -> bool:
        return lane_id in self._pins and self._pins[lane_id].held()

    def plans(self) -> bool:
        return self._plan.held()

    def share(self, me: str, shares: Shares) -> int | None:
        """Ask for more lanes or not; the lane to give back, where there is one."""
        taking = may_take_more(me, shares)
        for pin in self._pins.values():
            pin.standing = taking
        return one_to_give(me, shares)

    async def give_back(self, lane_id: int) -> None:
        if lane_id in self._pins:
            await self._pins[lane_id].give_back(AWAY_SECONDS)

    async def let_go(self) -> None:
        await asyncio.gather(*(pin.give_back(AWAY_SECONDS) for pin in (self._plan, *self._pins.values())))

    async def offer(self, lane_id: int) -> None:
        self.wake(lane_id)
        if not self.holds(lane_id):
            await self._bus.publish(f"{self._bus.name}.lane.{lane_id}", WAKE)

    def wake(self, lane_id: int) -> None:
        self._bells.of(lane_id).set()

    def wake_all(self) -> None:
        self._bells.ring_all()

    async def wait(self, lane_id: int) -> None:
        await self._bells.wait(lane_id)

    def _stand(self, pin: Pin) -> None:
        self._tasks[pin] = asyncio.create_task(self._pull(pin))

    async def _pull(self, pin: Pin) -> None:
        while True:
            try:
                await pin.run()
            except Exception as error:  # noqa: BLE001 - a process that stops pulling would lose its lanes for good
                log.error("pulling for %s failed (%s); again in a second", pin.name, type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(SWEEP_SECONDS)

    async def _sweep(self) -> None:
        """A pin goes only where a message goes: what nobody may hold is offered again and again."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if self._bus.closed:
                await self._start_anew()
            if not self.plans():
                await self._plan.offer()
                continue
            for lane_id in self._all:
                if not self.holds(lane_id):
                    await self._bus.publish(f"{self._bus.name}.lane.{lane_id}", HOLD)

    async def _start_anew(self) -> None:
        """The client has given the connection up, as it does when a server refuses the user: another one."""
        try:
            await self._bus.open()
        except BarqiaError as error:
            log.error("%s", error)  # noqa: TRY400
            return
        for pin, task in list(self._tasks.items()):
            task.cancel()
            self._stand(pin)
