"""What a caller of the control API sends."""

from typing import Any

from aiohttp import web

from barqia.sandbox.given import load
from barqia.sandbox.phones import Phone, Phones

Json = dict[str, Any]


async def asked(request: web.Request) -> Json:
    """The body as an object. Raises ValueError, also for text that no UTF-8 can carry."""
    value = load(await request.read())
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value


def phone_of(phones: Phones, request: web.Request) -> Phone:
    """The phone that the path names. Raises HTTPNotFound."""
    wanted = request.match_info["phone"]
    phone = phones.all.get(int(wanted)) if wanted.isdigit() else None
    if phone is None:
        raise web.HTTPNotFound(text="no such phone")
    return phone
