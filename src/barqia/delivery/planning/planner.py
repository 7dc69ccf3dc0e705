"""Planning is one process's work at a time, wherever the processes run."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from barqia.delivery.sql import rows

P = ParamSpec("P")
T = TypeVar("T")

# any number that nothing else of this database uses for an advisory lock
PLANNING = 4_207_731


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a step of planning in a transaction beside which no other process's step runs.

    Who plans is the hand-out's to say, but for a moment two may believe that they do. SQLite has one writer.
    """
    if connection.vendor != "postgresql":
        return function(*args, **kwargs)
    with transaction.atomic():
        rows("SELECT pg_advisory_xact_lock(%s)", [PLANNING])
        return function(*args, **kwargs)
