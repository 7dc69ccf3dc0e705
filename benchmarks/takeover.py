"""How long a lane is silent when its worker ends: two workers, PostgreSQL, one NATS server, the sandbox's log.

The silence is the longest time between two messages at the provider in the ten seconds after the signal. Prints its
least, median and most, for SIGTERM (which hands over), SIGKILL and SIGSTOP. `make takeover`: the tests' wire is used.
"""

import signal
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import postgresql
from flow.several import SeveralWire, several_wire
from flow.wire import BOT, wait_until
from jetstream import Servers

RATE, ROUNDS, SECONDS = 20, 5, 10.0
SIGNALS = (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP)
TEXT = "افتتاح السوق\n\nوادي الزيزفون-برقية\nقال مدير السوق سامي العامر إن السوق مفتوح.\n"


def silence(made: SeveralWire, sig: signal.Signals) -> float:
    """Seconds; afterwards there are two workers again."""
    number = made.holder()
    began = time.time()
    made.signal(number, sig)
    time.sleep(SECONDS)
    if sig is signal.SIGSTOP:
        made.signal(number, signal.SIGKILL)
    made.start_worker(number)
    times = [began, *[at for at in made.times("telegram") if began < at < began + SECONDS]]
    wait_until(
        lambda: len(made.rows("SELECT 1 FROM delivery_pulse WHERE at_ms>?", int(time.time() * 1000) - 2000)) == 2
    )
    return max(later - earlier for earlier, later in pairwise(times))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cluster, nats = postgresql.Cluster(), Servers(Path(folder))
        try:
            with several_wire(Path(folder), nats, cluster, telegram_rate=RATE) as made:
                readers = int(RATE * (SECONDS + 6) * len(SIGNALS) * ROUNDS)
                made.subscribe(made.sandbox.add_phones(readers, started_bot=BOT), [])
                for number in (0, 1):
                    made.start_worker(number)
                made.holder()
                made.publish(TEXT)
                wait_until(lambda: made.sent("telegram") > RATE, 60, "the first readers")
                found = {sig: [silence(made, sig) for _round in range(ROUNDS)] for sig in SIGNALS}
        finally:
            nats.stop()
            cluster.remove()
    for sig, seconds in found.items():
        spread = f"{min(seconds):.2f}, {statistics.median(seconds):.2f}, {max(seconds):.2f}"
        print(f"{sig.name}: silent for {spread} s (least, median, most of {ROUNDS})")


if __name__ == "__main__":
    main()
