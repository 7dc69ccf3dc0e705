"""Troubles on the way between a caller and a provider: resets, cut and slow answers, a proxy's page."""

import socket
import struct
from contextlib import suppress

from aiohttp import web

from barqia.sandbox.clock import Clock
from barqia.sandbox.faults.faults import Met
from barqia.sandbox.faults.plan import BAD_GATEWAY

NGINX = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
RESET_AT_ONCE = struct.pack("ii", 1, 0)


def _reset(request: web.BaseRequest) -> None:
    """Close with RST, as a network does, and not with an orderly end."""
    if request.transport is not None:
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        request.transport.abort()


def instead(met: Met | None, request: web.BaseRequest) -> web.Response | None:
    """What the caller meets in place of the provider, which then never hears of the call."""
    if met and met.rule.what == BAD_GATEWAY:
        return web.Response(status=BAD_GATEWAY, body=NGINX, content_type="text/html", headers={"Server": "nginx"})
    if met and met.rule.what == "reset_before":
        _reset(request)
        return web.Response(status=503)
    return None


def answered(met: Met | None) -> str:
    """How much of the answer reaches the caller: whole, half, late or none."""
    return {"reset_before": "none", "reset_after": "none", "cut": "half", "slow": "late"}.get(
        str(met.rule.what) if met else "", "whole"
    )


async def bring(met: Met | None, request: web.BaseRequest, response: web.Response, clock: Clock) -> web.StreamResponse:
    """The provider has acted; its answer comes late, by half, or not at all."""
    if met is None:
        return response
    if met.rule.what == "slow":
        await clock.sleep(met.rule.seconds)
    elif met.rule.what == "reset_after":
        _reset(request)
    elif met.rule.what == "cut":
        return await _half(request, response)
    return response


async def _half(request: web.BaseRequest, response: web.Response) -> web.StreamResponse:
    """The head promises the whole body, then comes half of it and the end of the connection."""
    body = response.body
    assert isinstance(body, bytes)
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    cut.content_length = len(body)
    cut.force_close()
    with suppress(ConnectionResetError):  # who called may have been killed meanwhile
        await cut.prepare(request)
        await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut
