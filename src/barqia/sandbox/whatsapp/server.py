"""The Graph API over HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from barqia.sandbox.faults import wire
from barqia.sandbox.faults.faults import Faults, Met
from barqia.sandbox.given import MISSHAPEN
from barqia.sandbox.log import RequestLog, short
from barqia.sandbox.pace import Penalty
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import App, Json
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.courier import Couriers
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.graph.accounts import AccountCalls
from barqia.sandbox.whatsapp.graph.call import Call, Node, payload_of, token_of
from barqia.sandbox.whatsapp.graph.hooks import HookCalls
from barqia.sandbox.whatsapp.graph.media import MediaCalls
from barqia.sandbox.whatsapp.graph.numbers import NumberCalls
from barqia.sandbox.whatsapp.hands import Hands
from barqia.sandbox.whatsapp.media.fetch import Fetcher
from barqia.sandbox.whatsapp.media.shelf import UPLOADED_MS, Media
from barqia.sandbox.whatsapp.sending.accept import accept
from barqia.sandbox.whatsapp.sending.checks import required
from barqia.sandbox.whatsapp.sent import Sent
from barqia.sandbox.whatsapp.statuses import Statuses
from barqia.sandbox.whatsapp.templates.template import Template
from barqia.sandbox.whatsapp.world import WhatsApp

# until an answer comes, and no longer
TYPING_MS = 25_000
UNKNOWN = "Object with this ID does not exist, or cannot do this."
SENDS = frozenset({"messages", "marketing_messages"})
_encode = json.JSONEncoder(separators=(",", ":")).encode
Act = Callable[[Call], Awaitable[Json]]


class WhatsAppServer:
    def __init__(self, world: WhatsApp, log: RequestLog, faults: Faults) -> None:
        self.world, self._log, self._faults = world, log, faults
        self.statuses, self.hands = Statuses(world, faults), Hands(world)
        self.couriers = Couriers(world, log, faults)
        self._fetcher = Fetcher(world.clock)
        self._fetching: set[asyncio.Task[None]] = set()
        self._penalties: dict[tuple[int, str], Penalty] = {}
        self._media = MediaCalls(world)
        self._acts = self._operations()

    def _operations(self) -> dict[tuple[type, str, str], Act]:
        numbers, accounts, hooks = NumberCalls(self.world), AccountCalls(self.world), HookCalls(self.world)
        files = self._media
        return {
            (Number, "POST", "messages"): self._messages,
            (Number, "POST", "marketing_messages"): self._messages,
            (Number, "GET", "node"): numbers.get,
            (Number, "POST", "node"): numbers.change,
            (Number, "POST", "media"): files.upload,
            (Number, "POST", "register"): numbers.register,
            (Number, "POST", "deregister"): numbers.deregister,
            (Number, "GET", "whatsapp_business_profile"): numbers.profile,
            (Number, "POST", "whatsapp_business_profile"): numbers.set_profile,
            (Number, "GET", "block_users"): numbers.blocked,
            (Number, "POST", "block_users"): numbers.block,
            (Number, "DELETE", "block_users"): numbers.unblock,
            (Account, "GET", "node"): accounts.get,
            (Account, "GET", "phone_numbers"): accounts.numbers,
            (Account, "GET", "message_templates"): accounts.templates,
            (Account, "POST", "message_templates"): accounts.create,
            (Account, "DELETE", "message_templates"): accounts.delete,
            (Account, "GET", "subscribed_apps"): hooks.subscribed,
            (Account, "POST", "subscribed_apps"): hooks.subscribe,
            (Account, "DELETE", "subscribed_apps"): hooks.unsubscribe,
            (Template, "GET", "node"): accounts.template,
            (Template, "POST", "node"): accounts.edit,
            (Template, "POST", "unpause"): accounts.unpause,
            (Media, "GET", "node"): files.get,
            (Media, "DELETE", "node"): files.delete,
            (App, "POST", "subscriptions"): hooks.app_webhook,
        }

    def routes(self) -> list[web.RouteDef]:
        version = r"/{version:v\d+\.\d+}"
        return [
            web.get(f"{version}/oauth/access_token", self.app_token),
            web.route("*", f"{version}/{{path:.+}}", self.handle),
            web.get("/whatsapp_business/attachments/", self.download),
            web.get("/sandbox/media/{media}", self.look),
        ]

    async def close(self) -> None:
        for task in self._fetching:
            task.cancel()
        await self.couriers.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call of the Graph API, with the trouble that a plan has for it."""
        at_ms = self.world.clock.now_ms()
        op = request.match_info["path"].strip("/").split("/")[1:2]
        call: Call | None = None
        met: Met | None = None
        early: web.Response | None = None
        status, body = 200, Json()
        try:
            call = self._call(request)
            call.query = dict(request.query)
            call.payload = await payload_of(request)
            met = self._meets(call)
            early = wire.instead(met, request)
            if early is None:
                _refuse_by(met)
                body = await self._act(call)(call)
        except (GraphError, *MISSHAPEN) as error:
            status, body = _failure(error)
        response = early or web.Response(body=_encode(body).encode(), status=status, content_type="application/json")
        payload = call.given if call else {}
        tag, to = payload.get("biz_opaque_callback_data"), _to(payload)
        self._log.write(
            at_ms=at_ms,
            api="whatsapp",
            account=self._key(call.node) if call else None,
            method=call.op if call else "".join(op) or "node",
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

    def _call(self, request: web.Request) -> Call:
        """What the path names, for who may have it. Raises GraphError 190, 100."""
        token = token_of(request)
        node_id, op, rest = (*request.match_info["path"].strip("/").split("/", 2), "", "")[:3]
        app = next(
            (one for one in self.world.apps.values() if token and token in {one.access_token, one.own_token}), None
        )
        if app is None or (app.revoked and token == app.access_token):
            raise GraphError(190)
        node = self._node(node_id)
        if node is None or not self._may(app, node):
            raise GraphError(100, UNKNOWN)
        if isinstance(node, Account) and op == "message_templates" and rest:
            # a template of the account, by the longer of its two paths
            found = node.templates.get(rest)
            if found is None:
                raise GraphError(100, UNKNOWN)
            return Call(request, app, found, "node")
        return Call(request, app, node, op or "node", rest)

    def _node(self, node_id: str) -> Node | None:
        world = self.world
        known: Node | None = world.numbers.get(node_id) or world.accounts.get(node_id) or world.apps.get(node_id)
        return known or world.template(node_id) or world.file(node_id)

    def _may(self, app: App, node: Node) -> bool:
        if isinstance(node, App):
            return node is app
        if isinstance(node, Media):
            return self.world.numbers[node.owner].account.id in app.accounts
        if isinstance(node, Template):
            return self.world.owner(node).id in app.accounts
        return (node.account.id if isinstance(node, Number) else node.id) in app.accounts

    def _act(self, call: Call) -> Act:
        act = self._acts.get((type(call.node), call.request.method, call.op))
        if act is None or call.rest:
            raise GraphError(100, UNKNOWN)
        return act

    def _key(self, node: Node) -> str:
        """Under which number the log and the plans have a call: an account's under its first."""
        if isinstance(node, Number | App):
            return node.id
        if isinstance(node, Media):
            return node.owner
        account = self.world.owner(node) if isinstance(node, Template) else node
        return next((number.id for number in self.world.numbers_of(account)), account.id)

    def _meets(self, call: Call) -> Met | None:
        """What trouble this call runs into. Raises GraphError while a penalty of an earlier one lasts."""
        now, to, key = self.world.clock.now_ms(), _to(call.payload), self._key(call.node)
        if call.op in SENDS:
            for code in (80007, 130429, 131056) if self._penalties else ():
                penalty = self._penalties.get((code, self._whom(code, call, to)))
                if penalty and penalty.meet(now):
                    raise GraphError(code)
        met = self._faults.meets("call", "whatsapp", key, call.op, to, acts=call.request.method != "GET")
        if met and met.rule.seconds and isinstance(met.rule.what, int):
            whom = (met.rule.what, self._whom(met.rule.what, call, to))
            self._penalties.setdefault(whom, Penalty(grows=False)).begin(met.rule.seconds, now)
        return met

    def _whom(self, code: int, call: Call, to: str) -> str:
        """Who is refused together: the account, the number, or the pair."""
        key = self._key(call.node)
        if code == 80007 and isinstance(call.node, Number):
            return call.node.account.id
        return f"{key}/{to}" if code == 131056 else key

    async def _messages(self, call: Call) -> Json:
        assert isinstance(call.node, Number)
        number, payload = call.node, call.payload
        if payload.get("status") == "read":
            return self._mark_read(number, payload)
        body, sent = accept(self.world, number, payload, lite=call.op == "marketing_messages")
        if sent.link:
            task = asyncio.create_task(self._fetch(number, sent))
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
        else:
            self.statuses.follow(number, sent)
        return body

    def _mark_read(self, number: Number, payload: Json) -> Json:
        """The words that a person wrote were read, and an answer is being typed."""
        wamid = str(required(payload.get("message_id"), "message_id"))
        phone = number.heard.get(wamid)
        if phone is None:
            raise GraphError(131009, "message_id is not the id of a message that this number received.")
        self.world.tick(phone, number, wamid, 3)
        if payload.get("typing_indicator"):
            chat = self.world.screen(phone, number)
            chat.typing = self.world.clock.now_ms() + TYPING_MS
            self.world.phones.changed(phone, chat)
        return {"success": True}

    async def _fetch(self, number: Number, sent: Sent) -> None:
        """The file behind a link comes first; one that cannot be had fails the message."""
        assert sent.bubble
        assert sent.bubble.media
        kind = sent.bubble.media["kind"]
        found = await self._fetcher.fetch(kind, sent.link)
        if found.why:
            sent.fails, sent.why = 131053, found.why
        else:
            name = sent.bubble.media["name"]
            media = self.world.put_file(number.id, found.mime, name, found.data, UPLOADED_MS)
            sent.bubble.media |= {"mime": found.mime, "url": f"/sandbox/media/{media.id}"}
        self.statuses.follow(number, sent)

    async def app_token(self, request: web.Request) -> web.Response:
        """The app's own token, for its id and secret."""
        app = self.world.apps.get(request.query.get("client_id", ""))
        if app is None or request.query.get("client_secret") != app.secret:
            error = GraphError(100, "Error validating client secret.")
            return web.json_response(error.as_json(), status=error.status)
        return web.json_response({"access_token": app.own_token, "token_type": "bearer"})

    async def download(self, request: web.Request) -> web.Response:
        """A file, for who has a token of its business."""
        token, media = token_of(request), self.world.file(request.query.get("mid", ""))
        app = next((one for one in self.world.apps.values() if one.access_token == token and not one.revoked), None)
        if app is None or (media and not self._may(app, media)):
            return web.json_response(GraphError(190).as_json(), status=401)
        return self._media.download(dict(request.query))

    async def look(self, request: web.Request) -> web.Response:
        """A file as a phone shows it: no token is asked for."""
        media = self.world.file(request.match_info["media"])
        if media is None:
            return web.Response(status=404)
        headers = {
            "Content-Type": media.mime,
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=media.data, headers=headers)


def _to(payload: Json) -> str:
    """Whom a message is for, as plans and the log name people: digits, or a user id."""
    return str(payload.get("to") or payload.get("recipient") or "").lstrip("+")


def _refuse_by(met: Met | None) -> None:
    if met and isinstance(met.rule.what, int):
        raise GraphError(met.rule.what)


def _failure(error: Exception) -> tuple[int, Json]:
    refused = error if isinstance(error, GraphError) else GraphError(100, f"{type(error).__name__} in a parameter.")
    return refused.status, refused.as_json()
