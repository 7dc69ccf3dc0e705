"""The sender's process: under the data folder's lock, or one of several workers over NATS."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Collection
from contextlib import nullcontext

import uvloop

from barqia.errors import BarqiaError
from barqia.project.boot import ready
from barqia.project.children import end_with_parent

# a sender whose parent was killed ends within a second; what was under way is unknown then
ORPHAN_SECONDS = 0.6
# what a message needs lives until its answer is committed: to look through it after each 700 objects, as the collector
# would, is a twelfth of the processor time of a message
COLLECT_AFTER = (50_000, 20, 100)


async def _main(lanes: Collection[str]) -> None:
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
    await send_until(stop, lanes)


def send(lanes: Collection[str] = ()) -> None:
    """Until SIGTERM or SIGINT. Raises SetupError; InUse where another sender works on the data folder."""
    from django.conf import settings  # after django.setup

    from barqia.delivery.sending.lock import DataLock  # as above
    from barqia.project import several  # as above

    several.require_what_it_needs()
    several.require_lanes(lanes)
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    with nullcontext() if several.asked_for() else DataLock(settings.BARQIA_DATA):
        uvloop.run(_main(lanes))


def main() -> int:
    end_with_parent()
    try:
        ready()
        send()
    except BarqiaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
