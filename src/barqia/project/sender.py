"""The sender's process, under the data folder's lock."""

import asyncio
import os
import signal
import sys

import uvloop

from barqia.errors import BarqiaError
from barqia.project.boot import ready
from barqia.project.children import end_with_parent

# a sender whose parent was killed ends within a second; what was under way is unknown then
ORPHAN_SECONDS = 0.6


async def _main() -> None:
    from barqia.project.sending import send_until  # after django.setup

    stop = asyncio.Event()
    parent = os.getppid()
    loop = asyncio.get_running_loop()

    def ask_to_stop() -> None:
        stop.set()
        if os.getppid() != parent:
            loop.call_later(ORPHAN_SECONDS, os._exit, 1)

    for sig in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sig, ask_to_stop)
    await send_until(stop)


def main() -> int:
    end_with_parent()
    try:
        ready()
        from django.conf import settings  # after django.setup

        from barqia.delivery.lock import DataLock  # as above

        with DataLock(settings.BARQIA_DATA):
            uvloop.run(_main())
    except BarqiaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
