"""What sends in a soak, and how it is killed: one machine, or several over NATS."""

import random
import signal
import time
from typing import Protocol

from flow.several import SeveralWire
from flow.wire import CONCURRENCY, Wire
from jetstream import Servers

WORKERS = (0, 1)
# (how often, what): a worker, the web with its own sender, both, all there is, the NATS server
VICTIMS = ((8, "worker"), (5, "web"), (3, "both"), (2, "everything"), (2, "NATS"))
# what a dead worker left stays `handing` so long, and a while until it is settled
LINGERING_MS = 40_000


class Engine(Protocol):
    """The processes of `wire`. `start` starts those that are not running, `kill` says what was killed."""

    wire: Wire

    def start(self) -> None: ...

    def kill(self, chance: random.Random) -> str: ...

    def most_in_doubt(self, now_ms: int) -> int:
        """How many calls of a lane may be `handing` after a kill."""

    def stop(self) -> None: ...


class Embedded:
    """`barqia run` alone, killed with all its children."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def start(self) -> None:
        if not self.wire.running:
            self.wire.start()

    def kill(self, _chance: random.Random) -> str:
        self.wire.kill()
        return "all"

    def most_in_doubt(self, _now_ms: int) -> int:
        return CONCURRENCY

    def stop(self) -> None:
        self.wire.stop()


class Several:
    """`barqia run` and two of `barqia worker` over one NATS server; any of them is killed, and they go on."""

    def __init__(self, wire: SeveralWire, nats: Servers) -> None:
        self.wire: Wire = wire
        self._several, self._nats = wire, nats
        self._killed_ms: list[int] = []

    def start(self) -> None:
        if not self._nats.running(0):
            self._nats.start(0)
        if not self._several.running:
            self._several.start()
        for number in WORKERS:
            # a worker that finds no NATS as it starts says so and ends
            process = self._several.workers.get(number)
            if process is None or process.poll() is not None:
                self._several.start_worker(number)

    def kill(self, chance: random.Random) -> str:
        what = chance.choices([name for _, name in VICTIMS], [weight for weight, _ in VICTIMS])[0]
        workers = {"worker": [chance.choice(WORKERS)], "both": [chance.choice(WORKERS)], "everything": [*WORKERS]}
        if what == "NATS":
            self._nats.signal(0, signal.SIGKILL)
        for number in workers.get(what, ()):
            self._several.signal(number, signal.SIGKILL)
        if what in {"web", "both", "everything"}:
            self._several.kill()
        self._killed_ms.append(time.time_ns() // 1_000_000)
        return what

    def most_in_doubt(self, now_ms: int) -> int:
        """Those of the living holder, and those that earlier ones left and nobody has settled yet."""
        lately = sum(killed_ms > now_ms - LINGERING_MS for killed_ms in self._killed_ms)
        return CONCURRENCY * (1 + lately)

    def stop(self) -> None:
        for number in WORKERS:
            self._several.signal(number, signal.SIGTERM)
        self._several.stop()
