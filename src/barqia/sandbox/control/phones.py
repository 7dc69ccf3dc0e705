"""The control API's phones: made, watched and held; what a hand does goes to the app it does it in."""

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked, phone_of
from barqia.sandbox.control.telegram import TelegramControl
from barqia.sandbox.control.whatsapp import WhatsAppControl
from barqia.sandbox.phones import Phone, Phones

MOST_PHONES = 100_000


class PhonesControl:
    def __init__(self, phones: Phones, telegram: TelegramControl, whatsapp: WhatsAppControl) -> None:
        self._phones = phones
        self._apps: dict[str, TelegramControl | WhatsAppControl] = {"telegram": telegram, "whatsapp": whatsapp}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/phones", self.list_phones),
            web.post("/sandbox/phones", self.add_phones),
            web.get("/sandbox/phones/{phone}", self.phone),
            web.get("/sandbox/phones/{phone}/events", self.events),
            web.post("/sandbox/phones/{phone}/say", self.say),
            web.post("/sandbox/phones/{phone}/block", self.block),
            web.post("/sandbox/phones/{phone}/read", self.read),
            web.get("/sandbox/directory", self.directory),
        ]

    async def list_phones(self, _request: web.Request) -> web.Response:
        found = [
            {"id": p.id, "name": p.name, "number": p.number, "telegram_id": p.telegram_id}
            for p in self._phones.all.values()
        ]
        return web.json_response(found)

    async def add_phones(self, request: web.Request) -> web.Response:
        """One phone by name, or `count` of them; `bot` and `number` open that chat on each, as started."""
        given = await asked(request)
        count = min(MOST_PHONES, int(given.get("count", 1)))
        made = []
        for at in range(count):
            name = given.get("name") or f"قارئ {len(self._phones.all) + 1}"
            phone = self._phones.add(name if count == 1 else f"{name} {at + 1}", given.get("number"))
            for app in self._apps.values():
                app.open(phone, given)
            made.append({"id": phone.id, "name": phone.name, "number": phone.number, "telegram_id": phone.telegram_id})
        return web.json_response(made)

    async def phone(self, request: web.Request) -> web.Response:
        return web.json_response(phone_of(self._phones, request).as_json())

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the whole phone, then what changed on it; `id` is where a page goes on from."""
        phone = phone_of(self._phones, request)
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
        phone, given = phone_of(self._phones, request), await asked(request)
        if "photo" not in given and not str(given["text"]).strip():
            raise web.HTTPBadRequest(text="an empty message")
        return web.json_response({"id": self._app(given).say(phone, given)})

    async def block(self, request: web.Request) -> web.Response:
        """Block a bot, or use WhatsApp's switch against marketing messages."""
        phone, given = phone_of(self._phones, request), await asked(request)
        self._app(given).block(phone, given, blocked=bool(given.get("blocked", True)))
        return web.json_response({"ok": True})

    async def read(self, request: web.Request) -> web.Response:
        phone, given = phone_of(self._phones, request), await asked(request)
        self._app(given).read(phone, given)
        return web.json_response({"ok": True})

    async def directory(self, _request: web.Request) -> web.Response:
        """Whom a phone can open a chat with."""
        return web.json_response([entry for app in self._apps.values() for entry in app.directory()])

    def _app(self, given: Json) -> TelegramControl | WhatsAppControl:
        app = self._apps.get(given["app"])
        if app is None:
            raise web.HTTPNotFound(text="no such app")
        return app
