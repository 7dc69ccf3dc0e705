"""The web process: the WSGI application under granian."""

import argparse
import os
import signal
import sys

from granian import Granian
from granian.constants import Interfaces

from barqia.project.children import PARENT, end_with_parent

THREADS = 16
BACKLOG = 1024


def main() -> int:
    parser = argparse.ArgumentParser("barqia.project.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    # a request that is cut off has committed, or has not happened
    end_with_parent(signal.SIGKILL)
    # granian starts its worker: that one ends with this process
    os.environ[PARENT] = str(os.getpid())
    Granian(
        "barqia.project.wsgi:application",
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        log_enabled=False,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
