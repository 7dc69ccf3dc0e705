"""`/sandbox/whatsapp/templates/…`: what reviewers and readers make of templates."""

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked
from barqia.sandbox.whatsapp.templates.template import CATEGORIES, Template
from barqia.sandbox.whatsapp.world import WhatsApp

STATES = ("PENDING", "APPROVED", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "ARCHIVED")
VERDICTS = ("", "PENDING", "APPROVED", "REJECTED")
SCORES = ("GREEN", "YELLOW", "RED", "UNKNOWN")
PACES = ("hold", "release", "drop")


class Templates:
    def __init__(self, world: WhatsApp) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sandbox/whatsapp/review", self.review),
            web.post("/sandbox/whatsapp/templates/status", self.status),
            web.post("/sandbox/whatsapp/templates/quality", self.quality),
            web.post("/sandbox/whatsapp/templates/category", self.category),
            web.post("/sandbox/whatsapp/templates/pacing", self.pacing),
        ]

    async def review(self, request: web.Request) -> web.Response:
        """How long a review takes, and its verdict; PENDING: none comes."""
        given, review = await asked(request), self._world.review
        review.verdict = _one_of(given.get("verdict", review.verdict), VERDICTS)
        review.delay_ms = max(0.0, float(given.get("seconds", review.delay_ms / 1000)) * 1000)
        return web.json_response({"seconds": review.delay_ms / 1000, "verdict": review.verdict})

    async def status(self, request: web.Request) -> web.Response:
        given = await asked(request)
        status = _one_of(given["status"], STATES)
        for template in self._named(given):
            self._world.review.decide(self._world.owner(template), template, status, str(given.get("reason", "")))
        return web.json_response({"ok": True})

    async def quality(self, request: web.Request) -> web.Response:
        given = await asked(request)
        quality = _one_of(given["quality"], SCORES)
        for template in self._named(given):
            self._world.review.rate(self._world.owner(template), template, quality)
        return web.json_response({"ok": True})

    async def category(self, request: web.Request) -> web.Response:
        given = await asked(request)
        category = _one_of(given["category"], CATEGORIES)
        for template in self._named(given):
            self._world.review.recategorise(self._world.owner(template), template, category)
        return web.json_response({"ok": True})

    async def pacing(self, request: web.Request) -> web.Response:
        given = await asked(request)
        state = _one_of(given["state"], PACES)
        for template in self._named(given):
            self._world.review.pace(self._world.owner(template), template, state)
        return web.json_response({"ok": True})

    def _named(self, given: Json) -> list[Template]:
        """By id or by name. Raises HTTPNotFound."""
        wanted = str(given["template"])
        every = (one for account in self._world.accounts.values() for one in account.templates.values())
        found = [one for one in every if wanted in {one.id, one.name}]
        if not found:
            raise web.HTTPNotFound(text="no such template")
        return found


def _one_of(value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"one of {', '.join(filter(None, known))} is expected, not {value!r}")
    return str(value)
