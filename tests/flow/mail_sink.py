"""A mail server for a whole wire: keeps what it takes by recipient, and holds its answer where it is told to."""

import threading
from collections import defaultdict
from email import message_from_bytes, policy
from email.message import EmailMessage

from delivery.hostile import Connection, Hostile
from delivery.mail_server import WELL, Session


class Sink(Hostile):
    """After `answered` messages it takes each one and says nothing more, until `go` is set."""

    def __init__(self, answered: int = 1 << 30) -> None:
        super().__init__(self._play_on)
        self._answered, self._lock = answered, threading.Lock()
        self.go = threading.Event()

    def _play_on(self, connection: Connection) -> None:
        _Held(connection, self).play()

    def take(self) -> None:
        """Before the answer to a message."""
        with self._lock:
            self._answered -= 1
            held = self._answered < 0
        if held:
            self.go.wait()

    def mails(self) -> dict[str, list[EmailMessage]]:
        """By recipient, in the order taken."""
        found: dict[str, list[EmailMessage]] = defaultdict(list)
        for raw in list(self.requests):
            message = message_from_bytes(raw, policy=policy.default)
            assert isinstance(message, EmailMessage)
            found[message["To"].addresses[0].addr_spec].append(message)
        return found


class _Held(Session):
    def __init__(self, connection: Connection, sink: Sink) -> None:
        super().__init__(connection, WELL, 1 << 30)
        self._sink = sink

    def _answer(self, to: str) -> bool:
        if to == "END":
            self._sink.take()
        return super()._answer(to)
