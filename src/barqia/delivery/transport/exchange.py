"""One HTTP exchange on a libcurl handle that is used again for the next call."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import certifi
import pycurl

from barqia.delivery.endpoint import is_private
from barqia.delivery.lane import Call, Reply
from barqia.delivery.transport.connections import Connections, Ends

CONNECT_SECONDS = 5
# shorter than any server's own, so that a connection the server is closing is not used again
KEEPALIVE_SECONDS = 10
LARGEST_REPLY = 1 << 20

OPTIONS = {
    pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
    # over one HTTP/2 connection a hundred calls would become unknown together
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    pycurl.SSLVERSION: pycurl.SSLVERSION_TLSv1_2,
    pycurl.PROXY: "",  # none from the environment
    pycurl.USERAGENT: "barqia",
    pycurl.CONNECTTIMEOUT_MS: CONNECT_SECONDS * 1000,
    pycurl.MAXAGE_CONN: KEEPALIVE_SECONDS,
    pycurl.NOSIGNAL: 1,
}
FAILURES = {
    pycurl.E_COULDNT_RESOLVE_HOST: "name",
    pycurl.E_COULDNT_CONNECT: "unreachable",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_SSL_CONNECT_ERROR: "tls",
    pycurl.E_PEER_FAILED_VERIFICATION: "certificate",
    pycurl.E_SSL_CACERT_BADFILE: "authorities",
    pycurl.E_GOT_NOTHING: "cut",
    pycurl.E_SEND_ERROR: "cut",
    pycurl.E_RECV_ERROR: "cut",
    pycurl.E_PARTIAL_FILE: "cut",
    pycurl.E_ABORTED_BY_CALLBACK: "cut",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "garbage",  # of HTTP too
    pycurl.E_UNSUPPORTED_PROTOCOL: "garbage",
    pycurl.E_FILESIZE_EXCEEDED: "too_large",
    100: "too_large",  # a header's line; pycurl has no name for it
}


@dataclass(frozen=True, slots=True)
class NotSent:
    """The provider cannot have acted: no byte of the call reached it, or no whole message.

    `code` is a slug: name, unreachable, private_address, tls, certificate, timeout.
    """

    code: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The call was under way when something ended it: nobody can say. `code`: timeout, cut, garbage, too_large."""

    code: str


Answer = Reply | NotSent | Lost
Done = Callable[[Answer], object]


class Headers(Mapping[str, str]):
    """An answer's headers, names in lower case. Read when somebody asks: of most answers nobody does."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines

    @cached_property
    def _read(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self._lines:
            name, colon, value = line.decode("latin-1").partition(":")
            if name.startswith("HTTP/"):
                found.clear()  # those of an interim answer
            elif colon:
                found[name.lower()] = value.strip()
        return found

    def __getitem__(self, name: str) -> str:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _nobody(_answer: Answer) -> None:
    """Nobody waits for this exchange."""


class Exchange:
    """`begin` a call, add `curl` to the transfers, and when it has ended take its `answer`.

    Where its connection turned out stale before it was sent (`wants_another`), add it again.
    """

    def __init__(self, connections: Connections, largest: int = LARGEST_REPLY) -> None:
        self.curl = curl = pycurl.Curl()
        curl.setopt(pycurl.MAXFILESIZE, largest)
        self._connections = connections
        self._ends: Ends = ()
        self._stale = self._fresh = self._public_only = self._private = self._deletes = False
        self._lines: list[bytes] = []
        self._body: list[bytes] = []
        self.done: Done = _nobody
        self._url, self._seconds = "", 0.0
        self._headers: Mapping[str, str] = {}
        for option, value in OPTIONS.items():
            curl.setopt(option, value)
        curl.setopt(pycurl.CAINFO, os.environ.get("SSL_CERT_FILE") or certifi.where())
        curl.setopt(pycurl.PREREQFUNCTION, self._about_to_send)
        curl.setopt(pycurl.HEADERFUNCTION, self._lines.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._body.append)

    def begin(self, call: Call, total_seconds: float, done: Done) -> None:
        """What is as in the handle's last call is not set again."""
        self.done = done
        curl = self.curl
        if call.url != self._url:
            curl.setopt(pycurl.URL, call.url.encode())
            self._url = call.url
        if call.headers != self._headers:
            lines = [f"{name}: {value}".encode() for name, value in call.headers.items()]
            curl.setopt(pycurl.HTTPHEADER, [*lines, b"Expect:"])
            self._headers = call.headers
        if total_seconds != self._seconds:
            curl.setopt(pycurl.TIMEOUT_MS, int(total_seconds * 1000))
            self._seconds = total_seconds
        if call.public_only != self._public_only:
            self._guard(call.public_only)
        if call.method == "POST":
            curl.setopt(pycurl.POSTFIELDS, call.body)
        else:
            curl.setopt(pycurl.HTTPGET, 1)
            if call.method == "DELETE":
                self._deletes = True
                curl.setopt(pycurl.CUSTOMREQUEST, "DELETE")

    def _guard(self, public_only: bool) -> None:
        """Where the address a name leads to is looked at: here and now, and not when the name was given to us."""
        self._public_only = public_only
        if public_only:
            self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        else:
            self.curl.unsetopt(pycurl.OPENSOCKETFUNCTION)

    def _open(self, _purpose: int, address: tuple[int, int, int, tuple[str, int]]) -> socket.socket | int:
        """The socket for a connection that is about to be made; none to an address that is not public."""
        family, kind, protocol, (host, *_port) = address
        if is_private(host):
            self._private = True
            return int(pycurl.SOCKET_BAD)
        return socket.socket(family, kind, protocol)

    def _about_to_send(self, *ends: object) -> int:
        """Called when a connection stands, before the first byte of the request.

        Twice in a call it comes when libcurl would send the request again; the provider may have acted on the first.
        """
        if self._ends:
            return pycurl.PREREQFUNC_ABORT
        if not self._fresh and self._connections.stirred(ends):
            self._stale = True
            return pycurl.PREREQFUNC_ABORT
        if self._public_only and is_private(str(ends[0])):
            # a connection kept from another call, which was allowed to make it
            self._private = True
            return pycurl.PREREQFUNC_ABORT
        self._ends = ends
        return pycurl.PREREQFUNC_OK

    def wants_another(self) -> bool:
        """Whether the call ended only because its connection was stale: then the next one is new."""
        wants, self._stale = self._stale, False
        if wants:
            self._fresh = True
            self.curl.setopt(pycurl.FRESH_CONNECT, 1)
        return wants

    def answer(self, code: int) -> Answer:
        """What became of the call that ended with libcurl's `code`."""
        if code == pycurl.E_OK:
            if self.curl.getinfo(pycurl.NUM_CONNECTS) and (fd := self.curl.getinfo(pycurl.ACTIVESOCKET)) >= 0:
                self._connections.learn(self._ends, fd)
            return Reply(self.curl.getinfo(pycurl.RESPONSE_CODE), Headers(self._lines.copy()), b"".join(self._body))
        return self.failure("private_address" if self._private else FAILURES.get(code, f"curl_{code}"))

    def failure(self, code: str) -> NotSent | Lost:
        return Lost(code) if self._ends else NotSent(code)

    def end(self) -> None:
        if self._fresh:
            self._fresh = False
            self.curl.setopt(pycurl.FRESH_CONNECT, 0)
        if self._deletes:
            self._deletes = False
            self.curl.unsetopt(pycurl.CUSTOMREQUEST)
        self._private = False
        self.done = _nobody
        self._ends = ()
        self._lines.clear()
        self._body.clear()
