"""`/sandbox/whatsapp/phones/…`: what people are like on WhatsApp, and what they do there."""

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked, phone_of
from barqia.sandbox.phones import Phone, Phones
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.codes import TITLES
from barqia.sandbox.whatsapp.hands import words_of
from barqia.sandbox.whatsapp.people import Person
from barqia.sandbox.whatsapp.server import WhatsAppServer

SWITCHES = ("on", "joined", "hidden", "receipts")
REFERRAL = {"source_url": "https://example.org/ad", "source_id": "1", "source_type": "ad"}


class People:
    def __init__(self, phones: Phones, whatsapp: WhatsAppServer) -> None:
        self._phones, self._whatsapp, self._world = phones, whatsapp, whatsapp.world

    def routes(self) -> list[web.RouteDef]:
        phone = "/sandbox/whatsapp/phones/{phone}"
        return [
            web.post(phone, self.set),
            web.post(f"{phone}/send", self.send),
            web.post(f"{phone}/tap", self.tap),
            web.post(f"{phone}/react", self.react),
            web.post(f"{phone}/play", self.play),
            web.post(f"{phone}/number", self.move),
        ]

    async def set(self, request: web.Request) -> web.Response:
        """Switches, a user name, an error that every message ends with, numbers that are blocked."""
        phone, given = phone_of(self._phones, request), await asked(request)
        person = self._world.people.setdefault(phone.id, Person())
        fails = int(given.get("fails", person.fails))
        if fails and fails not in TITLES:
            raise ValueError(f"{fails} is not an error code that is known here")
        for name in SWITCHES:
            setattr(person, name, bool(given.get(name, getattr(person, name))))
        person.username, person.fails = str(given.get("username", person.username)), fails
        if "blocks" in given:
            person.blocks = {str(number) for number in given["blocks"]}
        if person.on:
            waiting, person.waiting = person.waiting, []
            for arrive in waiting:
                arrive()
        return web.json_response({name: getattr(person, name) for name in (*SWITCHES, "username", "fails")})

    async def send(self, request: web.Request) -> web.Response:
        """Anything a person can send; `referral` says that an advertisement led here."""
        phone, number, given = await self._both(request)
        referral = {**REFERRAL, "headline": str(given["referral"])} if given.get("referral") else None
        words = words_of(self._world, number, given)
        return web.json_response({"id": self._whatsapp.hands.say(phone, number, words, referral=referral)})

    async def tap(self, request: web.Request) -> web.Response:
        """A button or a row, by id or title, of `message` or of the newest that has it."""
        phone, number, given = await self._both(request)
        tapped = self._whatsapp.hands.tap(phone, number, str(given["option"]), message=str(given.get("message", "")))
        return web.json_response({"id": tapped})

    async def react(self, request: web.Request) -> web.Response:
        phone, number, given = await self._both(request)
        made = self._whatsapp.hands.react(phone, number, str(given["message"]), str(given.get("emoji", "")))
        return web.json_response({"id": made})

    async def play(self, request: web.Request) -> web.Response:
        """The person hears an audio message."""
        _, number, given = await self._both(request)
        return web.json_response({"ok": self._whatsapp.statuses.play(number, str(given["message"]))})

    async def move(self, request: web.Request) -> web.Response:
        """The person changes the phone number."""
        phone, given = phone_of(self._phones, request), await asked(request)
        self._whatsapp.hands.move(phone, str(given["number"]).lstrip("+"))
        return web.json_response({"number": phone.number, "user_id": phone.user_id})

    async def _both(self, request: web.Request) -> tuple[Phone, Number, Json]:
        phone, given = phone_of(self._phones, request), await asked(request)
        number = self._world.numbers.get(str(given["to"]))
        if number is None:
            raise web.HTTPNotFound(text="no such number")
        return phone, number, given
