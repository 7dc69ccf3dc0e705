"""A provider that misbehaves: raw sockets, a thread a connection, every request that arrived whole is kept."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import trustme

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
PATIENCE = 20.0


class Connection:
    """One accepted connection. `number` counts from 1."""

    def __init__(self, server: "Hostile", plain: socket.socket, number: int) -> None:
        self._server, self.socket, self.number = server, plain, number
        self.socket.settimeout(PATIENCE)

    def request(self) -> bytes:
        """The next request with its whole body; b"" when the client closed first."""
        head = self.head()
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        body = b""
        while head and len(body) < length:
            body += self.socket.recv(length - len(body))
        if head:
            self.keep(head + body)
        return head + body

    def keep(self, request: bytes) -> None:
        """It arrived whole."""
        self._server.requests.append(request)

    def head(self) -> bytes:
        """A request up to its empty line, the body left unread."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                return b""
            data += byte
        return data

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> None:
        """End with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def until_closed(self) -> None:
        """Say nothing more until the client goes."""
        while self.socket.recv(65536):
            pass


Script = Callable[[Connection], None]


def polite(connection: Connection) -> None:
    while connection.request():
        connection.send(OK)


def tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


class Hostile:
    """Plays `script` on every connection, closing it at the script's end."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script, self._context = script, context
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = threading.Semaphore(0)
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_listening()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)

    def stop_listening(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(accepted)
            threading.Thread(target=self._play, args=(accepted, self.connections), daemon=True).start()

    def _play(self, accepted: socket.socket, number: int) -> None:
        with suppress(OSError):
            if self._context:
                accepted = self._context.wrap_socket(accepted, server_side=True)
            with accepted:
                self._script(Connection(self, accepted, number))
        self.ended.release()
