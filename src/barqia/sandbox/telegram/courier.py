"""Updates brought to a bot's webhook, one a request: of one chat in order, of several side by side."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.log import RequestLog
from barqia.sandbox.telegram.bots import Bot, Waiting, Webhook
from barqia.sandbox.telegram.chats import Json
from barqia.sandbox.telegram.world import Telegram

WEBHOOK_SECONDS = 30
MOST_RETRY_AFTER = 3_600
GONE, GONE_MS = 410, 23 * 3_600_000
# a webhook's answer may be a call; these it may not be
NOT_BY_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})
Call = Callable[[Bot, Json], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the webhook said; no `error` where it took the update."""

    error: str = ""
    retry_after: int = 0
    call: Json | None = None


@dataclass(slots=True)
class _Round:
    """One webhook's deliveries, as long as it is set: by chat the updates that are on their way."""

    hook: Webhook
    gate: asyncio.Semaphore
    lines: dict[int, deque[Waiting]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    loaded: int = 0
    count: int = 0

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()


class Couriers:
    def __init__(self, world: Telegram, log: RequestLog, faults: Faults, call: Call) -> None:
        self._world, self._log, self._faults, self._call = world, log, faults, call
        self._running: dict[str, asyncio.Task[None]] = {}

    def keep(self, bot: Bot) -> None:
        if bot.token not in self._running:
            self._running[bot.token] = asyncio.create_task(self._run(bot))

    async def close(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, bot: Bot) -> None:
        now: _Round | None = None
        wait = aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)
        async with aiohttp.ClientSession(timeout=wait, connector=aiohttp.TCPConnector(limit=0)) as session:
            try:
                while True:
                    bot.forget_old(self._world.clock.now_ms())
                    if now and now.hook is not bot.webhook:
                        now.stop()
                        now = None
                    if bot.webhook:
                        now = now or _Round(bot.webhook, asyncio.Semaphore(bot.webhook.max_connections))
                        self._load(session, bot, now)
                    bot.arrived.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(bot.arrived.wait(), 1)
            finally:
                if now:
                    now.stop()

    def _load(self, session: aiohttp.ClientSession, bot: Bot, now: _Round) -> None:
        """Set as many updates on their way as the server looks at: twice its connections."""
        for waiting in bot.updates.values():
            if now.count >= 2 * now.hook.max_connections:
                return
            if waiting.id <= now.loaded:
                continue
            now.loaded, now.count = waiting.id, now.count + 1
            if line := now.lines.get(waiting.queue):
                line.append(waiting)
                continue
            now.lines[waiting.queue] = deque([waiting])
            task = asyncio.create_task(self._walk(session, bot, now, waiting.queue))
            now.tasks.add(task)
            task.add_done_callback(now.tasks.discard)

    async def _walk(self, session: aiohttp.ClientSession, bot: Bot, now: _Round, queue: int) -> None:
        """One chat's updates, each until it is taken or too old."""
        line = now.lines[queue]
        while line:
            await self._until_taken(session, bot, now, line[0])
            line.popleft()
            now.count -= 1
            bot.arrived.set()
        del now.lines[queue]

    async def _until_taken(self, session: aiohttp.ClientSession, bot: Bot, now: _Round, waiting: Waiting) -> None:
        delay, fails = 1.0, 0
        while waiting.id in bot.updates:
            async with now.gate:
                heard = await self._bring(session, bot, now.hook, waiting)
            if not heard.error:
                if self._faults.meets("webhook", "telegram", bot.username):
                    await self._bring(session, bot, now.hook, waiting)
                bot.updates.pop(waiting.id, None)
                self._world.confirmed(bot, [waiting.json])
                if heard.call:
                    await self._call(bot, heard.call)
                return
            pause = float(heard.retry_after)
            if not heard.retry_after and fails:
                delay = pause = min(random.uniform(60, 120), delay * 2)  # noqa: S311 - jitter
            fails += 1
            await self._world.clock.sleep(pause)
            bot.forget_old(self._world.clock.now_ms())

    async def _bring(self, session: aiohttp.ClientSession, bot: Bot, hook: Webhook, waiting: Waiting) -> _Heard:
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        body = json.dumps(waiting.json).encode()
        status, heard = 0, _Heard("Connection failed")
        try:
            async with session.post(hook.url, data=body, headers=headers, allow_redirects=False) as answer:
                status, heard = answer.status, await _heard(answer)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass
        self._note(bot, hook, status, heard)
        self._log.write(
            at_ms=self._world.clock.now_ms(),
            api="telegram",
            account=bot.username,
            method="webhook",
            webhook=hook.url,
            told=[waiting.id],
            status=status,
        )
        return heard

    def _note(self, bot: Bot, hook: Webhook, status: int, heard: _Heard) -> None:
        """What getWebhookInfo tells; an address that is gone for 23 hours is given up."""
        now = self._world.clock.now_ms()
        if heard.error:
            hook.last_error_date, hook.last_error_message = self._world.clock.now(), heard.error
        if status != GONE:
            hook.gone_since_ms = 0
        elif not hook.gone_since_ms:
            hook.gone_since_ms = now
        elif now - hook.gone_since_ms > GONE_MS and bot.webhook is hook:
            bot.webhook = None


async def _heard(answer: aiohttp.ClientResponse) -> _Heard:
    if answer.status // 100 != 2:
        wait = answer.headers.get("Retry-After", "")
        retry_after = min(MOST_RETRY_AFTER, int(wait)) if wait.isdecimal() else 0
        return _Heard(f"Wrong response from the webhook: {answer.status} {answer.reason}", retry_after)
    try:
        said = json.loads(await answer.read() or b"null")
    except ValueError:
        return _Heard()
    method = str(said.get("method", "")).lower() if isinstance(said, dict) else ""
    allowed = method and not method.startswith("get") and method not in NOT_BY_ANSWER
    return _Heard(call=said if allowed else None)
