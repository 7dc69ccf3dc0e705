"""A mail server that misbehaves, over the raw sockets of `hostile`: what it says to each command is the test's."""

from collections.abc import Mapping

from delivery.hostile import Connection, Script

CLOSE = b"CLOSE"
SILENCE = b"SILENCE"
EHLO = b"250-server.example\r\n250-SIZE 1000000\r\n250 ENHANCEDSTATUSCODES\r\n"
WELL = {"HELLO": b"220 server.example ESMTP\r\n", "EHLO": EHLO, "DATA": b"354 go on\r\n", "END": b"250 2.0.0 queued\r\n"}


def says(answers: Mapping[str, bytes], transactions: int = 1000) -> Script:
    """Answers HELLO, a command or END as given, else well; after so many messages it says 421 to the next."""

    def script(connection: Connection) -> None:
        said = {**WELL, **answers}
        taken = 0

        def answer(to: str) -> bool:
            what = said.get(to, b"250 2.1.0 well\r\n")
            if to == "MAIL" and taken >= transactions:
                what = b"421 4.7.0 enough of you\r\n"
            if what == SILENCE:
                connection.until_closed()
            if what in {SILENCE, CLOSE}:
                return False
            connection.send(what)
            return not what.startswith(b"421")

        if not answer("HELLO"):
            return
        while line := _line(connection):
            command = line[:4].decode("ascii", "replace").upper().strip()
            if not answer(command):
                return
            if command == "DATA" and said["DATA"].startswith(b"354"):
                if not (message := _message(connection)):
                    return
                connection.keep(message)
                taken += 1
                if not answer("END"):
                    return

    return script


def _line(connection: Connection) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.socket.recv(1)
        if not byte:
            return b""
        line += byte
    return line


def _message(connection: Connection) -> bytes:
    """Up to the final dot; b"" when the client closed before it."""
    message = b""
    while not message.endswith(b"\r\n.\r\n"):
        piece = connection.socket.recv(65536)
        if not piece:
            return b""
        message += piece
    return message.removesuffix(b".\r\n")
