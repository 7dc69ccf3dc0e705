"""A mail server that misbehaves, over the raw sockets of `hostile`: what it says to each command is the test's."""

from collections.abc import Mapping

from delivery.hostile import Connection, Script

CLOSE = b"CLOSE"
SILENCE = b"SILENCE"
EHLO = b"250-server.example\r\n250-SIZE 1000000\r\n250 ENHANCEDSTATUSCODES\r\n"
WELL = {
    "HELLO": b"220 server.example ESMTP\r\n",
    "EHLO": EHLO,
    "DATA": b"354 go on\r\n",
    "END": b"250 2.0.0 queued\r\n",
}


def says(answers: Mapping[str, bytes], transactions: int = 1000) -> Script:
    """Answers HELLO, a command or END as given, else well; after so many messages it says 421 to the next."""
    return lambda connection: Session(connection, {**WELL, **answers}, transactions).play()


class Session:
    """One connection, from greeting to end; `left` messages are taken."""

    def __init__(self, connection: Connection, said: Mapping[str, bytes], left: int) -> None:
        self._connection, self._said, self._left = connection, said, left

    def play(self) -> None:
        going = self._answer("HELLO")
        while going and (line := _line(self._connection)):
            command = line[:4].decode("ascii", "replace").upper().strip()
            going = self._answer(command) and (command != "DATA" or self._takes())

    def _answer(self, to: str) -> bool:
        """False when the connection is to end."""
        what = self._said.get(to, b"250 2.1.0 well\r\n")
        if to == "MAIL" and not self._left:
            what = b"421 4.7.0 enough of you\r\n"
        if what == SILENCE:
            self._connection.until_closed()
        if what in {SILENCE, CLOSE}:
            return False
        self._connection.send(what)
        return not what.startswith(b"421")

    def _takes(self) -> bool:
        if not self._said["DATA"].startswith(b"354"):
            return True
        message = _message(self._connection)
        if message:
            self._connection.keep(message)
            self._left -= 1
        return bool(message) and self._answer("END")


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
