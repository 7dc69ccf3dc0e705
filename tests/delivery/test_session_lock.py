"""One sender on a database that several machines reach: a second is refused, until the first's connection ends."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections

from barqia.delivery.sending.changes import reconnecting
from barqia.delivery.sending.engine import Sender
from barqia.delivery.sending.session_lock import SENDING, SessionLock, _holder
from barqia.delivery.sql import rows
from barqia.errors import InUse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

HOLDER = "import psycopg, sys, time\nc = psycopg.connect(sys.argv[1])\nc.execute('SELECT pg_advisory_lock(%s)', [int(sys.argv[2])])\nprint('held', flush=True)\ntime.sleep(60)"


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another process's connection."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result(20)


def _told(run: Sender) -> None:
    async def soon_stopped() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, stop.set)
        await run.run(stop)

    asyncio.run(soon_stopped())


def test_a_second_sender_says_where_the_first_works_and_ends(
    elsewhere: ThreadPoolExecutor,
) -> None:
    elsewhere.submit(SessionLock(0).hold).result(20)
    second = Sender()
    second._alone = SessionLock(0.1)
    with pytest.raises(InUse, match=r"127\.0\.0\.1|this machine|هذا الجهاز"):
        _told(second)
    elsewhere.submit(connections.close_all).result(20)
    _told(Sender())


def test_a_sender_whose_connection_was_cut_goes_on_unless_another_took_its_place(
    elsewhere: ThreadPoolExecutor,
) -> None:
    lock = SessionLock(0.1)
    lock.hold()
    for took in (False, True):
        (ours,) = rows("SELECT pg_backend_pid()")[0]
        elsewhere.submit(rows, "SELECT pg_terminate_backend(%s)", [ours]).result(20)
        if took:
            elsewhere.submit(SessionLock(5).hold).result(20)
        with pytest.raises(DatabaseError):
            reconnecting(rows, "SELECT 1")
        if took:
            with pytest.raises(InUse):
                lock.hold()
        else:
            lock.hold()
            assert _holder() != "?", "the new connection has it"


def test_a_kill_frees_it() -> None:
    given = connection.get_connection_params()
    url = " ".join(f"{name}={given[name]}" for name in ("host", "port", "user", "dbname") if given.get(name))
    holding = [sys.executable, "-c", HOLDER, url, str(SENDING)]
    with subprocess.Popen(holding, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InUse):
            SessionLock(0.1).hold()
        holder.send_signal(signal.SIGKILL)
    SessionLock().hold()
