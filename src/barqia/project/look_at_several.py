"""What `doctor` says where several machines send: NATS, its stream, the workers, this machine's clock."""

import asyncio

from django.db import connection

from barqia.delivery.clock import now_ms
from barqia.delivery.pulses import living
from barqia.errors import BarqiaError
from barqia.project import several

Line = tuple[bool, str]

# a pace, a put-off and a life are by the clock of whoever holds the lane
CLOCK_OFF_MS = 1_000


def lines() -> list[Line]:
    """(well, what was found)."""
    try:
        several.require_what_it_needs()
        nats = asyncio.run(_nats())
    except BarqiaError as error:
        return [(False, str(error))]
    workers = living(now_ms())
    said = f"{len(workers)} running" if workers else "none running (start one with `barqia worker`)"
    return [*nats, _clock(), (True, f"workers: {said}")]


async def _nats() -> list[Line]:
    bus = several.bus()
    await bus.open()
    try:
        stream = await bus.stream()
        found = [(True, f"NATS {bus.version}, JetStream, stream {bus.name}")]
        cluster = stream.get("cluster", {})
        current = 1 + sum(bool(replica.get("current")) for replica in cluster.get("replicas", []))
        wanted = stream["config"]["num_replicas"]
        found.append((current == wanted, f"NATS stream: current on {current} of {wanted} servers"))
        return found
    finally:
        await bus.close()


def _clock() -> Line:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp())*1000)::bigint")
        off_ms = abs(now_ms() - cursor.fetchone()[0])
    return off_ms < CLOCK_OFF_MS, f"clock: {off_ms / 1000:.1f} s from the database's (let NTP keep it)"
