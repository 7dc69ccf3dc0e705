"""Updates brought to a bot's webhook, one a request, in order; what was refused again at once, then ever later."""

import asyncio
import json
import random
from contextlib import suppress

import aiohttp

from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.log import RequestLog
from barqia.sandbox.telegram.world import Bot, Telegram, Waiting, Webhook

WEBHOOK_SECONDS = 30


class Couriers:
    def __init__(self, world: Telegram, log: RequestLog, faults: Faults) -> None:
        self._world, self._log, self._faults = world, log, faults
        self._running: dict[str, asyncio.Task[None]] = {}

    def keep(self, bot: Bot) -> None:
        if bot.token not in self._running:
            self._running[bot.token] = asyncio.create_task(self._run(bot))

    async def close(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, bot: Bot) -> None:
        delay = 0.0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)) as session:
            while True:
                self._world.forget_old(bot)
                if bot.webhook is None or not bot.updates:
                    bot.arrived.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(bot.arrived.wait(), 1)
                    continue
                waiting, hook = bot.updates[0], bot.webhook
                error = await self._bring(session, bot, hook, waiting)
                if not error:
                    delay = 0.0
                    if self._faults.meets("webhook", "telegram", bot.username):
                        await self._bring(session, bot, hook, waiting)
                    if waiting in bot.updates:
                        bot.updates.remove(waiting)
                    self._world.confirmed(bot, [waiting])
                    continue
                hook.last_error_date, hook.last_error_message = self._world.clock.now(), error
                await self._world.clock.sleep(delay)
                delay = min(random.uniform(60, 120), max(2.0, delay * 2))  # noqa: S311 - jitter

    async def _bring(self, session: aiohttp.ClientSession, bot: Bot, hook: Webhook, waiting: Waiting) -> str:
        """Empty when it was taken, else the error as getWebhookInfo words it."""
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        body = json.dumps(waiting.json).encode()
        status, error = 0, "Connection failed"
        try:
            async with session.post(hook.url, data=body, headers=headers, allow_redirects=False) as answer:
                status, error = answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass
        self._log.write(
            at_ms=self._world.clock.now_ms(),
            api="telegram",
            account=bot.username,
            method="webhook",
            webhook=hook.url,
            told=[waiting.id],
            status=status,
        )
        return "" if status // 100 == 2 else error
