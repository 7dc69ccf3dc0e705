"""Events brought to a number's webhook, signed; what was refused comes again at once, then ever later, for 7 days."""

import asyncio
import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush

import aiohttp

from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.log import RequestLog
from barqia.sandbox.whatsapp.world import WEBHOOK_LIFE_MS, Json, Number, WhatsApp

WEBHOOK_SECONDS = 30
BATCH = 50
LONGEST_DELAY = 60.0
AGAIN_MS = 1_000


@dataclass(slots=True)
class Delivery:
    """One request to a webhook: the same bytes each time it is tried."""

    changes: list[Json]
    body: bytes
    first_ms: int
    tries: int = 0
    taken: bool = False


class Couriers:
    def __init__(self, world: WhatsApp, log: RequestLog, faults: Faults) -> None:
        self._world, self._clock, self._log, self._faults = world, world.clock, log, faults
        self._running: dict[str, asyncio.Task[None]] = {}

    def keep(self, number: Number) -> None:
        if number.id not in self._running:
            self._running[number.id] = asyncio.create_task(self._run(number))

    async def close(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, number: Number) -> None:
        """New events are not held up by older ones that wait for another try, so that these come out of order."""
        again: list[tuple[float, int, Delivery]] = []
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)) as session:
            while True:
                delivery = self._next(number, again) if number.webhook_url else None
                if delivery is None:
                    number.arrived.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(number.arrived.wait(), 1)
                    continue
                due_ms = await self._try(session, number, delivery)
                if due_ms is not None:
                    heappush(again, (due_ms, id(delivery), delivery))
                    self._clock.at(due_ms, number.arrived.set)

    def _next(self, number: Number, again: list[tuple[float, int, Delivery]]) -> Delivery | None:
        now = self._clock.now_ms()
        if again and again[0][0] <= now:
            return heappop(again)[2]
        if not number.outbox:
            return None
        changes = [number.outbox.popleft() for _ in range(min(BATCH, len(number.outbox)))]
        entry = {"id": number.waba_id, "changes": [{"value": c["value"], "field": c["field"]} for c in changes]}
        # Meta signs the body with everything outside ASCII written as lower-case \\u escapes
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":"))
        return Delivery(changes, body.encode("ascii"), now)

    async def _try(self, session: aiohttp.ClientSession, number: Number, delivery: Delivery) -> float | None:
        """When it is to be tried again, if ever."""
        status = await self._bring(session, number, delivery)
        delivery.tries += 1
        now = self._clock.now_ms()
        if status != 200:
            # at once, then after 1, 2, 4 … seconds
            delay = min(LONGEST_DELAY, 2.0 ** (delivery.tries - 2)) if delivery.tries > 1 else 0.0
            return now + delay * 1000 if now - delivery.first_ms < WEBHOOK_LIFE_MS else None
        if delivery.taken:
            return None
        delivery.taken = True
        self._world.taken(delivery.changes)
        return now + AGAIN_MS if self._faults.meets("webhook", "whatsapp", number.id) else None

    async def _bring(self, session: aiohttp.ClientSession, number: Number, delivery: Delivery) -> int:
        """The webhook's status; 0 where there was none."""
        signature = hmac.new(number.app_secret.encode(), delivery.body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        url, status = number.webhook_url, 0
        try:
            async with session.post(url, data=delivery.body, headers=headers, allow_redirects=False) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass
        self._log.write(
            at_ms=self._clock.now_ms(),
            api="whatsapp",
            account=number.id,
            method="webhook",
            webhook=url,
            told=[
                [row["id"], row.get("status", "said")]
                for change in delivery.changes
                for row in (*change["value"].get("statuses", ()), *change["value"].get("messages", ()))
            ],
            status=status,
        )
        return status
