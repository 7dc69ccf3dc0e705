"""What sends in a soak, and how it is killed: one machine, or several over NATS."""

import random
import signal
from typing import Protocol

from flow.several import SeveralWire
from flow.wire import Wire
from jetstream import Servers

WORKERS = (0, 1)
# (how often, what): a worker, the web with its own sender, both, all there is, the NATS server
VICTIMS = ((8, "worker"), (5, "web"), (3, "both"), (2, "everything"), (2, "NATS"))


class Engine(Protocol):
    """The processes of `wire`. `start` starts those that are not running, `kill` says what was killed.

    `alone`: all that sends is killed each time.
    """

    wire: Wire
    alone: bool

    def start(self) -> None: ...

    def kill(self, chance: random.Random) -> str: ...

    def stop(self) -> None: ...


class Embedded:
    """`barqia run` alone, killed with all its children."""

    alone = True

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def start(self) -> None:
        if not self.wire.running:
            self.wire.start()

    def kill(self, _chance: random.Random) -> str:
        self.wire.kill()
        return "all"

    def stop(self) -> None:
        self.wire.stop()


class Several:
    """`barqia run` and two of `barqia worker` over one NATS server; any of them is killed, and they go on."""

    alone = False

    def __init__(self, wire: SeveralWire, nats: Servers) -> None:
        self.wire: Wire = wire
        self._several, self._nats = wire, nats

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
        return what

    def stop(self) -> None:
        for number in WORKERS:
            self._several.signal(number, signal.SIGTERM)
        self._several.stop()
