"""The control API's machine: its clock, its faults, its log."""

from aiohttp import web

from barqia.sandbox.clock import Clock
from barqia.sandbox.control.asked import asked
from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.faults.plan import parse
from barqia.sandbox.log import RequestLog
from barqia.sandbox.phones import Phones


class MachineControl:
    def __init__(self, phones: Phones, clock: Clock, log: RequestLog, faults: Faults) -> None:
        self._phones, self._clock, self._log, self._faults = phones, clock, log, faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/health", self.health),
            web.get("/sandbox/faults", self.faults),
            web.post("/sandbox/faults", self.set_faults),
            web.delete("/sandbox/faults", self.clear_faults),
            web.post("/sandbox/clock", self.clock),
            web.get("/sandbox/log", self.log),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "now_ms": self._clock.now_ms(), "phones": len(self._phones.all)})

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response(self._faults.as_json())

    async def set_faults(self, request: web.Request) -> web.Response:
        """One plan; it takes the place of the one for the same accounts."""
        self._faults.set(parse(await asked(request)))
        return web.json_response({"ok": True})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self._faults.clear()
        return web.json_response({"ok": True})

    async def clock(self, request: web.Request) -> web.Response:
        self._clock.advance(int((await asked(request))["advance_ms"]))
        return web.json_response({"now_ms": self._clock.now_ms()})

    async def log(self, request: web.Request) -> web.Response:
        """JSON lines, of those kept in memory the ones after the number `after`."""
        lines = self._log.after(int(request.query.get("after", 0)))
        return web.Response(body=lines.encode(errors="backslashreplace"), content_type="application/x-ndjson")
