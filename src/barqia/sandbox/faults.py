"""Switches that make a provider misbehave as providers do."""

import asyncio
import random
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

Kind = Literal["reset_before", "reset_after", "error_500", "proxy_502", "throttle", "slow"]
KINDS: tuple[Kind, ...] = ("reset_before", "reset_after", "error_500", "proxy_502", "throttle", "slow")


@dataclass(slots=True)
class Fault:
    """One switch: `count` times at most (None without end), each with `probability`; `seconds` where it waits."""

    api: str
    kind: Kind
    count: int | None = None
    probability: float = 1.0
    seconds: float = 1.0


class Faults:
    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def next(self, api: str) -> Fault | None:
        """The fault that this request meets, if any."""
        for fault in self._armed:
            if fault.api == api and (fault.count is None or fault.count > 0):
                if random.random() >= fault.probability:  # noqa: S311 - chance, no secret
                    continue
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None


def drop_connection(request: web.Request) -> None:
    """Reset the connection, as a network does."""
    if request.transport is not None:
        request.transport.abort()


async def before(fault: Fault | None, request: web.Request) -> web.Response | None:
    """What happens before the provider acts: an answer of its own, a wait, or nothing."""
    if fault is None:
        return None
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "reset_before":
        drop_connection(request)
        return web.Response(status=503)
    if fault.kind == "proxy_502":
        page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    return None
