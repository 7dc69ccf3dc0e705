"""Events brought to webhooks, signed; what was refused comes again at once, then ever later, for 7 days."""

import asyncio
import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from io import BytesIO

import aiohttp

from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.log import RequestLog
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import WEBHOOK_LIFE_MS, Json, Line
from barqia.sandbox.whatsapp.world import WhatsApp

WEBHOOK_SECONDS = 30
LONGEST_DELAY = 3_600.0
LARGEST, ENVELOPE = 3_000_000, 500
AGAIN_MS = 1_000
# Meta signs the body with everything outside ASCII written as lower-case \\u escapes
_encode = json.JSONEncoder(separators=(",", ":")).encode


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
        self._running: dict[Line, asyncio.Task[None]] = {}

    def keep(self, account: Account) -> None:
        """See to it that every line of the account has its courier."""
        for line in account.lines.values():
            if line not in self._running:
                self._running[line] = asyncio.create_task(self._run(line))

    async def close(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, line: Line) -> None:
        """New events are not held up by older ones that wait for another try, so that these come out of order."""
        again: list[tuple[float, int, Delivery]] = []
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)) as session:
            while True:
                delivery = self._next(line, again) if line.url else None
                if delivery is None:
                    line.arrived.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(line.arrived.wait(), 1)
                    continue
                due_ms = await self._try(session, line, delivery)
                if due_ms is not None:
                    heappush(again, (due_ms, id(delivery), delivery))
                    self._clock.at(due_ms, line.arrived.set)

    def _next(self, line: Line, again: list[tuple[float, int, Delivery]]) -> Delivery | None:
        now = self._clock.now_ms()
        if again and again[0][0] <= now:
            return heappop(again)[2]
        if not line.outbox:
            return None
        changes: list[Json] = []
        written: list[str] = []
        size = ENVELOPE
        while line.outbox and len(changes) < line.app.batch:
            text = _encode({name: line.outbox[0][name] for name in ("value", "field")})
            size += len(text) + 1
            if changes and size > LARGEST:
                break
            changes.append(line.outbox.popleft())
            written.append(text)
        # events of the account itself say when they were
        time = "" if line.key != line.waba_id else f'"time":{now // 1000},'
        entry = f'{{"id":{_encode(line.waba_id)},{time}"changes":[{",".join(written)}]}}'
        body = f'{{"object":"whatsapp_business_account","entry":[{entry}]}}'
        return Delivery(changes, body.encode("ascii"), now)

    async def _try(self, session: aiohttp.ClientSession, line: Line, delivery: Delivery) -> float | None:
        """When it is to be tried again, if ever."""
        status = await self._bring(session, line, delivery)
        delivery.tries += 1
        now = self._clock.now_ms()
        if status != 200:
            # at once, then after 1, 2, 4 … seconds
            delay = min(LONGEST_DELAY, 2.0 ** min(delivery.tries - 2, 16)) if delivery.tries > 1 else 0.0
            return now + delay * 1000 if now - delivery.first_ms < WEBHOOK_LIFE_MS else None
        if delivery.taken:
            return None
        delivery.taken = True
        self._world.taken(delivery.changes)
        return now + AGAIN_MS if self._faults.meets("webhook", "whatsapp", line.key) else None

    async def _bring(self, session: aiohttp.ClientSession, line: Line, delivery: Delivery) -> int:
        """The webhook's status; 0 where there was none."""
        signature = hmac.new(line.app.secret.encode(), delivery.body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        url, status = line.url, 0
        try:
            async with session.post(url, data=BytesIO(delivery.body), headers=headers, allow_redirects=False) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass
        self._log.write(
            at_ms=self._clock.now_ms(),
            api="whatsapp",
            account=line.key,
            method="webhook",
            webhook=url,
            told=[told for change in delivery.changes for told in _told(change)],
            status=status,
        )
        return status


def _told(change: Json) -> list[list[str]]:
    """[message, what of it], as the log has it; an event of another kind by its name."""
    value = change["value"]
    rows = (*value.get("statuses", ()), *value.get("messages", ()))
    return [[row["id"], row.get("status", "said")] for row in rows] or [[change["field"], "told"]]
