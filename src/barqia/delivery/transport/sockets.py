"""libcurl's transfers driven by the event loop: which sockets it waits for, its one timer, and what has ended."""

import asyncio
import select
import sys
from collections.abc import Callable
from typing import Protocol

import pycurl

Act = Callable[[list[tuple[int, int]]], None]

MOST_EVENTS = 1024


class Sockets(Protocol):
    """Watches sockets for libcurl; what they are ready for goes to `act` as (socket, CSELECT bits)."""

    def want(self, fd: int, what: int) -> None:
        """`what` is POLL_IN, POLL_OUT, POLL_INOUT or POLL_REMOVE."""

    def close(self) -> None: ...


class LoopSockets:
    """Each socket watched by the loop itself: works on every platform."""

    def __init__(self, act: Act) -> None:
        self._loop = asyncio.get_running_loop()
        self._act = act
        self._wanted: dict[int, int] = {}

    def want(self, fd: int, what: int) -> None:
        before, now = self._wanted.pop(fd, 0), what & pycurl.POLL_INOUT
        if now:
            self._wanted[fd] = now
        if now & ~before & pycurl.POLL_IN:
            self._loop.add_reader(fd, self._act, [(fd, pycurl.CSELECT_IN)])
        if before & ~now & pycurl.POLL_IN:
            self._loop.remove_reader(fd)
        if now & ~before & pycurl.POLL_OUT:
            self._loop.add_writer(fd, self._act, [(fd, pycurl.CSELECT_OUT)])
        if before & ~now & pycurl.POLL_OUT:
            self._loop.remove_writer(fd)

    def close(self) -> None:
        for fd in list(self._wanted):
            self.want(fd, pycurl.POLL_REMOVE)


if sys.platform == "linux":

    class EpollSockets:
        """An epoll of our own, watched by the loop as one descriptor: all that is ready comes in one batch.

        A call takes its socket and gives it back, thousands of times a second, so what libcurl no longer waits for is
        taken out only when it stirs. A socket that was closed left the epoll by itself.
        """

        def __init__(self, act: Act) -> None:
            self._loop = asyncio.get_running_loop()
            self._act = act
            self._epoll = select.epoll()
            self._wanted: dict[int, int] = {}
            self._loop.add_reader(self._epoll.fileno(), self._ready)

        def want(self, fd: int, what: int) -> None:
            self._wanted[fd] = what & pycurl.POLL_INOUT
            if what == pycurl.POLL_REMOVE:
                return
            events = (select.EPOLLIN if what & pycurl.POLL_IN else 0) | (
                select.EPOLLOUT if what & pycurl.POLL_OUT else 0
            )
            try:
                self._epoll.modify(fd, events)
            except FileNotFoundError:
                self._epoll.register(fd, events)

        def _ready(self) -> None:
            ready = []
            for fd, events in self._epoll.poll(0, MOST_EVENTS):
                if self._wanted.get(fd):
                    ready.append((fd, _bits(events)))
                else:
                    self._epoll.unregister(fd)
            self._act(ready)

        def close(self) -> None:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()

    def _bits(events: int) -> int:
        return (
            (pycurl.CSELECT_IN if events & select.EPOLLIN else 0)
            | (pycurl.CSELECT_OUT if events & select.EPOLLOUT else 0)
            | (pycurl.CSELECT_ERR if events & (select.EPOLLERR | select.EPOLLHUP) else 0)
        )


def sockets(act: Act) -> Sockets:
    return EpollSockets(act) if sys.platform == "linux" else LoopSockets(act)
