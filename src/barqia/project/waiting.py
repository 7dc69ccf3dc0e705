"""Waiting for a mailing, with a bar where there is a terminal; sending by ourselves where nobody else does."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import uvloop
from django.conf import settings
from django.db import close_old_connections
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from barqia.delivery.account.board import Account, account
from barqia.delivery.clock import now_ms
from barqia.delivery.pulses import living
from barqia.delivery.sending.lock import DataLock
from barqia.errors import InUse
from barqia.project import several
from barqia.project.sending import send_until

LOOK_SECONDS = 0.1


def wait_for(release_id: int, console: Console, label: str = "") -> Account:
    """Until the mailing is finished, waits for a person, or is put off; sent here when no sender runs. Returns its
    account."""
    if several.asked_for() and living(now_ms()):
        _watch(release_id, console, label, time.sleep)
        return account(release_id)
    try:
        with DataLock(settings.BARQIA_DATA):
            uvloop.run(_send(release_id, console, label))
    except InUse:
        _watch(release_id, console, label, time.sleep)
    return account(release_id)


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _watch(release_id: int, console: Console, label: str, sleep: Callable[[float], None]) -> None:
    with _bar(console) as bar:
        task = bar.add_task(label or "delivering", total=None)
        while True:
            now = account(release_id)
            to_go = sum(lane.to_go for lane in now.lanes)
            bar.update(task, total=now.audience or None, completed=now.audience - to_go)
            if now.finished or now.stands_still or now.put_off:
                return
            sleep(LOOK_SECONDS)


async def _send(release_id: int, console: Console, label: str) -> None:
    """Send until the mailing is finished, or Ctrl-C: then what is under way ends first."""
    stop = asyncio.Event()
    sending = asyncio.create_task(send_until(stop))
    watching = asyncio.create_task(asyncio.to_thread(_watch_in_thread, release_id, console, label, stop))
    try:
        await asyncio.wait({sending, watching}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        await asyncio.gather(sending, watching, return_exceptions=True)
    sending.result()
    watching.result()


class _Stopped(Exception):
    """Nobody waits any more."""


def _watch_in_thread(release_id: int, console: Console, label: str, stop: asyncio.Event) -> None:
    def sleep(seconds: float) -> None:
        if stop.is_set():
            raise _Stopped
        time.sleep(seconds)

    try:
        with suppress(_Stopped):
            _watch(release_id, console, label, sleep)
    finally:
        close_old_connections()
