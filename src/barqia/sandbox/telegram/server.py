"""The Bot API over HTTP."""

import json

from aiohttp import web

from barqia.sandbox.faults import wire
from barqia.sandbox.faults.faults import Faults, Met
from barqia.sandbox.given import MISSHAPEN, BrokenText
from barqia.sandbox.log import RequestLog, short
from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json
from barqia.sandbox.telegram.courier import Couriers
from barqia.sandbox.telegram.errors import ApiError, bad, too_many
from barqia.sandbox.telegram.methods import METHODS
from barqia.sandbox.telegram.requests import arguments, loggable
from barqia.sandbox.telegram.world import Telegram

FIRST_PENALTY_SECONDS = 5.0
DOWNLOAD_BYTES = 20 << 20
METHOD = r"/bot{token:[^/]*}/{method:(?:test/)?[^/]*}"
UNAUTHORIZED = ApiError(401, "Unauthorized")
NOT_FOUND = ApiError(404, "Not Found")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class TelegramServer:
    def __init__(self, world: Telegram, log: RequestLog, faults: Faults) -> None:
        self.world, self._log, self._faults = world, log, faults
        self._couriers = Couriers(world, log, faults, self._called_by_answer)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(METHOD, self.handle, allow_head=False),
            web.post(METHOD, self.handle),
            web.get(r"/bot{rest:.*}", self.no_such_path, allow_head=False),
            web.post(r"/bot{rest:.*}", self.no_such_path),
            web.get(r"/file/bot{token:[^/]*}/{path:.*}", self.download),
        ]

    async def close(self) -> None:
        await self._couriers.close()

    async def no_such_path(self, _request: web.Request) -> web.Response:
        return _failed(NOT_FOUND)

    async def download(self, request: web.Request) -> web.Response:
        """A file by the path that getFile told, up to 20 MB."""
        try:
            self._bot(request.match_info["token"])
        except ApiError as error:
            return _failed(error)
        file = self.world.files.at(request.match_info["path"])
        if file is None or len(file.data) > DOWNLOAD_BYTES:
            return _failed(NOT_FOUND)
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call: parameters from query, form or JSON body, all merged."""
        method = request.match_info["method"].removeprefix("test/").lower()
        at_ms = self.world.clock.now_ms()
        params: Json = {}
        bot: Bot | None = None
        met: Met | None = None
        early: web.Response | None = None
        body: Json = {}
        try:
            bot = self._bot(request.match_info["token"])
            params = await arguments(request)
            met = self._meets(bot, method, params)
            early = wire.instead(met, request)
            if early is None:
                body = await self._act(bot, method, params, met)
        except (ApiError, *MISSHAPEN) as error:
            body = _failure(error)
        response = early or _response(body)
        self._note(bot, method, params, response.status, body, met, at_ms)
        return await wire.bring(met, request, response, self.world.clock)

    def _note(
        self, bot: Bot | None, method: str, params: Json, status: int, body: Json, met: Met | None, at_ms: int
    ) -> None:
        result = body.get("result")
        self._log.write(
            at_ms=at_ms,
            api="telegram",
            account=bot.username if bot else None,
            method=method,
            to=str(params["chat_id"]) if "chat_id" in params else None,
            status=status,
            accepted=bool(body.get("ok")),
            id=result.get("message_id") if isinstance(result, dict) else None,
            error=body.get("description") if status != 200 else None,
            fault=met.rule.what if met else None,
            answer=wire.answered(met),
            params=short(loggable(params)),
        )

    async def _called_by_answer(self, bot: Bot, params: Json) -> None:
        """A call that a webhook's answer holds; what comes of it only the log knows."""
        method, at_ms = str(params["method"]).lower(), self.world.clock.now_ms()
        params = {name: value for name, value in params.items() if name != "method"}
        try:
            body = await self._act(bot, method, params, None)
        except (ApiError, *MISSHAPEN) as error:
            body = _failure(error)
        self._note(bot, method, params, int(body.get("error_code", 200)), body, None, at_ms)

    def _meets(self, bot: Bot, method: str, params: Json) -> Met | None:
        """What trouble this call runs into. Raises ApiError 429 while the bot's penalty lasts."""
        acts = not method.startswith("get")
        if acts and (wait := bot.penalty.meet(self.world.clock.now_ms())):
            raise too_many(wait)
        to = str(params.get("chat_id", "")).lower()
        return self._faults.meets("call", "telegram", bot.username, method, to, acts=acts)

    async def _act(self, bot: Bot, method: str, params: Json, met: Met | None) -> Json:
        if met and met.rule.what == 429:
            seconds = met.rule.seconds or FIRST_PENALTY_SECONDS
            raise too_many(bot.penalty.begin(seconds, self.world.clock.now_ms()))
        if met and met.rule.what == 500:
            raise ApiError(500, "Internal Server Error: restart")
        if method not in METHODS:
            raise ApiError(404, "Not Found: method not found")
        result, description = await METHODS[method](self.world, bot, params)
        return {"ok": True, "result": result, **({"description": description} if description else {})}

    def _bot(self, token: str) -> Bot:
        if ":" not in token or token.startswith("0") or len(token) > 80:
            raise ApiError(401, "Unauthorized: invalid token specified")
        bot = self.world.bots.get(token)
        if bot is None or bot.revoked:
            raise UNAUTHORIZED
        if bot.logged_out:
            raise ApiError(400, "Logged out")
        self._couriers.keep(bot)
        return bot


def _failure(error: Exception) -> Json:
    """The body of a refusal; odd shapes are the caller's fault, in the parser's words."""
    if isinstance(error, BrokenText):
        error = bad(str(error))
    elif not isinstance(error, ApiError):
        error = bad(f"can't parse parameters: {type(error).__name__}")
    assert isinstance(error, ApiError)
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    return body | ({"parameters": error.parameters} if error.parameters else {})


def _response(body: Json) -> web.Response:
    headers = {}
    wait = body.get("parameters", {}).get("retry_after")
    if wait is not None:
        headers["Retry-After"] = str(wait)
    status = int(body.get("error_code", 200))
    return web.Response(body=_encode(body).encode(), status=status, headers=headers, content_type="application/json")


def _failed(error: ApiError) -> web.Response:
    return _response(_failure(error))
