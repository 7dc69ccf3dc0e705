"""The Graph API over HTTP, the statuses that follow, and signed webhooks."""

import asyncio
import hashlib
import hmac
import json
from contextlib import suppress

import aiohttp
from aiohttp import web

from barqia.sandbox import faults
from barqia.sandbox.faults import Fault, Faults
from barqia.sandbox.given import MISSHAPEN, BrokenText, load
from barqia.sandbox.log import RequestLog
from barqia.sandbox.whatsapp.errors import GraphError, in_status
from barqia.sandbox.whatsapp.messages import accept
from barqia.sandbox.whatsapp.world import Json, Number, Sent, WhatsApp

WEBHOOK_SECONDS = 30
BATCH = 50
LONGEST_DELAY = 60.0
STATUS_SECONDS = 0.05
UNKNOWN = "Object with this ID does not exist, or cannot do this."


class WhatsAppServer:
    def __init__(self, world: WhatsApp, log: RequestLog, armed: Faults) -> None:
        self.world, self._log, self._faults = world, log, armed
        self._couriers: dict[str, asyncio.Task[None]] = {}
        self._later: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        version = r"/{version:v\d+\.\d+}"
        return [
            web.post(f"{version}/{{id}}/messages", self.messages),
            web.post(f"{version}/{{id}}/subscribed_apps", self.subscribed_apps),
            web.get(f"{version}/{{id}}/message_templates", self.message_templates),
            web.get(f"{version}/{{id}}", self.node),
        ]

    async def close(self) -> None:
        tasks = [*self._couriers.values(), *self._later]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _number(self, request: web.Request) -> Number:
        """The number this call is about. Raises GraphError 190, 100."""
        token = _token(request)
        number = self.world.numbers.get(request.match_info["id"])
        if number is None and any(n.access_token == token for n in self.world.numbers.values()):
            raise GraphError(100, UNKNOWN)
        if number is None or token != number.access_token:
            raise GraphError(190)
        self.keep_courier(number)
        return number

    def _account(self, request: web.Request) -> list[Number]:
        """The numbers of the account this call is about. Raises GraphError 190, 100."""
        token = _token(request)
        mine = [number for number in self.world.numbers.values() if number.access_token == token]
        if not mine:
            raise GraphError(190)
        found = [number for number in mine if request.match_info["id"] in {number.waba_id, number.id}]
        if not found:
            raise GraphError(100, UNKNOWN)
        return [number for number in mine if number.waba_id == found[0].waba_id]

    async def messages(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.next("whatsapp")
        early = await faults.before(fault, request)
        if early is not None:
            self._log.write(api="whatsapp", fault=fault.kind if fault else "", status=early.status)
            return early
        payload: Json = {}
        try:
            number = self._number(request)
            payload = await _payload(request)
            _refuse_by(fault)
            if payload.get("status") == "read":
                status, body = 200, {"success": True}
            else:
                body, sent, window_open = accept(self.world, number, payload)
                status = 200
                task = asyncio.create_task(self._follow(number, sent, window_open))
                self._later.add(task)
                task.add_done_callback(self._later.discard)
        except (GraphError, *MISSHAPEN) as error:
            status, body = _failure(error)
        self._log.write(
            api="whatsapp",
            at_ms=self.world.clock.now_ms(),
            method="messages",
            params=payload,
            status=status,
            reply=body,
            fault=fault.kind if fault else None,
        )
        if fault and fault.kind == "reset_after":
            faults.drop_connection(request)
        return web.json_response(body, status=status)

    async def _follow(self, number: Number, sent: Sent, window_open: bool) -> None:
        """What becomes of an accepted message: sent, delivered, or failed after all."""
        await asyncio.sleep(STATUS_SECONDS)
        failed = 0
        if sent.phone is None:
            failed = 131026
        elif not window_open:
            failed = 131047
        elif sent.template and sent.phone.id in number.stopped:
            failed = 131050
        if failed:
            self.world.tell(number, sent, "failed", in_status(failed))
            return
        for status in number.receipts:
            self.world.tell(number, sent, status)
            await asyncio.sleep(STATUS_SECONDS)

    async def node(self, request: web.Request) -> web.Response:
        try:
            number = self._number(request)
        except GraphError as error:
            return web.json_response(error.as_json(), status=error.status)
        about = {"verified_name": number.name, "display_phone_number": number.display, "quality_rating": "GREEN"}
        return web.json_response({**about, "id": number.id})

    async def message_templates(self, request: web.Request) -> web.Response:
        try:
            numbers = self._account(request)
        except GraphError as error:
            return web.json_response(error.as_json(), status=error.status)
        wanted = request.query.get("name")
        data = [t.as_json() for t in numbers[0].templates if wanted in (None, t.name)]
        return web.json_response({"data": data, "paging": {"cursors": {"before": "A", "after": "Z"}}})

    async def subscribed_apps(self, request: web.Request) -> web.Response:
        """Register a webhook: Meta asks it to repeat a challenge first."""
        url = ""
        try:
            numbers = self._account(request)
            payload = await _payload(request)
            url = str(payload.get("override_callback_uri") or "")
            if url:
                await self._challenge(url, str(payload.get("verify_token", "")))
            for number in numbers if url else ():
                number.webhook_url = url
                number.arrived.set()
                self.keep_courier(number)
            status, body = 200, {"success": True}
        except (GraphError, *MISSHAPEN) as error:
            status, body = _failure(error)
        self._log.write(api="whatsapp", webhook=url, method="subscribed_apps", status=status, reply=body)
        return web.json_response(body, status=status)

    async def _challenge(self, url: str, token: str) -> None:
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        try:
            async with aiohttp.ClientSession() as session, session.get(url, params=query) as answer:
                echoed = answer.status == 200 and (await answer.text()).strip() == "1158201444"
        except (aiohttp.ClientError, OSError, ValueError):
            echoed = False
        if not echoed:
            raise GraphError(100, "The URL couldn't be validated. Response does not match challenge.")

    def keep_courier(self, number: Number) -> None:
        if number.id not in self._couriers:
            self._couriers[number.id] = asyncio.create_task(self._bring_events(number))

    async def _bring_events(self, number: Number) -> None:
        """Events to the webhook, some at a time; failures again after 1, 2, 4 … seconds."""
        delay = 0.0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)) as session:
            while True:
                if not number.webhook_url or not number.outbox:
                    number.arrived.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(number.arrived.wait(), 1)
                    continue
                changes = number.outbox[:BATCH]
                del number.outbox[:BATCH]
                if await self._bring(session, number, changes):
                    self.world.taken(changes)
                    delay = 0.0
                    continue
                number.outbox[:0] = changes
                delay = min(LONGEST_DELAY, max(0.5, delay * 2))
                await self.world.clock.sleep(delay)

    async def _bring(self, session: aiohttp.ClientSession, number: Number, changes: list[Json]) -> bool:
        entry = {"id": number.waba_id, "changes": [{"value": c["value"], "field": c["field"]} for c in changes]}
        value = {"object": "whatsapp_business_account", "entry": [entry]}
        # Meta signs the body with everything outside ASCII written as lower-case \\u escapes
        body = json.dumps(value, separators=(",", ":")).encode("ascii")
        signature = hmac.new(number.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        try:
            async with session.post(number.webhook_url, data=body, headers=headers, allow_redirects=False) as answer:
                self._log.write(api="whatsapp", webhook=number.webhook_url, body=value, status=answer.status)
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return False


def _refuse_by(fault: Fault | None) -> None:
    if fault and fault.kind == "throttle":
        raise GraphError(130429)
    if fault and fault.kind == "error_500":
        raise GraphError(131016)


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
