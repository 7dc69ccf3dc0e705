"""Many rows at once, on both databases in one run: what `delivery.sql` does, against executemany.

PostgreSQL is a throwaway cluster as the tests start it, but with fsync as it is shipped. Prints rows a second and this
process's CPU for a row, each the median of alternating rounds; a batch is a transaction.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import postgresql

ROUNDS, ROWS, BATCHES = 5, 2_000, (20, 100, 500)
KEPT = 100_000
COMMITS = 50
TABLE = "delivery_attempt"
COLUMNS = "id, lane_id, month, delivery_id, part, in_place, started_ms, outcome, code"
UPDATED = "id bigint, ended_ms bigint, outcome text, code text"
Batch = list[tuple[object, ...]]


def _attempts(first: int, count: int) -> Batch:
    return [(n, 1, 202611, n, 0, False, 1_800_000_000_000 + n, "", "") for n in range(first, first + count)]


def _inserted_one_by_one(first: int, count: int) -> None:
    from barqia.delivery.sql import run_many

    marks = ",".join(["%s"] * 9)
    run_many(f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({marks})", _attempts(first, count))


def _inserted(first: int, count: int) -> None:
    from barqia.delivery.sql import insert_many

    insert_many(TABLE, COLUMNS, _attempts(first, count))


def _inserted_unless_there(first: int, count: int) -> None:
    from barqia.delivery.sql import insert_many

    insert_many(TABLE, COLUMNS, _attempts(first, count), "DO NOTHING")


def _updated_one_by_one(first: int, count: int) -> None:
    from barqia.delivery.sql import run_many

    run_many(
        f"UPDATE {TABLE} SET ended_ms=%s, outcome=%s, code=%s WHERE id=%s",
        [(n, "accepted", "", n) for n in range(first, first + count)],
    )


def _updated(first: int, count: int) -> None:
    from barqia.delivery.sql import update_many

    update_many(
        f"UPDATE {TABLE} AS a SET ended_ms=v.ended_ms, outcome=v.outcome, code=v.code FROM {{rows}} AS v "
        "WHERE a.id=v.id",
        UPDATED,
        [(n, n, "accepted", "") for n in range(first, first + count)],
    )


WAYS: dict[str, Callable[[int, int], None]] = {
    "insert, executemany": _inserted_one_by_one,
    "insert_many": _inserted,
    "insert_many, conflict": _inserted_unless_there,
    "update, executemany": _updated_one_by_one,
    "update_many": _updated,
}


def _one_database(url: str) -> None:
    """In a process of its own: Django has one default database."""
    os.environ |= {"BARQIA_DATA": tempfile.mkdtemp(prefix="barqia-bench-"), "DATABASE_URL": url}
    os.environ["DJANGO_SETTINGS_MODULE"] = "barqia.project.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from barqia.delivery.sql import run

    call_command("migrate", verbosity=0)
    _inserted(1, KEPT)
    run("ANALYZE")
    first = KEPT + 1
    for size in BATCHES:
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _round in range(ROUNDS):
            for way, act in WAYS.items():
                began, cpu = time.perf_counter(), time.process_time()
                for at in range(ROWS // size):
                    start = first + at * size if way.startswith("insert") else 1 + at * size
                    with transaction.atomic():
                        act(start, size)
                found[way].append(((time.perf_counter() - began) / ROWS, (time.process_time() - cpu) / ROWS))
                if way.startswith("insert"):
                    first += ROWS
        for way, times in found.items():
            wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
            label = f"{connection.vendor:10} {size:4} a batch  {way:22}"
            print(f"  {label} {1 / wall:9,.0f} rows/s  {cpu * 1e6:5.1f} µs CPU a row")
    _noticing(connection.vendor)


def _noticing(vendor: str) -> None:
    """How long after another connection's commit the sender can see it, and what a look costs that sees nothing."""
    from concurrent.futures import ThreadPoolExecutor

    from barqia.delivery.sending.changes import Changes
    from barqia.subscribers.models import Lane

    Lane.objects.create(name="bench", title="bench", kind="telegram")
    changes, late, looks = Changes(), [], 2000
    mark = changes.mark()
    with ThreadPoolExecutor(1) as other:
        for rate in range(COMMITS):
            other.submit(Lane.objects.update, rate=rate + 1).result()
            began = time.perf_counter()
            while (now := changes.mark()) == mark:
                pass
            mark = now
            late.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    for _look in range(looks):
        changes.mark()
    look = (time.perf_counter() - began) / looks * 1e6
    late_ms = f"{statistics.median(late):.2f} ms (longest {max(late):.2f})"
    print(f"  {vendor:10} a commit is noticed after {late_ms}; a look: {look:.0f} µs")


def main() -> None:
    if len(sys.argv) > 1:
        _one_database(sys.argv[1] if sys.argv[1] != "sqlite" else "")
        return
    import subprocess

    own = [sys.executable, __file__]
    subprocess.run([*own, "sqlite"], check=True)
    if postgresql.programs() is None:
        print(postgresql.NONE)
        return
    cluster = postgresql.Cluster(settings=())
    try:
        subprocess.run([*own, cluster.url], check=True)
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
