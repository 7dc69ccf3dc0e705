"""A task queue's worker beside its producer, for as long as the `with` lasts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from delivering.machine import stop
from delivering.rivals.clock import Order

PROGRAMS = Path(sys.executable).parent


@contextmanager
def worker(asked: Order, program: str, *words: str) -> Iterator[int]:
    """Its process id."""
    given = {"BENCH_URL": asked.url, "BENCH_CONCURRENCY": str(asked.concurrency)}
    child = subprocess.Popen(
        [str(PROGRAMS / program), *words],
        env=os.environ | given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child.pid
    finally:
        stop(child)
