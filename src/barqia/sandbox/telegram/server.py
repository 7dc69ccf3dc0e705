"""The Bot API over HTTP, and its webhooks."""

import asyncio
import json
import random
from contextlib import suppress

import aiohttp
from aiohttp import web

from barqia.sandbox import faults
from barqia.sandbox.faults import Fault, Faults
from barqia.sandbox.given import MISSHAPEN, BrokenText, load, whole
from barqia.sandbox.log import RequestLog
from barqia.sandbox.telegram.errors import ApiError, bad, too_many
from barqia.sandbox.telegram.methods import METHODS
from barqia.sandbox.telegram.world import Bot, Json, Telegram, Waiting

QUIET = frozenset({"getupdates", "getme", "getwebhookinfo"})
WEBHOOK_SECONDS = 30
MOST_BYTES = 1 << 20
UNAUTHORIZED = ApiError(401, "Unauthorized")
TOO_LARGE = ApiError(413, "Request Entity Too Large: too many parameters")


class TelegramServer:
    def __init__(self, world: Telegram, log: RequestLog, armed: Faults) -> None:
        self.world, self._log, self._faults = world, log, armed
        self._couriers: dict[str, asyncio.Task[None]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", r"/bot{token:[^/]*}/{method}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call: parameters from query, form or JSON body, all merged."""
        method = request.match_info["method"].lower()
        quiet = method in QUIET
        fault = None if quiet else self._faults.next("telegram")
        early = await faults.before(fault, request)
        if early is not None:
            self._log.write(api="telegram", method=method, fault=fault.kind if fault else "", status=early.status)
            return early
        params: Json = {}
        headers: dict[str, str] = {}
        bot: Bot | None = None
        taken = 0
        try:
            bot = self._bot(request.match_info["token"])
            params = await _params(request)
            _refuse_by(fault, method)
            taken = bot.taken
            result, description = await METHODS[method](self.world, bot, params)
            body: Json = {"ok": True, "result": result}
            if description:
                body["description"] = description
            status = 200
        except ApiError as error:
            status, body, headers = _failure(error)
        except BrokenText as error:
            status, body, headers = _failure(bad(str(error)))
        except MISSHAPEN as error:
            status, body, headers = _failure(bad(f"can't parse parameters: {type(error).__name__}"))
        # a poll that takes nothing is no act
        if not quiet or (bot and bot.taken > taken):
            self._log.write(
                api="telegram",
                at_ms=self.world.clock.now_ms(),
                method=method,
                params=params,
                status=status,
                reply=body,
                fault=fault.kind if fault else None,
            )
        if fault and fault.kind == "reset_after":
            faults.drop_connection(request)
        return web.json_response(body, status=status, headers=headers)

    def _bot(self, token: str) -> Bot:
        if ":" not in token or token.startswith("0") or len(token) > 80:
            raise ApiError(401, "Unauthorized: invalid token specified")
        bot = self.world.bots.get(token)
        if bot is None or bot.revoked:
            raise UNAUTHORIZED
        self._keep_courier(bot)
        return bot

    def _keep_courier(self, bot: Bot) -> None:
        if bot.token not in self._couriers:
            self._couriers[bot.token] = asyncio.create_task(self._bring_updates(bot))

    async def close(self) -> None:
        for task in self._couriers.values():
            task.cancel()
        await asyncio.gather(*self._couriers.values(), return_exceptions=True)

    async def _bring_updates(self, bot: Bot) -> None:
        """While a webhook is set, one update a request, in order; what failed again at once, then ever later."""
        delay = 0.0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)) as session:
            while True:
                self.world.forget_old(bot)
                if bot.webhook is None or not bot.updates:
                    bot.arrived.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(bot.arrived.wait(), 1)
                    continue
                waiting, hook = bot.updates[0], bot.webhook
                error = await self._bring(session, hook.url, hook.secret, waiting)
                if not error:
                    delay = 0.0
                    if waiting in bot.updates:
                        bot.updates.remove(waiting)
                    self.world.confirmed(bot, [waiting])
                    continue
                hook.last_error_date, hook.last_error_message = self.world.clock.now(), error
                await self.world.clock.sleep(delay)
                delay = min(random.uniform(60, 120), max(2.0, delay * 2))  # noqa: S311 - jitter

    async def _bring(self, session: aiohttp.ClientSession, url: str, secret: str, waiting: Waiting) -> str:
        """Empty when it was taken, else the error as getWebhookInfo words it."""
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        body = json.dumps(waiting.json).encode()
        try:
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                self._log.write(api="telegram", webhook=url, body=waiting.json, status=answer.status)
                if answer.status // 100 == 2:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return "Connection failed"


def _refuse_by(fault: Fault | None, method: str) -> None:
    if fault and fault.kind == "throttle":
        raise too_many(max(1, int(fault.seconds)))
    if fault and fault.kind == "error_500":
        raise ApiError(500, "Internal Server Error: restart")
    if method not in METHODS:
        raise ApiError(404, "Not Found: method not found")


def _failure(error: ApiError) -> tuple[int, Json, dict[str, str]]:
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
    if "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    return error.status, body, headers


async def _params(request: web.Request) -> Json:
    """Arguments from the query and the body. Raises ApiError 400, 413, and BrokenText."""
    params: Json = dict(request.query)
    try:
        if request.method == "POST":
            params |= await _body(request)
    except web.HTTPRequestEntityTooLarge:
        raise TOO_LARGE from None
    if sum(len(str(value)) for value in params.values()) > MOST_BYTES:
        raise TOO_LARGE
    return dict(whole(params))


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        form = await request.post()
        return {name: value for name, value in form.items() if isinstance(value, str)}
    raw = await request.read()
    try:
        value = load(raw) if raw else {}
    except BrokenText:
        raise
    except ValueError:
        raise bad("can't parse object, ':' expected") from None
    if not isinstance(value, dict):
        raise bad("JSON object expected")
    return value
