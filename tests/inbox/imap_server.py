"""A mailbox on this machine, as much of IMAP (RFC 3501) as one look into it needs."""

import re
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

USER, PASSWORD = "news", "a long password"


class ImapServer:
    """`messages` are by UID; `validity` may change as when a mailbox is made anew."""

    def __init__(self) -> None:
        self.messages: dict[int, bytes] = {}
        self.validity = 7
        self.commands: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted, suppress(OSError), accepted.makefile("rwb") as file:
            file.write(b"* OK ready\r\n")
            file.flush()
            for line in file:
                tag, _, command = line.decode().strip().partition(" ")
                self.commands.append(command)
                file.write(self._answer(tag, command))
                file.flush()

    def _answer(self, tag: str, command: str) -> bytes:
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n".encode()
        if command.startswith("LOGIN") and f'"{PASSWORD}"' not in command:
            return f"{tag} NO [AUTHENTICATIONFAILED] no\r\n".encode()
        if command.startswith("EXAMINE"):
            return f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n{tag} OK [READ-ONLY] done\r\n".encode()
        if match := re.match(r"UID SEARCH UID (\d+):\*", command):
            # the range's end is the newest message, whatever its beginning
            first = min(int(match[1]), max(self.messages, default=0))
            found = " ".join(str(uid) for uid in sorted(self.messages) if uid >= first)
            return f"* SEARCH {found}\r\n{tag} OK done\r\n".encode()
        if match := re.match(r"UID FETCH (\d+) ", command):
            message = self.messages.get(int(match[1]))
            head = (
                b""
                if message is None
                else b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (match[1].encode(), len(message), message)
            )
            return head + f"{tag} OK done\r\n".encode()
        return f"{tag} OK done\r\n".encode()
