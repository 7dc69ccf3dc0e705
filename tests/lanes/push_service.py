"""A push service on this machine: it verifies who sends, and hands what it took to the phone, which opens it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from barqia.delivery.push import decoded
from lanes.push_phone import PushPhone


class PushService:
    """`opened` has what the phone read, in order, and `headers` what came with each. `status` is what is answered."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.phone = PushPhone.numbered(1, f"{self.origin}/send/1")
        self.opened: Queue[str] = Queue()
        self.headers: list[dict[str, str]] = []
        self.status = 201

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """RFC 8292: the token is for this service, by the key that comes with it."""
        _scheme, token, key = headers["authorization"].replace(",", "").split()
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key.removeprefix("k=")))
        jwt.decode(token.removeprefix("t="), public, algorithms=["ES256"], audience=self.origin)
        self.headers.append(headers)
        if self.status == 201:
            self.opened.put(self.phone.open(body).decode())
        return self.status


@contextmanager
def push_service() -> Iterator[PushService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = made.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("location", f"{made.origin}/message/1")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = PushService(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
