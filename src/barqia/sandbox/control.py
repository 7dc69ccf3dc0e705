"""`/sandbox/…`: build the world, hold its phones, make it misbehave, read what it saw."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from barqia.sandbox.clock import Clock
from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.faults.plan import parse
from barqia.sandbox.given import load
from barqia.sandbox.log import RequestLog
from barqia.sandbox.pace import Bucket
from barqia.sandbox.phones import Phone, Phones
from barqia.sandbox.telegram.world import Bot, Telegram
from barqia.sandbox.whatsapp.server import WhatsAppServer
from barqia.sandbox.whatsapp.world import Number, Template

Json = dict[str, Any]
MOST_PHONES = 100_000


async def _given(request: web.Request) -> Json:
    """The body as an object. Raises ValueError, also for text that no UTF-8 can carry."""
    value = load(await request.read())
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value


class Control:
    def __init__(
        self,
        phones: Phones,
        telegram: Telegram,
        whatsapp: WhatsAppServer,
        clock: Clock,
        log: RequestLog,
        faults: Faults,
    ) -> None:
        self._phones, self._telegram, self._whatsapp = phones, telegram, whatsapp
        self._clock, self._log, self._faults = clock, log, faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/health", self.health),
            web.post("/sandbox/telegram/bots", self.add_bot),
            web.post("/sandbox/telegram/bots/revoke", self.revoke),
            web.post("/sandbox/telegram/channels", self.add_channel),
            web.post("/sandbox/telegram/channels/kick", self.kick),
            web.post("/sandbox/whatsapp/numbers", self.add_number),
            web.get("/sandbox/phones", self.list_phones),
            web.post("/sandbox/phones", self.add_phones),
            web.get("/sandbox/phones/{phone}", self.phone),
            web.get("/sandbox/phones/{phone}/events", self.events),
            web.post("/sandbox/phones/{phone}/say", self.say),
            web.post("/sandbox/phones/{phone}/join", self.join),
            web.post("/sandbox/phones/{phone}/block", self.block),
            web.post("/sandbox/phones/{phone}/read", self.read),
            web.post("/sandbox/phones/{phone}/deactivate", self.deactivate),
            web.get("/sandbox/directory", self.directory),
            web.get("/sandbox/faults", self.faults),
            web.post("/sandbox/faults", self.set_faults),
            web.delete("/sandbox/faults", self.clear_faults),
            web.post("/sandbox/clock", self.clock),
            web.get("/sandbox/log", self.log),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "now_ms": self._clock.now_ms(), "phones": len(self._phones.all)})

    async def add_bot(self, request: web.Request) -> web.Response:
        given = await _given(request)
        bot = self._telegram.add_bot(
            given["token"], given["username"], given["name"], given.get("rate", 30), given.get("chat_rate", 1)
        )
        return web.json_response(bot.as_json())

    async def add_channel(self, request: web.Request) -> web.Response:
        given = await _given(request)
        bot = self._bot(given)
        owner = self._phones.all.get(int(given.get("owner", 0)))
        channel = self._telegram.add_channel(
            given["title"], given["username"], {bot.id}, owner.telegram_id if owner else 0
        )
        return web.json_response(channel.as_json())

    async def revoke(self, request: web.Request) -> web.Response:
        """The bot's token is worth nothing any more: every call answers 401."""
        given = await _given(request)
        self._bot(given).revoked = bool(given.get("revoked", True))
        return web.json_response({"ok": True})

    async def kick(self, request: web.Request) -> web.Response:
        """Throw a bot out of a channel, or take it back as an administrator."""
        given = await _given(request)
        channel = self._telegram.channel_named(given["channel"])
        if channel is None:
            raise web.HTTPNotFound(text="no such channel")
        self._telegram.kick(self._bot(given), channel, kicked=bool(given.get("kicked", True)))
        return web.json_response({"ok": True})

    def _bot(self, given: Json) -> Bot:
        bot = self._telegram.bot_named(given["bot"])
        if bot is None:
            raise web.HTTPNotFound(text="no such bot")
        return bot

    async def add_number(self, request: web.Request) -> web.Response:
        given = await _given(request)
        rate = given.get("rate", 80)
        number = Number(
            id=given["phone_number_id"],
            waba_id=given["waba_id"],
            display=given["display"],
            name=given["name"],
            access_token=given["access_token"],
            app_secret=given["app_secret"],
            bucket=Bucket(rate, max(1.0, rate)),
            pair_seconds=given.get("pair_seconds", 6),
            webhook_url=given.get("webhook_url", ""),
            receipts=tuple(given.get("receipts", ("sent", "delivered"))),
            templates=[
                Template(str(9000 + at), t["name"], t["language"], t["body"], t.get("status", "APPROVED"))
                for at, t in enumerate(given.get("templates", ()))
            ],
        )
        self._whatsapp.couriers.keep(self._whatsapp.world.add(number))
        return web.json_response({"id": number.id})

    async def list_phones(self, _request: web.Request) -> web.Response:
        found = [
            {"id": p.id, "name": p.name, "number": p.number, "telegram_id": p.telegram_id}
            for p in self._phones.all.values()
        ]
        return web.json_response(found)

    async def add_phones(self, request: web.Request) -> web.Response:
        """One phone by name, or `count` of them; `bot` and `number` open that chat on each, as started."""
        given = await _given(request)
        count = min(MOST_PHONES, int(given.get("count", 1)))
        made = []
        for at in range(count):
            name = given.get("name") or f"قارئ {len(self._phones.all) + 1}"
            phone = self._phones.add(name if count == 1 else f"{name} {at + 1}", given.get("number"))
            self._open(phone, given)
            made.append({"id": phone.id, "name": phone.name, "number": phone.number, "telegram_id": phone.telegram_id})
        return web.json_response(made)

    def _open(self, phone: Phone, given: Json) -> None:
        bot = self._telegram.bot_named(given.get("started_bot", ""))
        if bot:
            self._telegram.private(bot, phone).started = True
        number = self._whatsapp.world.numbers.get(given.get("started_number", ""))
        if number:
            number.last_inbound_ms[phone.id] = self._clock.now_ms()

    def _phone(self, request: web.Request) -> Phone:
        wanted = request.match_info["phone"]
        phone = self._phones.all.get(int(wanted)) if wanted.isdigit() else None
        if phone is None:
            raise web.HTTPNotFound(text="no such phone")
        return phone

    async def phone(self, request: web.Request) -> web.Response:
        return web.json_response(self._phone(request).as_json())

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the whole phone, then what changed on it; `id` is where a page goes on from."""
        phone = self._phone(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        changed = self._phones.watch(phone)
        run, _, last = request.headers.get("Last-Event-ID", "").partition(".")
        seen = int(last) if run == self._phones.run and last.isdecimal() else -1
        try:
            while True:
                changed.clear()
                await response.write(self._event(phone, seen))
                seen = self._phones.changes
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), 15)
        except (ConnectionResetError, asyncio.CancelledError):
            return response
        finally:
            self._phones.unwatch(phone, changed)

    def _event(self, phone: Phone, seen: int) -> bytes:
        told = {**phone.as_json(seen), "whole": seen < 0}
        if not told["chats"] and not told["whole"]:
            return b": still here\n\n"
        data = json.dumps(told, ensure_ascii=False)
        return f"id: {self._phones.run}.{self._phones.changes}\ndata: {data}\n\n".encode()

    async def say(self, request: web.Request) -> web.Response:
        phone, given = self._phone(request), await _given(request)
        text = str(given["text"])
        if not text.strip():
            raise web.HTTPBadRequest(text="an empty message")
        bot = self._telegram.bot_named(str(given["to"])) if given["app"] == "telegram" else None
        number = self._whatsapp.world.numbers.get(str(given["to"]))
        if bot:
            return web.json_response({"id": str(self._telegram.say(phone, bot, text).json["message_id"])})
        if number:
            return web.json_response({"id": self._whatsapp.world.say(phone, number, text, given.get("button"))})
        raise web.HTTPNotFound(text="no such bot or number")

    async def join(self, request: web.Request) -> web.Response:
        phone, given = self._phone(request), await _given(request)
        channel = self._telegram.channel_named(str(given["channel"]))
        if channel is None:
            raise web.HTTPNotFound(text="no such channel")
        self._telegram.join(phone, channel)
        return web.json_response({"ok": True})

    async def block(self, request: web.Request) -> web.Response:
        """Block a bot, or use WhatsApp's switch against marketing messages."""
        phone, given = self._phone(request), await _given(request)
        blocked = bool(given.get("blocked", True))
        bot = self._telegram.bot_named(str(given["to"])) if given["app"] == "telegram" else None
        number = self._whatsapp.world.numbers.get(str(given["to"]))
        if bot:
            self._telegram.block(phone, bot, blocked=blocked)
        elif number:
            self._whatsapp.world.prefer(phone, number, stop=blocked)
        else:
            raise web.HTTPNotFound(text="no such bot or number")
        return web.json_response({"ok": True})

    async def read(self, request: web.Request) -> web.Response:
        phone, given = self._phone(request), await _given(request)
        chat = phone.chats.get((given["app"], str(given["to"])))
        if chat:
            chat.unread = 0
            self._phones.changed(phone, chat)
        number = self._whatsapp.world.numbers.get(str(given["to"]))
        if given["app"] == "whatsapp" and number:
            self._whatsapp.statuses.read(phone, number)
        return web.json_response({"ok": True})

    async def deactivate(self, request: web.Request) -> web.Response:
        """The person deletes the Telegram account: bots are told nothing until they write."""
        self._telegram.deactivate(self._phone(request))
        return web.json_response({"ok": True})

    async def directory(self, _request: web.Request) -> web.Response:
        """Whom a phone can open a chat with."""
        bots = [
            {"app": "telegram", "key": b.username, "title": b.name, "kind": "bot"} for b in self._telegram.bots.values()
        ]
        channels = [
            {"app": "telegram", "key": str(c.id), "title": c.title, "kind": "channel", "username": c.username}
            for c in self._telegram.channels.values()
        ]
        numbers = [
            {"app": "whatsapp", "key": n.id, "title": n.name, "kind": "business", "display": n.display}
            for n in self._whatsapp.world.numbers.values()
        ]
        return web.json_response([*bots, *channels, *numbers])

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response(self._faults.as_json())

    async def set_faults(self, request: web.Request) -> web.Response:
        """One plan; it takes the place of the one for the same accounts."""
        self._faults.set(parse(await _given(request)))
        return web.json_response({"ok": True})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self._faults.clear()
        return web.json_response({"ok": True})

    async def clock(self, request: web.Request) -> web.Response:
        self._clock.advance(int((await _given(request))["advance_ms"]))
        return web.json_response({"now_ms": self._clock.now_ms()})

    async def log(self, request: web.Request) -> web.Response:
        """JSON lines, of those kept in memory the ones after the number `after`."""
        lines = self._log.after(int(request.query.get("after", 0)))
        return web.Response(body=lines.encode(errors="backslashreplace"), content_type="application/x-ndjson")
