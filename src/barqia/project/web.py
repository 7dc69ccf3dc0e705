"""The web process: the WSGI application under granian."""

import argparse
import sys

from granian import Granian
from granian.constants import Interfaces

from barqia.project.children import end_with_parent

THREADS = 16
BACKLOG = 1024


def main() -> int:
    parser = argparse.ArgumentParser("barqia.project.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    end_with_parent()
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
