"""The transport before a request can be sent, and its connections: TLS, names, limits, proxies, endings."""

import asyncio
import datetime as dt
import socket
import time
from pathlib import Path

import pycurl
import pytest
import trustme

from barqia.delivery.lane import Reply
from barqia.delivery.transport import exchange
from barqia.delivery.transport.http import Answer, Http, Lost, NotSent
from delivery.hostile import OK, Connection, Hostile, polite, tls
from delivery.transport import Transport, a_call, until

SHORT = 0.4
PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def test_a_certificate_of_an_authority_we_trust(transport: Transport, authority: trustme.CA) -> None:
    with Hostile(polite, tls(authority.issue_cert("127.0.0.1"))) as server:
        answers = transport.answers(a_call(server.url), a_call(server.url))
        assert [getattr(answer, "body", answer) for answer in answers] == [b"ok", b"ok"]
        assert server.connections == 1


@pytest.mark.parametrize("fault", ["another's name", "expired", "of nobody we trust"])
def test_a_certificate_that_is_not_good_sends_nothing(transport: Transport, authority: trustme.CA, fault: str) -> None:
    certificate = {
        "another's name": lambda: authority.issue_cert("elsewhere.example"),
        "expired": lambda: authority.issue_cert("127.0.0.1", not_before=PAST, not_after=PAST.replace(year=2021)),
        "of nobody we trust": lambda: trustme.CA().issue_cert("127.0.0.1"),
    }[fault]()
    with Hostile(polite, tls(certificate)) as server:
        assert transport.answer(a_call(server.url)) == NotSent("certificate")
        assert server.requests == []


@pytest.mark.usefixtures("authority")
@pytest.mark.parametrize("fault", ["says nothing", "closes", "speaks plainly"])
def test_no_handshake_sends_nothing(transport: Transport, fault: str) -> None:
    def script(connection: Connection) -> None:
        if fault == "says nothing":
            connection.until_closed()
        if fault == "speaks plainly":
            connection.send(OK)
            connection.until_closed()

    with Hostile(script) as server:
        answer = transport.answer(a_call(server.url.replace("http:", "https:")), SHORT)
        assert answer == NotSent("timeout" if fault == "says nothing" else "tls")


def test_without_any_authority_nothing_is_trusted(
    transport: Transport, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with Hostile(polite, tls(authority.issue_cert("127.0.0.1"))) as server:
        assert transport.answer(a_call(server.url)) == NotSent("authorities")
        assert server.requests == []


def test_a_name_that_is_not_found_and_a_port_nobody_listens_on(transport: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert transport.answer(a_call(f"http://127.0.0.1:{port}/")) == NotSent("unreachable")
    assert isinstance(transport.answer(a_call("http://nobody.invalid/"), SHORT), NotSent)


@pytest.mark.parametrize("url", ["", "nonsense://x/", "file:///etc/hostname", "http://", "http://127.0.0.1:99999/"])
def test_what_is_no_address_of_the_web_is_not_sent(transport: Transport, url: str) -> None:
    assert isinstance(transport.answer(a_call(url)), NotSent)


def test_a_connection_that_is_never_accepted(transport: Transport) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        assert transport.answer(a_call(f"http://127.0.0.1:{full.getsockname()[1]}/"), SHORT) == NotSent("timeout")
        for each in waiting:
            each.close()


def test_no_proxy_is_taken_from_the_environment(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    with Hostile(polite) as proxy, Hostile(polite) as server:
        for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(transport.answer(a_call(server.url)), Reply)
        assert proxy.connections == 0


def test_an_idle_connection_is_given_up_before_the_provider_closes_it(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exchange.OPTIONS, pycurl.MAXAGE_CONN, 1)
    with Hostile(polite) as server:
        transport.answers(a_call(server.url), a_call(server.url), between=lambda: time.sleep(2.1))
        assert server.connections == 2


def test_no_more_connections_than_allowed_and_who_waited_too_long_was_not_sent(transport: Transport) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.until_closed()

    async def two() -> list[Answer]:
        async with Http(1) as http:
            seconds = (2 * SHORT, SHORT)
            return list(await asyncio.gather(*(http.call(a_call(server.url), most) for most in seconds)))

    with Hostile(script) as server:
        assert transport.do(two()) == [Lost("timeout"), NotSent("timeout")]
        assert server.connections == 1


def test_a_call_that_is_given_up_ends_and_disturbs_no_other(transport: Transport) -> None:
    def script(connection: Connection) -> None:
        while request := connection.request():
            if b"/never" in request:
                connection.until_closed()
                return
            connection.send(OK)

    async def give_up() -> Answer:
        async with Http(10) as http:
            given_up = asyncio.create_task(http.call(a_call(server.url + "never")))
            await until(lambda: server.requests)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            await asyncio.to_thread(server.ended.acquire)
            return await http.call(a_call(server.url))

    with Hostile(script) as server:
        assert isinstance(transport.do(give_up()), Reply)


def test_closing_says_what_can_be_said_of_calls_under_way(transport: Transport) -> None:
    said: list[Answer] = []

    def script(connection: Connection) -> None:
        connection.request()
        connection.until_closed()

    async def close() -> None:
        async with Http(1) as http:
            http.start(a_call(server.url), said.append)
            await until(lambda: server.requests)
            http.start(a_call(server.url), said.append)
        await asyncio.sleep(0)

    with Hostile(script) as server:
        transport.do(close())
    assert said == [Lost("closed"), NotSent("closed")]


def test_a_listener_that_fails_costs_no_other_its_answer(transport: Transport) -> None:
    said: list[Answer] = []
    faults: list[object] = []

    def fails(_answer: Answer) -> None:
        raise RuntimeError("a fault of the listener")

    async def start() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context["exception"]))
        async with Http(10) as http:
            for number in range(20):
                http.start(a_call(server.url), said.append if number % 2 else fails)
            await until(lambda: len(said) == 10)

    with Hostile(polite) as server:
        transport.do(start())
    assert all(isinstance(answer, Reply) for answer in said)
    assert len(faults) == 10
