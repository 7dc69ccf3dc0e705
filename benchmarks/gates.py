"""What the gates cost: processor time a message where they are passed, and of a group where a day's quota is kept.

    python benchmarks/gates.py

Medians of five. The quota is nearly full; `counted` is what counting its rows for the group would take instead.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

MESSAGES, GROUP, TIMES = 100_000, 20, 5
NOW = 1_800_000_000_000


def _ms(work: Callable[[], object]) -> float:
    """Processor time in milliseconds."""
    times = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    return median(times)


def _gates() -> None:
    from barqia.delivery.pacing.breaker import Breaker
    from barqia.delivery.pacing.gates import Gates

    def passed(*limits: object) -> None:
        gates = Gates(*limits)  # type: ignore[arg-type]
        for message in range(MESSAGES):
            if gates.free_at(message, "reader", message) <= message:
                gates.sent(message, "reader", message)

    def calls() -> None:
        breaker = Breaker()
        for message in range(MESSAGES):
            breaker.room()
            breaker.ended(breaker.began(), True, message)

    kinds: dict[str, Callable[[], None]] = {
        "no gate": lambda: passed(0),
        "one a second, and a group's minute": lambda: passed(1000, 1, (20, 60_500)),
        "a pair with its burst": lambda: passed(6000, 45),
        "the breaker, closed": calls,
    }
    for name, work in kinds.items():
        print(f"{name}: {_ms(work) * 1000 / MESSAGES:.2f} µs a message")


def _quota() -> None:
    from django.db import transaction

    from barqia.delivery.lane import Quota
    from barqia.delivery.models import Portfolio, Reached
    from barqia.delivery.pacing.reach import Reach, room_of

    for people in (250, 2000, 10_000, 100_000):
        there = people - GROUP * TIMES
        reached = [Reached(portfolio=str(people), lane_id=1, recipient_id=n, at_ms=NOW - n) for n in range(there)]
        Reached.objects.bulk_create(reached, batch_size=1000)
        Portfolio.objects.create(name=str(people), reached=there)
        quota, ids = Quota(str(people), people), iter(range(there, people))

        def group(quota: Quota = quota, ids: object = ids) -> None:
            with transaction.atomic():
                reach = Reach(quota, NOW)
                wanted = [next(ids) for _ in range(GROUP)]  # type: ignore[call-overload]
                admitted = reach.admit(wanted)
                assert len(admitted) == GROUP
                reach.record(1, wanted)

        kept, counted = _ms(group), _ms(lambda quota=quota: room_of(quota, NOW))  # type: ignore[misc]
        print(f"quota of {people}: {kept:.2f} ms a group of {GROUP}; counted {counted:.2f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "key").write_bytes(bytes(range(32)))
        (Path(folder) / "key").chmod(0o600)
        os.environ |= {"BARQIA_DATA": folder, "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _gates()
        _quota()


if __name__ == "__main__":
    sys.exit(main())
