"""The Graph API over HTTP."""

import json

import aiohttp
from aiohttp import web

from barqia.sandbox.faults import wire
from barqia.sandbox.faults.faults import Faults, Met
from barqia.sandbox.given import MISSHAPEN, BrokenText, load
from barqia.sandbox.log import RequestLog, short
from barqia.sandbox.pace import Penalty
from barqia.sandbox.whatsapp.courier import Couriers
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.messages import accept
from barqia.sandbox.whatsapp.statuses import Statuses
from barqia.sandbox.whatsapp.world import Json, Number, WhatsApp

UNKNOWN = "Object with this ID does not exist, or cannot do this."
_encode = json.JSONEncoder(separators=(",", ":")).encode


class WhatsAppServer:
    def __init__(self, world: WhatsApp, log: RequestLog, faults: Faults) -> None:
        self.world, self._log, self._faults = world, log, faults
        self.statuses = Statuses(world, faults)
        self.couriers = Couriers(world, log, faults)
        self._penalties: dict[tuple[int, str], Penalty] = {}
        self._acts = {
            "messages": self._messages,
            "subscribed_apps": self._subscribed_apps,
            "message_templates": self._message_templates,
            "node": self._node,
        }

    def routes(self) -> list[web.RouteDef]:
        version = r"/{version:v\d+\.\d+}"
        return [
            web.post(f"{version}/{{id}}/{{op:messages|subscribed_apps}}", self.handle),
            web.get(f"{version}/{{id}}/{{op:message_templates}}", self.handle),
            web.get(f"{version}/{{id}}", self.handle),
        ]

    async def close(self) -> None:
        await self.couriers.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call of the Graph API, with the trouble that a plan has for it."""
        op, at_ms = request.match_info.get("op", "node"), self.world.clock.now_ms()
        payload: Json = {}
        met: Met | None = None
        early: web.Response | None = None
        number: Number | None = None
        status, body = 200, Json()
        try:
            number = self._number(request) if op in {"messages", "node"} else self._account(request)
            payload = await _payload(request) if request.method == "POST" else dict(request.query)
            met = self._meets(number, op, payload)
            early = wire.instead(met, request)
            if early is None:
                _refuse_by(met)
                body = await self._acts[op](number, payload)
        except (GraphError, *MISSHAPEN) as error:
            status, body = _failure(error)
        response = early or web.Response(body=_encode(body).encode(), status=status, content_type="application/json")
        tag, to = payload.get("biz_opaque_callback_data"), _to(payload)
        self._log.write(
            at_ms=at_ms,
            api="whatsapp",
            account=number.id if number else None,
            method=op,
            to=to or None,
            status=response.status,
            accepted=status == 200 and early is None,
            id=body["messages"][0]["id"] if "messages" in body else None,
            tag=tag if isinstance(tag, str) else None,
            error=body["error"]["code"] if "error" in body else None,
            fault=met.rule.what if met else None,
            answer=wire.answered(met),
            params=short(payload),
        )
        return await wire.bring(met, request, response, self.world.clock)

    def _meets(self, number: Number, op: str, payload: Json) -> Met | None:
        """What trouble this call runs into. Raises GraphError while a penalty of an earlier one lasts."""
        now, to = self.world.clock.now_ms(), _to(payload)
        if op == "messages":
            for code in (80007, 130429, 131056) if self._penalties else ():
                penalty = self._penalties.get((code, _whom(code, number, to)))
                if penalty and penalty.meet(now):
                    raise GraphError(code)
        met = self._faults.meets("call", "whatsapp", number.id, op, to, acts=op in {"messages", "subscribed_apps"})
        if met and met.rule.seconds and isinstance(met.rule.what, int):
            penalty = self._penalties.setdefault(
                (met.rule.what, _whom(met.rule.what, number, to)), Penalty(grows=False)
            )
            penalty.begin(met.rule.seconds, now)
        return met

    def _number(self, request: web.Request) -> Number:
        """The number this call is about. Raises GraphError 190, 100."""
        token = _token(request)
        number = self.world.numbers.get(request.match_info["id"])
        if number is None and any(n.access_token == token for n in self.world.numbers.values()):
            raise GraphError(100, UNKNOWN)
        if number is None or token != number.access_token:
            raise GraphError(190)
        self.couriers.keep(number)
        return number

    def _account(self, request: web.Request) -> Number:
        """A number of the account this call is about. Raises GraphError 190, 100."""
        token = _token(request)
        mine = [number for number in self.world.numbers.values() if number.access_token == token]
        if not mine:
            raise GraphError(190)
        found = [number for number in mine if request.match_info["id"] in {number.waba_id, number.id}]
        if not found:
            raise GraphError(100, UNKNOWN)
        return found[0]

    async def _messages(self, number: Number, payload: Json) -> Json:
        if payload.get("status") == "read":
            return {"success": True}
        body, sent, window_open = accept(self.world, number, payload)
        self.statuses.follow(number, sent, window_open)
        return body

    async def _node(self, number: Number, _query: Json) -> Json:
        about = {"verified_name": number.name, "display_phone_number": number.display, "quality_rating": "GREEN"}
        return {**about, "id": number.id}

    async def _message_templates(self, number: Number, query: Json) -> Json:
        wanted = query.get("name")
        data = [t.as_json() for t in number.templates if wanted in (None, t.name)]
        return {"data": data, "paging": {"cursors": {"before": "A", "after": "Z"}}}

    async def _subscribed_apps(self, number: Number, payload: Json) -> Json:
        """Register a webhook for the account's numbers: Meta asks it to repeat a challenge first."""
        url = str(payload.get("override_callback_uri") or "")
        if url:
            await self._challenge(url, str(payload.get("verify_token", "")))
            for one in self.world.numbers.values():
                if (one.access_token, one.waba_id) == (number.access_token, number.waba_id):
                    one.webhook_url = url
                    one.arrived.set()
                    self.couriers.keep(one)
        return {"success": True}

    async def _challenge(self, url: str, token: str) -> None:
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        try:
            async with aiohttp.ClientSession() as session, session.get(url, params=query) as answer:
                echoed = answer.status == 200 and (await answer.text()).strip() == "1158201444"
        except (aiohttp.ClientError, OSError, ValueError):
            echoed = False
        if not echoed:
            raise GraphError(100, "The URL couldn't be validated. Response does not match challenge.")


def _to(payload: Json) -> str:
    """Whom a message is for, as plans and the log name people: digits, or a user id."""
    return str(payload.get("to") or payload.get("recipient") or "").lstrip("+")


def _whom(code: int, number: Number, to: str) -> str:
    """Who is refused together: the account, the number, or the pair."""
    return {80007: number.waba_id, 131056: f"{number.id}/{to}"}.get(code, number.id)


def _refuse_by(met: Met | None) -> None:
    if met and isinstance(met.rule.what, int):
        raise GraphError(met.rule.what)


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def _failure(error: Exception) -> tuple[int, Json]:
    refused = error if isinstance(error, GraphError) else GraphError(100, f"{type(error).__name__} in a parameter.")
    return refused.status, refused.as_json()


async def _payload(request: web.Request) -> Json:
    """The body as an object. Raises GraphError 100, with HTTP 413 where it is too large."""
    try:
        value = load(await request.read() or b"{}")
    except web.HTTPRequestEntityTooLarge:
        raise GraphError(100, "Request Entity Too Large: too many parameters", 413) from None
    except BrokenText as error:
        raise GraphError(100, str(error)) from None
    except ValueError:
        raise GraphError(100, "The request body is not JSON.") from None
    if not isinstance(value, dict):
        raise GraphError(100)
    return value
