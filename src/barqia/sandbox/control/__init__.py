"""`/sandbox/…`: build the world, hold its phones, make it misbehave, read what it saw."""

from aiohttp import web

from barqia.sandbox.clock import Clock
from barqia.sandbox.control.machine import MachineControl
from barqia.sandbox.control.phones import PhonesControl
from barqia.sandbox.control.telegram import TelegramControl
from barqia.sandbox.control.whatsapp import WhatsAppControl
from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.log import RequestLog
from barqia.sandbox.phones import Phones
from barqia.sandbox.telegram.server import TelegramServer
from barqia.sandbox.whatsapp.server import WhatsAppServer


class Control:
    def __init__(
        self,
        phones: Phones,
        telegram: TelegramServer,
        whatsapp: WhatsAppServer,
        clock: Clock,
        log: RequestLog,
        faults: Faults,
    ) -> None:
        mine, theirs = TelegramControl(phones, telegram.world), WhatsAppControl(phones, whatsapp)
        hands = PhonesControl(phones, mine, theirs)
        self._sides = (MachineControl(phones, clock, log, faults), mine, theirs, hands)

    def routes(self) -> list[web.RouteDef]:
        return [route for side in self._sides for route in side.routes()]
