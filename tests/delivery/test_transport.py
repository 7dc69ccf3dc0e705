"""The transport against a hostile provider: what is said of a call, and how many requests the provider saw."""

import gzip
import re
import ssl
import threading
from typing import Literal

import pytest
import trustme

from barqia.delivery.lane import Reply
from barqia.delivery.transport.http import Lost, NotSent
from delivery.hostile import OK, PATIENCE, Connection, Hostile, Script, polite, tls
from delivery.transport import Transport, a_call

MIB = 1 << 20
SHORT = 0.4


def _says(*parts: bytes) -> Script:
    """Reads a request, says this, and closes."""

    def script(connection: Connection) -> None:
        connection.request()
        for part in parts:
            connection.send(part)

    return script


def _says_and_waits(*parts: bytes) -> Script:
    def script(connection: Connection) -> None:
        _says(*parts)(connection)
        connection.until_closed()

    return script


def _for_ever(part: bytes, start: bytes = b"HTTP/1.1 200 OK\r\n") -> Script:
    def script(connection: Connection) -> None:
        _says(start)(connection)
        while True:
            connection.send(part)

    return script


def _drips(connection: Connection) -> None:
    connection.request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        connection.send(b".")
        connection.socket.settimeout(0.02)
        try:
            if not connection.socket.recv(1):
                return
        except TimeoutError:
            continue


def _resets(connection: Connection) -> None:
    connection.request()
    connection.reset()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LOST: dict[str, tuple[Script, str]] = {
    "says nothing": (_says_and_waits(), "timeout"),
    "stops in the headers": (_says_and_waits(b"HTTP/1.1 200 OK\r\nX-"), "timeout"),
    "drips its body": (_drips, "timeout"),
    "closes without a word": (_says(), "cut"),
    "cuts the status line": (_says(b"HTTP/1.1 20"), "cut"),
    "cuts the headers": (_says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-"), "cut"),
    "cuts the body": (_says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun"), "cut"),
    "cuts a chunk": (_says(CHUNKED, b"ff\r\nbegun"), "cut"),
    "cuts between chunks": (_says(CHUNKED, b"2\r\nok\r\n"), "cut"),
    "resets": (_resets, "cut"),
    "says what is not HTTP": (_says(b"SSH-2.0-OpenSSH_9.2\r\n"), "garbage"),
    "says bytes": (_says(bytes(range(256)) * 9), "garbage"),
    "gives no number of bytes": (_says(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nok"), "garbage"),
    "gives two lengths": (_says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"), "garbage"),
    "gives a chunk no size": (_says(CHUNKED, b"many\r\nok\r\n0\r\n\r\n"), "cut"),
    "announces too much": (_says_and_waits(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MIB + 1)), "too_large"),
    "chunks for ever": (_for_ever(b"1000\r\n" + b"." * 0x1000 + b"\r\n", CHUNKED), "too_large"),
    "speaks for ever": (_for_ever(b"." * 4096, b"HTTP/1.1 200 OK\r\n\r\n"), "too_large"),
    "floods with headers": (_for_ever(b"X-Flood: " + b"x" * 200 + b"\r\n"), "cut"),
    "sends an endless header": (_for_ever(b"x" * 4096, b"HTTP/1.1 200 OK\r\nX-Endless: "), "too_large"),
    "interrupts for ever": (_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", b""), "cut"),
}


@pytest.mark.parametrize("what", LOST)
def test_a_broken_answer_leaves_the_call_unknown_and_is_not_asked_for_again(transport: Transport, what: str) -> None:
    script, code = LOST[what]
    with Hostile(script) as server:
        assert transport.answer(a_call(server.url), SHORT if code == "timeout" else 10) == Lost(code)
        assert len(server.requests) == 1


@pytest.fixture(params=["plain", "TLS"])
def context(request: pytest.FixtureRequest, authority: trustme.CA) -> ssl.SSLContext | None:
    return tls(authority.issue_cert("127.0.0.1")) if request.param == "TLS" else None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("end", ["closes", "resets", "resets and is gone"])
def test_a_connection_used_again_that_ends_without_an_answer_is_not_tried_again(
    transport: Transport, context: ssl.SSLContext | None, method: Literal["GET", "POST"], end: str
) -> None:
    """The provider may have acted on the request: whoever sends it again sends twice."""

    def script(connection: Connection) -> None:
        if connection.number == 1:
            connection.request()
            connection.send(OK)
            connection.request()
            if "gone" in end:
                server.stop_listening()
            if "resets" in end:
                connection.reset()
        else:
            polite(connection)

    with Hostile(script, context) as server:
        call = a_call(server.url, b"{}" if method == "POST" else b"", method)
        answers = transport.answers(call, call, call)
    assert isinstance(answers[0], Reply)
    assert answers[1] == Lost("unreachable" if "gone" in end else "cut")
    assert isinstance(answers[2], NotSent if "gone" in end else Reply)
    assert len(server.requests) == (2 if "gone" in end else 3)


def test_a_connection_the_provider_closed_meanwhile_is_not_used(
    transport: Transport, context: ssl.SSLContext | None
) -> None:
    with Hostile(_says(OK), context) as server:
        answers = transport.answers(a_call(server.url), a_call(server.url), between=server.ended.acquire)
        assert [type(answer) for answer in answers] == [Reply, Reply]
        assert len(server.requests) == server.connections == 2


@pytest.mark.parametrize("when", ["with the answer", "after it"])
def test_an_answer_nobody_asked_for_answers_nothing(
    transport: Transport, context: ssl.SSLContext | None, when: str
) -> None:
    stray = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray"

    answered, strayed = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        if connection.number == 1:
            connection.request()
            connection.send(OK if when == "after it" else OK + stray)
            answered.wait(PATIENCE)
            if when == "after it":
                connection.send(stray)
            strayed.set()
        polite(connection)

    def between() -> None:
        answered.set()
        strayed.wait(PATIENCE)

    with Hostile(script, context) as server:
        answers = transport.answers(a_call(server.url), a_call(server.url), between=between)
        assert [getattr(answer, "body", answer) for answer in answers] == [b"ok", b"ok"]
        assert len(server.requests) == 2


REPLIES: dict[str, tuple[bytes, int, bytes]] = {
    "a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
    "chunks": (CHUNKED + b"1\r\no\r\n1;x=y\r\nk\r\n0\r\nTrailer: yes\r\n\r\n", 200, b"ok"),
    "an end": (b"HTTP/1.1 200 OK\r\n\r\nok", 200, b"ok"),
    "an old server": (b"HTTP/1.0 200 OK\r\n\r\nok", 200, b"ok"),
    "continue": (b"HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\n" + OK, 200, b"ok"),
    "hints": (b"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n" + OK, 200, b"ok"),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "as much as is read": (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % MIB + b"." * MIB, 200, b"." * MIB),
}


@pytest.mark.parametrize("what", REPLIES)
def test_an_answer_is_read_to_its_end(transport: Transport, what: str) -> None:
    raw, status, body = REPLIES[what]
    with Hostile(_says(raw)) as server:
        answer = transport.answer(a_call(server.url))
        assert isinstance(answer, Reply)
        assert (answer.status, answer.body) == (status, body)
        assert "retry-after" not in answer.headers, "an interim answer's headers are not the answer's"
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 407, 408, 417, 421, 425, 429, 500, 503])
def test_a_status_is_an_answer_whatever_it_asks_for(transport: Transport, status: int) -> None:
    """No redirect is followed, no password tried, nothing asked again."""
    raw = (
        b"HTTP/1.1 %d Status\r\nLocation: /elsewhere\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\n"
        b'WWW-Authenticate: Basic realm="x"\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
    )

    def script(connection: Connection) -> None:
        while connection.request():
            connection.send(raw % status)

    with Hostile(script) as server:
        answers = transport.answers(a_call(server.url), a_call(server.url))
        assert [getattr(answer, "status", answer) for answer in answers] == [status, status]
        assert [answer.headers["retry-after"] for answer in answers if isinstance(answer, Reply)] == ["7", "7"]
        assert len(server.requests) == 2
        assert not any(b"\ncookie:" in request.lower() for request in server.requests)


def test_a_request_is_whole_and_asks_for_no_permission(transport: Transport) -> None:
    body = "خبر".encode() * MIB
    with Hostile(polite) as server:
        answers = transport.answers(
            a_call(server.url + "x?y=z", body),
            a_call(server.url, b"", "GET"),
            a_call(server.url),
            a_call(server.url, b"", "DELETE"),
            a_call(server.url, b"", "GET"),
        )
        assert [getattr(answer, "status", answer) for answer in answers] == [200] * 5
        assert server.connections == 1, "a connection is used again"
    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    assert sent == body
    assert head.startswith(b"POST /x?y=z HTTP/1.1\r\n")
    assert b"content-type: application/json" in head.lower()
    assert b"expect:" not in head.lower()
    assert server.requests[1].startswith(b"GET / HTTP/1.1\r\n")
    assert server.requests[2].endswith(b"\r\n\r\n{}")
    assert [request.split()[0] for request in server.requests[3:]] == [b"DELETE", b"GET"]


@pytest.mark.parametrize("then", ["reads on", "closes"])
def test_an_answer_before_the_body_was_read(transport: Transport, then: str) -> None:
    heads = []

    def script(connection: Connection) -> None:
        heads.append(connection.head())
        connection.send(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
        if then == "reads on":
            connection.until_closed()

    with Hostile(script) as server:
        answer = transport.answer(a_call(server.url, b"." * (8 * MIB)))
        assert isinstance(answer, Reply | Lost if then == "closes" else Reply), "a reset may overtake the answer"
        assert len(heads) == server.connections == 1


@pytest.mark.parametrize("size", [100, 3 * MIB])
def test_a_packed_answer_is_unpacked_up_to_the_limit(transport: Transport, size: int) -> None:
    def script(connection: Connection) -> None:
        body = b"." * size
        head = b"HTTP/1.1 200 OK\r\n"
        if re.search(rb"\naccept-encoding:[^\r]*gzip", connection.request().lower()):
            body = gzip.compress(body)
            head += b"Content-Encoding: gzip\r\n"
        connection.send(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with Hostile(script) as server:
        answer = transport.answer(a_call(server.url))
        assert answer == Lost("too_large") if size > MIB else getattr(answer, "body", answer) == b"." * size
