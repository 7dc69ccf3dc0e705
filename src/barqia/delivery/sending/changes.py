"""Whether others have written, and a database's connection that is made again when it was lost.

SQLite counts what other connections commit. PostgreSQL tells: triggers on the tables that the sender watches (releases,
lanes, chunks, mailings) send a notification, which waits in the connection until it is looked at, without a query.
"""

import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.db import Error, connection

P = ParamSpec("P")
T = TypeVar("T")

CHANNEL = "barqia"
# should a pooler between swallow the notifications, a release waits so long and no longer
LOOK_ANYWAY_SECONDS = 5.0


class Changes:
    """Asked always in the same thread. `mark` differs from the last one when another connection has written."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._listening: Any = None
        self._count = 0

    def mark(self) -> object:
        return self._data_version() if connection.vendor == "sqlite" else self._told()

    def _data_version(self) -> object:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return cursor.fetchone()

    def _told(self) -> object:
        connection.ensure_connection()
        made: Any = connection.connection
        with connection.wrap_database_errors:
            if made is not self._listening:
                # our own writes are no news to us: `barqia.quiet` is what the triggers look at
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {CHANNEL}; SET barqia.quiet = on")
                self._listening = made
                self._count += 1
            self._count += sum(1 for _told in made.notifies(timeout=0))
        return self._count, int(self._clock() / LOOK_ANYWAY_SECONDS)


def reconnecting(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it; after an error of the database its connection, if it was lost, is made again by the next call."""
    try:
        return function(*args, **kwargs)
    except Error:
        connection.close_if_unusable_or_obsolete()
        raise
