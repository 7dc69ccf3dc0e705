"""`barqia run`: one web process and one sender, started again when they end, stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import click

from barqia.errors import InUse
from barqia.project.children import PARENT

PORT = click.IntRange(0, 65_535)
STOP_SECONDS = 35
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
WELL_AFTER_SECONDS = 30
WATCH_SECONDS = 0.2


class Child:
    """One process, kept running; it pauses longer each time it ends soon."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name, self._arguments = name, arguments
        self._pause = FIRST_PAUSE
        self._again_at = 0.0
        self._started = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def keep(self, now: float) -> None:
        if self.process is None and now >= self._again_at:
            environment = {**os.environ, PARENT: str(os.getpid())}
            self.process = subprocess.Popen([sys.executable, "-m", *self._arguments], env=environment)  # noqa: S603 - our own
            self._started = now
        elif self.process is not None and self.process.poll() is not None:
            self._pause = (
                FIRST_PAUSE if now - self._started > WELL_AFTER_SECONDS else min(LONGEST_PAUSE, self._pause * 2)
            )
            sys.stderr.write(f"barqia: {self.name} ended ({self.process.returncode}); again in {self._pause:g} s\n")
            self._again_at = now + self._pause
            self.process = None

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def require_port(host: str, port: int) -> None:
    """Raise InUse when the address is taken, before anything is started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InUse(f"Cannot listen on {host}:{port} ({error.strerror}): choose another with --port.") from None


def supervise(host: str, port: int) -> None:
    """Until SIGTERM or SIGINT; the children then end what they are doing."""
    children = [
        Child("web", ["barqia.project.web", "--host", host, "--port", str(port)]),
        Child("sender", ["barqia.project.sender"]),
    ]
    stopping = False

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    while not stopping:
        for child in children:
            child.keep(time.monotonic())
        time.sleep(WATCH_SECONDS)
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.end(until)
