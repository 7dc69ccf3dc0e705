"""libcurl's transfers driven by the event loop. No thread but those in which libcurl looks up names."""

import asyncio
from collections.abc import Callable
from typing import Any

import pycurl

from barqia.delivery.transport import sockets

Finished = Callable[[pycurl.Curl, int], None]


class Transfers:
    """Runs the handles it is given; `finished(handle, code)` when one has ended, code 0 where it was answered."""

    def __init__(self, connections: int, finished: Finished) -> None:
        self._loop = asyncio.get_running_loop()
        self._finished = finished
        self._sockets = sockets.sockets(self._act)
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._multi = multi = pycurl.CurlMulti()
        multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, connections)
        multi.setopt(pycurl.M_MAXCONNECTS, connections)
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._wanted)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._due_in)

    def add(self, curl: pycurl.Curl) -> None:
        self._multi.add_handle(curl)

    def remove(self, curl: pycurl.Curl) -> None:
        """Of one that has ended, its connection is kept; of one under way, closed."""
        self._multi.remove_handle(curl)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._multi.close()
        self._sockets.close()

    def _wanted(self, what: int, fd: int, _multi: object, _data: Any) -> None:
        self._sockets.want(fd, what)

    def _due_in(self, milliseconds: int) -> None:
        """libcurl's next deadline. A timer that fires too soon does no harm, so only a sooner one replaces it."""
        if milliseconds < 0:
            return
        due = self._loop.time() + milliseconds / 1000
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.cancel()
        self._due = due
        self._timer = self._loop.call_later(milliseconds / 1000, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        if self._timer is None:
            self._due_in(self._multi.timeout())
        self._reap()

    def _act(self, ready: list[tuple[int, int]]) -> None:
        for fd, bits in ready:
            self._multi.socket_action(fd, bits)
        self._reap()

    def _reap(self) -> None:
        left = 1
        while left:
            left, ended, failed = self._multi.info_read()
            for curl in ended:
                self._finished(curl, 0)
            for curl, code, _ in failed:
                self._finished(curl, code)
