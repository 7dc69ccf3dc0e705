"""`python -m barqia.sandbox`: serve until stopped."""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

from barqia.sandbox.app import make_app, serve
from barqia.sandbox.faults.plan import BadPlan, read

PR_SET_PDEATHSIG = 1


def main() -> int:
    parser = argparse.ArgumentParser("barqia.sandbox", description="A local Telegram and WhatsApp with phones to hold.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--smtp-port", type=int, help="listen for mail there too; its mailboxes are at /mail")
    parser.add_argument("--mail-pipe", default="", help="what takes the mail that readers write, on its standard input")
    parser.add_argument("--log", type=Path, help="append the request log to this file, one JSON object a line")
    parser.add_argument("--faults", default="[]", help="a fault plan (or a list of them): a file, or the JSON itself")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends (Linux)")
    given = parser.parse_args()
    if given.die_with_parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            return 0
    try:
        mail = (given.host, given.smtp_port) if given.smtp_port else None
        app = make_app(given.log, read(given.faults), mail, given.mail_pipe)
    except (BadPlan, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        serve(app, given.host, given.port)
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot listen on {given.host}:{given.port}: {error.strerror}.\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
