"""The hand-out over NATS: what is its own. What both engines keep is in `test_handout.py`."""

import asyncio
import json
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import nkeys
import pytest
import trustme
from django.db import OperationalError

from barqia.delivery.sending.engine import Sender
from barqia.delivery.several.address import NatsAddress
from barqia.delivery.several.bus import Bus
from barqia.delivery.several.handout import Nats
from barqia.delivery.several.pin import PIN_SECONDS
from barqia.delivery.several.shares import may_take_more, one_to_give
from barqia.errors import SetupError
from barqia.project.nats import nats_address
from barqia.subscribers.models import Lane
from delivery.test_handout import LANE, OTHER, until
from jetstream import Servers


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path)
    yield made
    made.stop()


@pytest.fixture
async def two(servers: Servers) -> AsyncIterator[tuple[Nats, Nats]]:
    """Two processes, of which the first holds both lanes."""
    handouts = Nats(Bus(servers.address, "two")), Nats(Bus(servers.address, "two"))
    for handout in handouts:
        await handout.join()
        await handout.keep({LANE, OTHER}, [LANE, OTHER])
        await until(lambda: handouts[0].holds(LANE) and handouts[0].holds(OTHER) and handouts[0].plans())
    yield handouts
    for handout in handouts:
        await handout.leave()


async def test_a_lane_that_is_given_back_goes_to_another_and_stays_there(two: tuple[Nats, Nats]) -> None:
    first, second = two
    await first.give_back(LANE)
    assert not first.holds(LANE)
    await until(lambda: second.holds(LANE))
    assert first.holds(OTHER), "the others stay where they are"
    for _look in range(20):
        assert not first.holds(LANE)
        await asyncio.sleep(0.05)


async def test_a_process_without_the_lane_can_wake_its_holder(two: tuple[Nats, Nats]) -> None:
    first, second = two
    first.wake(LANE)
    await asyncio.wait_for(first.wait(LANE), 1)
    waiting = asyncio.create_task(first.wait(LANE))
    await asyncio.sleep(0.1)
    await second.offer(LANE)
    await asyncio.wait_for(waiting, 5)


async def test_nobody_holds_anything_while_nats_is_silent_and_somebody_does_after(
    two: tuple[Nats, Nats], servers: Servers
) -> None:
    servers.signal(0, signal.SIGSTOP)
    await until(lambda: not any(handout.holds(LANE) or handout.plans() for handout in two))
    servers.signal(0, signal.SIGCONT)
    await until(lambda: any(handout.holds(LANE) for handout in two) and any(handout.plans() for handout in two))


async def test_a_server_that_forgot_everything_is_told_anew(two: tuple[Nats, Nats], servers: Servers) -> None:
    servers.signal(0, signal.SIGKILL)
    servers.start(0)
    await asyncio.sleep(PIN_SECONDS)
    await until(lambda: any(handout.holds(LANE) for handout in two))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_has_no_way_to_the_database_lets_others_work(telegram: Lane, servers: Servers) -> None:
    asyncio.run(_cut_from_the_database(telegram.pk, servers))


async def _cut_from_the_database(lane: int, servers: Servers) -> None:
    async def refuses(*_arguments: object) -> None:
        raise OperationalError("no route to host")

    handouts = [Nats(Bus(servers.address, "cut")) for _ in range(2)]
    senders, stop = [Sender(handout) for handout in handouts], asyncio.Event()
    tasks = [asyncio.create_task(sender.run(stop)) for sender in senders]
    await until(lambda: any(handout.holds(lane) for handout in handouts))
    holder = 0 if handouts[0].holds(lane) else 1
    answers, senders[holder].database = senders[holder].database, refuses  # type: ignore[method-assign]
    await until(lambda: handouts[1 - holder].holds(lane), 40)
    senders[holder].database = answers  # type: ignore[method-assign]
    stop.set()
    await asyncio.gather(*tasks)


def test_lanes_are_shared_and_nobody_starves() -> None:
    assert one_to_give("a", {"a": {1, 2, 3}, "b": set()}) == 3
    assert one_to_give("a", {"a": {1, 2}, "b": {3}}) is None, "two and one is even"
    assert one_to_give("a", {"a": {1, 2}}) is None, "there is nobody else"
    assert not may_take_more("a", {"a": {1, 2}, "b": set()})
    assert may_take_more("b", {"a": {1, 2}, "b": set()})
    assert may_take_more("a", {"a": {1}, "b": {2}}), "a third one that died leaves lanes to both"


async def _refused(address: NatsAddress) -> str:
    with pytest.raises(SetupError) as refusal:
        await Nats(Bus(address, "refused")).join()
    return str(refusal.value)


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    said = await _refused(NatsAddress(("nats://ours:secret@127.0.0.1:9",)))
    assert "NATS at 127.0.0.1:9 cannot be used" in said
    assert "secret" not in said


def test_a_server_without_jetstream(tmp_path: Path) -> None:
    servers = Servers(tmp_path, jetstream=False)
    try:
        assert "has no JetStream" in asyncio.run(_refused(servers.address))
    finally:
        servers.stop()


def test_more_replicas_than_servers(servers: Servers) -> None:
    said = asyncio.run(_refused(NatsAddress(servers.address.servers, replicas=3)))
    assert "does not keep a stream on 3 servers" in said


async def test_a_server_that_is_too_old() -> None:
    """Debian's 2.9 knows no pinned consumers; of it only the greeting is played here."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        info = {"server_id": "X", "version": "2.9.10", "max_payload": 1 << 20, "proto": 1, "headers": True}
        writer.write(f"INFO {json.dumps(info)}\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"PING"):
                writer.write(b"PONG\r\n")
        writer.close()
        gone.set()

    gone = asyncio.Event()
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert "is 2.9.10: 2.11 or newer is needed" in await _refused(NatsAddress((f"nats://127.0.0.1:{port}",)))
    await gone.wait()
    server.close()


def test_tls_and_a_key_of_our_own(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    seed = nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER)
    (tmp_path / "user.nk").write_bytes(seed)
    public = nkeys.from_seed(bytearray(seed)).public_key.decode()
    more = f"""
tls {{ cert_file: "{tmp_path}/server.pem", key_file: "{tmp_path}/server.pem" }}
authorization {{ users: [ {{ nkey: {public}, permissions: {{
  publish: ["$JS.API.>", "$JS.ACK.>", "tls.>"], subscribe: ["_INBOX.>"] }} }} ] }}
"""
    trusted = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    ours = Servers(tmp_path, more=more, options={"tls": trusted, "nkeys_seed": str(tmp_path / "user.nk")})
    try:
        url = f"tls://127.0.0.1:{ours.ports[0]}?ca={tmp_path}/ca.pem&nkey={tmp_path}/user.nk"
        asyncio.run(_holds_a_lane(nats_address(url)))
        without_key = asyncio.run(_refused(NatsAddress(ours.address.servers, authority=tmp_path / "ca.pem")))
        assert "Authorization Violation" in without_key
    finally:
        ours.stop()


async def _holds_a_lane(address: NatsAddress | None) -> None:
    assert address is not None
    handout = Nats(Bus(address, "tls"))
    await handout.join()
    await handout.keep({LANE}, [LANE])
    await until(lambda: handout.holds(LANE))
    await handout.leave()
