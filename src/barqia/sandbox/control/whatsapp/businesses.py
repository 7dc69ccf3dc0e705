"""`/sandbox/whatsapp/…`: apps, accounts, numbers and portfolios; `/sandbox/ledger`: what they cost."""

from typing import Any

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked
from barqia.sandbox.pace import Bucket
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import App
from barqia.sandbox.whatsapp.business.numbers import STANDARD, Number
from barqia.sandbox.whatsapp.business.portfolios import COMMON, Portfolio
from barqia.sandbox.whatsapp.server import WhatsAppServer
from barqia.sandbox.whatsapp.templates.template import Template

QUALITIES = ("GREEN", "YELLOW", "RED")
NEW_LIMIT, VERIFIED_LIMIT = 250, 2_000


class Businesses:
    def __init__(self, whatsapp: WhatsAppServer) -> None:
        self._whatsapp, self._world = whatsapp, whatsapp.world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sandbox/whatsapp/apps", self.add_app),
            web.post("/sandbox/whatsapp/apps/revoke", self.revoke),
            web.post("/sandbox/whatsapp/numbers", self.add_number),
            web.get("/sandbox/whatsapp/numbers", self.list_numbers),
            web.post("/sandbox/whatsapp/numbers/quality", self.quality),
            web.post("/sandbox/whatsapp/numbers/upgrade", self.upgrade),
            web.post("/sandbox/whatsapp/portfolios", self.portfolio),
            web.post("/sandbox/whatsapp/accounts/event", self.event),
            web.get("/sandbox/ledger", self.ledger),
            web.delete("/sandbox/ledger", self.clear_ledger),
            web.post("/sandbox/ledger/prices", self.prices),
            web.get("/sandbox/ledger/messages", self.entries),
        ]

    async def add_app(self, request: web.Request) -> web.Response:
        """An app with a token and a secret of its own; it is told of the `accounts` that it may use."""
        given = await asked(request)
        app = self._app(str(given["id"]), given)
        for waba_id in given.get("accounts", ()):
            self._join(app, self._world.account(str(waba_id)))
        return web.json_response({"id": app.id})

    def _app(self, app_id: str, given: Json) -> App:
        """The app of this id with these settings; one that is known keeps what waits for it."""
        token, secret = str(given["access_token"]), str(given["app_secret"])
        app = self._world.apps.setdefault(app_id, App(app_id, token, secret))
        app.access_token, app.secret, app.revoked = token, secret, False
        app.batch = max(1, min(1_000, int(given.get("batch", app.batch))))
        return app

    def _join(self, app: App, account: Account) -> None:
        app.accounts.add(account.id)
        account.apps[app.id] = app
        self._world.line_up(account)
        self._whatsapp.couriers.keep(account)

    async def revoke(self, request: web.Request) -> web.Response:
        """The app's token is worth nothing any more: every call answers 190."""
        given = await asked(request)
        self._world.apps[str(given["app"])].revoked = bool(given.get("revoked", True))
        return web.json_response({"ok": True})

    async def add_number(self, request: web.Request) -> web.Response:
        """A number; one that is known already takes the new settings and keeps its windows and what waits."""
        given = await asked(request)
        account = self._world.account(str(given["waba_id"]), str(given.get("portfolio", COMMON)))
        number = self._number(account, given)
        app = self._app(str(given.get("app_id", f"1{account.id:0>14}")), given)
        if given.get("webhook_url"):
            number.callbacks[app.id] = str(given["webhook_url"])
        if "templates" in given:
            account.templates = {one.id: one for one in map(self._template, given["templates"])}
        self._join(app, account)
        return web.json_response({"id": number.id, "app_id": app.id})

    def _number(self, account: Account, given: Json) -> Number:
        rate = given.get("rate", STANDARD)
        about: dict[str, Any] = {"account": account, "display": str(given["display"]), "name": str(given["name"])}
        about |= {"bucket": Bucket(rate, max(1.0, rate)), "pair_seconds": given.get("pair_seconds", 6)}
        about["receipts"] = tuple(given.get("receipts", ("sent", "delivered")))
        about["allowed"] = frozenset(str(one).lstrip("+") for one in given.get("allowed", ()))
        known = self._world.numbers.get(str(given["phone_number_id"]))
        if known is None:
            made = Number(str(given["phone_number_id"]), **about)
            self._world.numbers[made.id] = made
            return made
        for name, value in about.items():
            setattr(known, name, value)
        return known

    def _template(self, given: Json) -> Template:
        """As it stands after its review, whatever that was; `body` is short for a body alone."""
        components = given.get("components") or [{"type": "BODY", "text": given["body"]}]
        made = Template(self._world.new_id(), given["name"], given["language"], components=components)
        made.category, made.status = given.get("category", "MARKETING"), given.get("status", "APPROVED")
        made.named = given.get("parameter_format") == "NAMED"
        return made

    async def list_numbers(self, _request: web.Request) -> web.Response:
        """Every number with its state; how many people it reached today is its portfolio's."""
        return web.json_response([self._state(number) for number in self._world.numbers.values()])

    def _state(self, number: Number) -> Json:
        portfolio = number.account.portfolio
        about: Json = {"id": number.id, "waba_id": number.account.id, "display": number.display, "name": number.name}
        about |= {"quality": number.quality, "rate": number.bucket.rate, "portfolio": portfolio.id}
        return {**about, "daily_limit": portfolio.limit, "reached_today": len(portfolio.today)}

    async def quality(self, request: web.Request) -> web.Response:
        given = await asked(request)
        quality = str(given["quality"])
        if quality not in QUALITIES:
            raise ValueError(f"a quality is one of {', '.join(QUALITIES)}")
        self._whatsapp.statuses.growth.rate(self._named(given), quality)
        return web.json_response({"ok": True})

    async def upgrade(self, request: web.Request) -> web.Response:
        """A thousand messages a second from now on, after a minute of 131057."""
        self._whatsapp.statuses.growth.upgrade(self._named(await asked(request)))
        return web.json_response({"ok": True})

    def _named(self, given: Json) -> Number:
        return self._world.numbers[str(given["number"])]

    async def portfolio(self, request: web.Request) -> web.Response:
        """A portfolio's limit of people a day (-1: none), told to its accounts; `verified` raises a new one's."""
        given = await asked(request)
        portfolio = self._world.portfolios.setdefault(str(given["id"]), Portfolio(str(given["id"])))
        limit = int(given.get("daily_limit", portfolio.limit))
        if given.get("verified") and limit == NEW_LIMIT:
            limit = VERIFIED_LIMIT
        if limit != portfolio.limit:
            self._whatsapp.statuses.growth.limit(portfolio, limit)
        return web.json_response({"id": portfolio.id, "daily_limit": limit})

    async def event(self, request: web.Request) -> web.Response:
        """Any webhook of an account: `account_update`, `account_alerts`, … with the value given."""
        given = await asked(request)
        account = self._world.accounts[str(given["account"])]
        account.tell(str(given["field"]), dict(given["value"]), self._world.clock.now_ms())
        return web.json_response({"ok": True})

    async def ledger(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.ledger.as_json(request.query.get("number", "")))

    async def clear_ledger(self, _request: web.Request) -> web.Response:
        self._world.ledger.clear()
        return web.json_response({"ok": True})

    async def prices(self, request: web.Request) -> web.Response:
        """Rates by country or `*`, then by category."""
        given, ledger = await asked(request), self._world.ledger
        ledger.rates = {
            str(country): {str(category): float(rate) for category, rate in rates.items()}
            for country, rates in given["rates"].items()
        }
        ledger.currency = str(given.get("currency", ledger.currency))
        return web.json_response({"ok": True})

    async def entries(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.ledger.entries(int(request.query.get("after", 0))))
