"""Deliveries out and polled words in, side by side. Imported once Django is set up."""

import asyncio
from collections.abc import Collection

from barqia.delivery.sending.engine import Sender
from barqia.inbox.polling import Polling
from barqia.project import several


async def send_until(stop: asyncio.Event, lanes: Collection[str] = ()) -> None:
    """Send and poll until `stop`, only on the lanes of these names where there are some. A failure of either ends both.

    The caller holds `DataLock`, unless several machines send.
    """
    handout = several.handout()
    polling = asyncio.create_task(Polling(handout.holds).run(stop))
    sender = asyncio.create_task(Sender(handout, lanes).run(stop))
    await asyncio.wait({polling, sender}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.gather(polling, sender)
