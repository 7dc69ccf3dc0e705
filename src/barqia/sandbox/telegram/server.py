"""The Bot API over HTTP."""

import json

from aiohttp import web

from barqia.sandbox.faults import wire
from barqia.sandbox.faults.faults import Faults, Met
from barqia.sandbox.given import MISSHAPEN, BrokenText, load, whole
from barqia.sandbox.log import RequestLog, short
from barqia.sandbox.telegram.courier import Couriers
from barqia.sandbox.telegram.errors import ApiError, bad, too_many
from barqia.sandbox.telegram.methods import METHODS
from barqia.sandbox.telegram.world import Bot, Json, Telegram

MOST_BYTES = 1 << 20
FIRST_PENALTY_SECONDS = 5.0
UNAUTHORIZED = ApiError(401, "Unauthorized")
TOO_LARGE = ApiError(413, "Request Entity Too Large: too many parameters")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class TelegramServer:
    def __init__(self, world: Telegram, log: RequestLog, faults: Faults) -> None:
        self.world, self._log, self._faults = world, log, faults
        self._couriers = Couriers(world, log, faults)

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", r"/bot{token:[^/]*}/{method}", self.handle)]

    async def close(self) -> None:
        await self._couriers.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call: parameters from query, form or JSON body, all merged."""
        method, at_ms = request.match_info["method"].lower(), self.world.clock.now_ms()
        params: Json = {}
        headers: dict[str, str] = {}
        bot: Bot | None = None
        met: Met | None = None
        early: web.Response | None = None
        status, body = 200, Json()
        try:
            bot = self._bot(request.match_info["token"])
            params = await _params(request)
            met = self._meets(bot, method, params)
            early = wire.instead(met, request)
            if early is None:
                body = await self._act(bot, method, params, met)
        except ApiError as error:
            status, body, headers = _failure(error)
        except BrokenText as error:
            status, body, headers = _failure(bad(str(error)))
        except MISSHAPEN as error:
            status, body, headers = _failure(bad(f"can't parse parameters: {type(error).__name__}"))
        response = early or web.Response(
            body=_encode(body).encode(), status=status, headers=headers, content_type="application/json"
        )
        result = body.get("result")
        self._log.write(
            at_ms=at_ms,
            api="telegram",
            account=bot.username if bot else None,
            method=method,
            to=str(params["chat_id"]) if "chat_id" in params else None,
            status=response.status,
            accepted=bool(body.get("ok")),
            id=result.get("message_id") if isinstance(result, dict) else None,
            error=body.get("description") if status != 200 else None,
            fault=met.rule.what if met else None,
            answer=wire.answered(met),
            params=short(params),
        )
        return await wire.bring(met, request, response, self.world.clock)

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
        self._couriers.keep(bot)
        return bot


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
    return params


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        form = await request.post()
        return dict(whole({name: value for name, value in form.items() if isinstance(value, str)}))
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
