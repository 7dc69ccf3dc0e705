"""A wire of several workers over a cluster of NATS, on PostgreSQL; each a process that can be killed or stood still."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import postgresql
from flow.wire import BARQIA, Wire, wait_until
from jetstream import Servers

HOLDS = "SELECT worker, lanes, plans FROM delivery_pulse"


class SeveralWire(Wire):
    """`workers` of `barqia worker`, by number; the same data folder stands for each machine's own copy.

    On a cluster of its own where one is given, which may then be stopped; else on the tests'.
    """

    def __init__(self, folder: Path, nats: Servers, cluster: postgresql.Cluster | None) -> None:
        super().__init__(folder)
        if cluster is not None and self.database:
            postgresql.drop_database(self.database)
        self.nats = nats
        if cluster is not None:
            self.cluster = cluster
            self.database = postgresql.fresh_database(cluster.url)
        assert self.database is not None
        self.environment |= {"DATABASE_URL": self.database, "NATS_URL": nats.url, "BARQIA_LOG_LEVEL": "INFO"}
        self.workers: dict[int, subprocess.Popen[bytes]] = {}

    def start_worker(self, number: int, *arguments: str) -> None:
        with self._output.open("ab") as output:
            self.workers[number] = subprocess.Popen(
                [*BARQIA, "worker", *arguments], env=self.environment, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def signal(self, number: int, sig: signal.Signals) -> None:
        self.workers[number].send_signal(sig)
        if sig in {signal.SIGKILL, signal.SIGTERM}:
            self.workers.pop(number).wait(45)

    def number_of(self, worker: str) -> int | None:
        """Which of ours a pulse is of."""
        pid = int(worker.rpartition(":")[2])
        return next((number for number, process in self.workers.items() if process.pid == pid), None)

    def lane(self, name: str = "telegram") -> int:
        return int(self.rows("SELECT id FROM subscribers_lane WHERE name=?", name)[0][0])

    def holder(self, name: str = "telegram", but: int | None = None) -> int:
        """The worker that holds this lane, once one says so."""
        lane = self.lane(name)

        def found() -> list[int]:
            numbers = [self.number_of(worker) for worker, lanes, _plans in self.rows(HOLDS) if lane in lanes]
            return [number for number in numbers if number is not None and number != but]

        wait_until(found, 30, f"a holder of {name}")
        return found()[0]

    def epoch(self, name: str = "telegram") -> int:
        return int(self.rows("SELECT epoch FROM subscribers_lane WHERE name=?", name)[0][0])

    def times(self, lane: str) -> list[float]:
        """When the provider carried out each message of the lane, in seconds."""
        return [
            entry["at_ms"] / 1000
            for entry in self.log()
            if entry.get("status") == 200 and entry["api"] == lane and "webhook" not in entry
            and (lane != "telegram" or entry["method"] == "sendmessage")
        ]  # fmt: skip

    def sent(self, lane: str) -> int:
        return len(self.times(lane))

    def stream(self) -> str:
        names = self.nats.api("STREAM.NAMES")["streams"]
        return next(name for name in names if name.startswith("barqia-"))

    def close(self) -> None:
        for number in list(self.workers):
            self.signal(number, signal.SIGCONT)
            self.signal(number, signal.SIGTERM)
        super().close()


@contextmanager
def several_wire(
    folder: Path, nats: Servers, cluster: postgresql.Cluster | None = None, **rates: float
) -> Iterator[SeveralWire]:
    made = SeveralWire(folder, nats, cluster)
    try:
        made.set_up(**rates)
        yield made
    except BaseException:
        print(made.output()[-6000:])
        raise
    finally:
        made.close()


def most_in_a_second(times: list[float]) -> int:
    """The largest number of these instants (seconds) within any one second."""
    times = sorted(times)
    first = most = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
