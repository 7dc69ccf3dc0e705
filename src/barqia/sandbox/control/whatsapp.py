"""The control API's WhatsApp side: business numbers, and what a phone does there."""

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked
from barqia.sandbox.pace import Bucket
from barqia.sandbox.phones import Phone, Phones
from barqia.sandbox.whatsapp.server import WhatsAppServer
from barqia.sandbox.whatsapp.world import Number, Template


class WhatsAppControl:
    def __init__(self, phones: Phones, whatsapp: WhatsAppServer) -> None:
        self._phones, self._whatsapp, self._world = phones, whatsapp, whatsapp.world

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/sandbox/whatsapp/numbers", self.add_number)]

    async def add_number(self, request: web.Request) -> web.Response:
        given = await asked(request)
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
        self._whatsapp.couriers.keep(self._world.add(number))
        return web.json_response({"id": number.id})

    def open(self, phone: Phone, given: Json) -> None:
        """A phone that is new has just written to the number it was made for."""
        number = self._world.numbers.get(given.get("started_number", ""))
        if number:
            number.last_inbound_ms[phone.id] = self._world.clock.now_ms()

    def say(self, phone: Phone, given: Json) -> str:
        """The message's id."""
        return self._world.say(phone, self._other(given), str(given["text"]), given.get("button"))

    def block(self, phone: Phone, given: Json, *, blocked: bool) -> None:
        """WhatsApp's switch against marketing messages."""
        self._world.prefer(phone, self._other(given), stop=blocked)

    def read(self, phone: Phone, given: Json) -> None:
        number = self._world.numbers.get(str(given["to"]))
        if number:
            self._whatsapp.statuses.read(phone, number)

    def _other(self, given: Json) -> Number:
        number = self._world.numbers.get(str(given["to"]))
        if number is None:
            raise web.HTTPNotFound(text="no such number")
        return number

    def directory(self) -> list[Json]:
        return [
            {"app": "whatsapp", "key": n.id, "title": n.name, "kind": "business", "display": n.display}
            for n in self._world.numbers.values()
        ]
