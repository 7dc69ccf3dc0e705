"""Two things at once, each over a connection of its own, with the one stopped in mid-transaction by the other's hand."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

# long enough for the other one to end, if nothing holds it
WAIT_SECONDS = 0.6
END_SECONDS = 40


def _alone(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connections.close_all()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to; the first error is raised once all have ended."""
    start = threading.Barrier(len(acts))

    def started(act: Callable[[], Any]) -> Any:
        start.wait(END_SECONDS)
        return _alone(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(started, act) for act in acts]
    return [one.result() for one in running]


def in_the_middle(
    patch: pytest.MonkeyPatch, of: Callable[[], Any], after: tuple[object, str], act: Callable[[], Any], call: int = 1
) -> tuple[Any, Any]:
    """(what `of` came to, what `act` did): `act` begins when `of` has made this `call` of `after` (owner, name),
    and `of` goes on when `act` has ended, or is held up."""
    owner, name = after
    real = getattr(owner, name)
    reached, acted = threading.Event(), threading.Event()
    thread: list[int] = []
    calls = itertools.count(1)

    def stops(*arguments: Any, **named: Any) -> Any:
        done = real(*arguments, **named)
        if thread == [threading.get_ident()] and next(calls) == call:
            reached.set()
            acted.wait(WAIT_SECONDS)
        return done

    def first() -> Any:
        thread.append(threading.get_ident())
        return _alone(of)

    def second() -> Any:
        assert reached.wait(END_SECONDS), f"{name} was not called"
        try:
            return _alone(act)
        finally:
            acted.set()

    with patch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(owner, name, stops)
        running = [pool.submit(first), pool.submit(second)]
        for one in running:
            one.exception(END_SECONDS)
    return running[0].result(), running[1].result()
