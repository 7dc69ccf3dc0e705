"""`python -m barqia.sandbox`: serve until stopped."""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from barqia.sandbox.app import make_app

PR_SET_PDEATHSIG = 1


def main() -> int:
    parser = argparse.ArgumentParser("barqia.sandbox", description="A local Telegram and WhatsApp with phones to hold.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--log", type=Path, help="append the request log to this file, one JSON object a line")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends (Linux)")
    given = parser.parse_args()
    if given.die_with_parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            return 0
    try:
        web.run_app(
            make_app(given.log), host=given.host, port=given.port, print=None, access_log=None, shutdown_timeout=0.5
        )
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot listen on {given.host}:{given.port}: {error.strerror}.\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
