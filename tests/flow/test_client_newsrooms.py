"""Client newsrooms over a whole wire: SIGKILL in the middle of their calls leaves nothing unknown and nothing lost."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flow.wire import Wire, wait_until, wire

TEXT = "افتتاح السوق\n\nوادي الزيزفون-برقية\nقال مدير السوق سامي العامر إن السوق مفتوح.\n"


class Desk:
    """One client's server: `messages` are the signed ones it took, by id, in order; while `holds` it answers nobody."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.secret = b""
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.holds = threading.Event()
        self.goes_on = threading.Event()
        self.status = 204

    def take(self, headers: Any, body: bytes) -> int:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.new(self.secret, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{wanted}"
        self.messages.append((headers["webhook-id"], json.loads(body)))
        if self.holds.is_set():
            self.goes_on.wait(60)
        return self.status


@contextmanager
def desk() -> Iterator[Desk]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = made.take(self.headers, body)
            try:
                self.send_response(status)
                self.end_headers()
            except OSError:
                """Who asked is dead."""

        def log_message(self, *_args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Desk(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.goes_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _added(made: Wire, name: str, client: Desk) -> None:
    shown = made.barqia("client", "add", name, client.url, "--private")
    client.secret = base64.b64decode(shown.split()[0].removeprefix("whsec_"))


@pytest.mark.faults
@pytest.mark.timeout(120)
def test_a_sender_killed_in_its_call_sends_the_same_message_again(tmp_path: Path) -> None:
    with wire(tmp_path) as made, desk() as slow, desk() as ill:
        made.barqia("lane", "add", "clients", "--kind", "client")
        _added(made, "slow", slow)
        _added(made, "ill", ill)
        slow.holds.set()
        ill.status = 500
        made.start()
        item = made.publish(TEXT)
        wait_until(lambda: slow.messages and ill.messages, 30, "both to be called")
        made.kill()
        slow.holds.clear()
        slow.goes_on.set()
        ill.status = 204
        made.execute("UPDATE delivery_delivery SET not_before_ms=0 WHERE state='planned'")
        made.execute("UPDATE delivery_chunk SET not_before_ms=0")
        made.start()
        wait_until(made.finished, 60, "the mailing")
        assert made.states() == {"delivered": 2}
        for client in (slow, ill):
            assert len({message for message, _event in client.messages}) == 1, "the same id, whenever it is sent"
            assert client.messages[-1][1]["data"]["id"] == item
        assert len(slow.messages) == 2

        made.barqia("kill", item, "--reason", "خبر خاطئ")
        wait_until(lambda: made.finished("kill"), 60, "the kill")
        for client in (slow, ill):
            message, event = client.messages[-1]
            assert message != client.messages[0][0]
            assert (event["type"], event["data"]["item"]["pubStatus"]) == ("item.killed", "canceled")
        assert "slow took it: HTTP 204" in made.barqia("client", "test", "slow")
