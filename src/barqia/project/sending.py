"""Deliveries out and polled words in, side by side. Imported once Django is set up."""

import asyncio

from barqia.delivery.engine import Sender
from barqia.inbox.polling import Polling


async def send_until(stop: asyncio.Event) -> None:
    """Send and poll until `stop`. The caller holds `DataLock`. A failure of either ends both."""
    polling = asyncio.create_task(Polling().run(stop))
    sender = asyncio.create_task(Sender().run(stop))
    await asyncio.wait({polling, sender}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.gather(polling, sender)
