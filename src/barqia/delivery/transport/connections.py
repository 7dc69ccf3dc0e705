"""Looking at a kept connection before it is used again.

libcurl looks at most once a second, and sends a request again by itself when the connection turns out to be closed.
Neither is for us: what was sent once may have been acted on, and what waits on an idle connection answers nothing.
"""

import select

# both ends' addresses and ports, as libcurl names them
Ends = tuple[object, ...]


class Connections:
    """Which socket belongs to which connection."""

    def __init__(self) -> None:
        self._socket: dict[Ends, int] = {}
        self._ends: dict[int, Ends] = {}
        self._looks: dict[int, select.poll] = {}

    def learn(self, ends: Ends, fd: int) -> None:
        """Of a new connection. Its socket's number was another's before; what that one's ends were is forgotten."""
        before = self._ends.get(fd)
        if before is not None and self._socket.get(before) == fd:
            del self._socket[before]
        self._ends[fd] = ends
        self._socket[ends] = fd
        if fd not in self._looks:
            self._looks[fd] = look = select.poll()
            look.register(fd, select.POLLIN)

    def stirred(self, ends: Ends) -> bool:
        """Whether this connection was closed, or has something to say that nobody asked. A new one has not."""
        fd = self._socket.get(ends)
        if fd is None:
            return False
        return bool(self._looks[fd].poll(0))
