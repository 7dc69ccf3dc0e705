"""One sender a database, where no hand-out shares the lanes: an advisory lock of PostgreSQL's, held by a session.

The lock on the data folder ends at its machine; this one holds wherever the database is reached from. The server frees
it when the connection ends, so also after a kill. A sender that lost its connection takes it again with the next one;
should another have it by then, this one ends. What it does until it sees that, the other's epochs fence.
"""

import time
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from barqia.delivery.sql import rows
from barqia.errors import InUse

# any number that nothing else of this database uses for an advisory lock
SENDING = 4_207_732
# how long the server may take to see that the last holder is gone
PATIENCE_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.25


class SessionLock:
    """Asked always in the same thread. On SQLite there is nothing to do: its one sender has the data folder's lock."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._session: Any = None

    def hold(self) -> None:
        """Take the lock, unless this connection has it. Raises InUse where another sender's has."""
        if connection.vendor != "postgresql":
            return
        connection.ensure_connection()
        if connection.connection is self._session:
            return
        until = time.monotonic() + self._patience
        while not rows("SELECT pg_try_advisory_lock(%s)", [SENDING])[0][0]:
            if time.monotonic() > until:
                raise InUse(
                    _(
                        "Another sender works on this database, from %(where)s: stop it first, let it do the sending, "
                        "or set nats_url on both, and they share the work."
                    )
                    % {"where": _holder()}
                )
            time.sleep(LOOK_AGAIN_SECONDS)
        self._session = connection.connection


def _holder() -> str:
    """The address the holder's connection came from; "this machine" over a socket, "?" when it is gone by now."""
    found = rows(
        "SELECT coalesce(host(client_addr), %s) FROM pg_stat_activity a JOIN pg_locks l ON l.pid=a.pid "
        "JOIN pg_database d ON d.oid=l.database AND d.datname=current_database() "
        "WHERE l.locktype='advisory' AND l.granted AND l.objid=%s AND l.classid=0",
        [_("this machine"), SENDING],
    )
    return str(found[0][0]) if found else "?"
