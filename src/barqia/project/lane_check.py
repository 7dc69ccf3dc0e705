"""Asking a provider how it sees a lane, and registering its webhook."""

import asyncio

from django.conf import settings

from barqia.delivery.lane import Call, CheckLine, LaneConfig, LaneKind, Reply, lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.transport.http import Answer, Http, NotSent
from barqia.subscribers.models import Lane


def webhook_url(lane: Lane) -> str:
    return f"{settings.BARQIA_BASE_URL}/hooks/{lane.name}"


def check(lane: Lane) -> list[CheckLine]:
    """The provider's view, a line for each thing asked."""
    return asyncio.run(_check(lane_kind(lane.kind), lane_config(lane), webhook_url(lane)))


def ask(call: Call) -> Answer:
    """One call to a provider, and what became of it."""

    async def asked() -> Answer:
        async with Http(1) as http:
            return await http.call(call)

    return asyncio.run(asked())


async def _check(kind: LaneKind, lane: LaneConfig, webhook: str) -> list[CheckLine]:
    lines = []
    async with Http(1) as http:
        for what, call in kind.check_calls(lane, webhook):
            reply = await http.call(call)
            if isinstance(reply, Reply):
                lines.append(kind.check_line(what, lane, reply))
            else:
                said = "cannot be reached" if isinstance(reply, NotSent) else "the answer was lost"
                lines.append(CheckLine(what, False, f"{said} ({reply.code})"))
    lines += [CheckLine(what, True, said) for what, said in kind.terms(lane.settings).notes]
    return lines
