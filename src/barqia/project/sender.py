"""The sender's process: deliveries out, polled words in, under the data folder's lock."""

import asyncio
import contextlib
import os
import signal
import sys

import uvloop
from django.conf import settings

from barqia.delivery.engine import Sender
from barqia.delivery.lock import DataLock
from barqia.errors import BarqiaError
from barqia.inbox.polling import Polling
from barqia.project.boot import ready
from barqia.project.children import end_with_parent

# a sender whose parent was killed ends within a second; what was under way is unknown then
ORPHAN_SECONDS = 0.6


async def send_until(stop: asyncio.Event) -> None:
    """Send and poll until `stop`. The caller holds `DataLock`. A failure of either ends both."""
    polling = asyncio.create_task(Polling().run(stop))
    sender = asyncio.create_task(Sender().run(stop))
    done, _rest = await asyncio.wait({polling, sender}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.gather(polling, sender)
    for task in done:
        task.result()


async def _main() -> None:
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
        with DataLock(settings.BARQIA_DATA):
            uvloop.run(_main())
    except BarqiaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        with contextlib.suppress(BrokenPipeError):
            sys.stderr.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
