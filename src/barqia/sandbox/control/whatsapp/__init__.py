"""The control API's WhatsApp side: businesses, people, the ledger, and what a phone does there."""

from aiohttp import web

from barqia.sandbox.control.asked import Json
from barqia.sandbox.control.whatsapp.businesses import Businesses
from barqia.sandbox.control.whatsapp.people import People
from barqia.sandbox.control.whatsapp.templates import Templates
from barqia.sandbox.phones import Phone, Phones
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.hands import Words
from barqia.sandbox.whatsapp.server import WhatsAppServer


class WhatsAppControl:
    def __init__(self, phones: Phones, whatsapp: WhatsAppServer) -> None:
        self._phones, self._whatsapp, self._world = phones, whatsapp, whatsapp.world
        self._sides = (Businesses(whatsapp), Templates(whatsapp.world), People(phones, whatsapp))

    def routes(self) -> list[web.RouteDef]:
        return [route for side in self._sides for route in side.routes()]

    def open(self, phone: Phone, given: Json) -> None:
        """A phone that is new has just written to the number it was made for."""
        number = self._world.numbers.get(given.get("started_number", ""))
        if number:
            number.last_inbound_ms[phone.id] = self._world.clock.now_ms()

    def say(self, phone: Phone, given: Json) -> str:
        """Words, or with `button` a tap on it. Returns the message's id."""
        number, text = self._other(given), str(given["text"])
        if given.get("button") is not None:
            return self._whatsapp.hands.tap(phone, number, str(given["button"]), text)
        words = Words({"type": "text", "text": {"body": text}}, text)
        return self._whatsapp.hands.say(phone, number, words)

    def block(self, phone: Phone, given: Json, *, blocked: bool) -> None:
        """WhatsApp's switch against marketing messages."""
        self._whatsapp.hands.prefer(phone, self._other(given), stop=blocked)

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
