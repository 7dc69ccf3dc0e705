"""Webhooks: set where they repeat a challenge, for an app, an account or a number."""

import aiohttp

from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import App, Json
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.graph.call import Call
from barqia.sandbox.whatsapp.world import WhatsApp

CHALLENGE = "1158201444"


async def override(callbacks: dict[str, str], app: App, given: Json) -> None:
    """A webhook nearer than the app's own, or an end to it. Raises GraphError 100 where it does not verify."""
    url = str(given.get("override_callback_uri") or "")
    if not url:
        callbacks.pop(app.id, None)
        return
    await _challenge(url, str(given.get("verify_token", "")))
    callbacks[app.id] = url


async def _challenge(url: str, token: str) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": CHALLENGE}
    try:
        async with aiohttp.ClientSession() as session, session.get(url, params=query) as answer:
            echoed = answer.status == 200 and (await answer.text()).strip() == CHALLENGE
    except (aiohttp.ClientError, OSError, ValueError):
        echoed = False
    if not echoed:
        raise GraphError(100, "The URL couldn't be validated. Response does not match challenge.")


class HookCalls:
    def __init__(self, world: WhatsApp) -> None:
        self._world = world

    async def subscribe(self, call: Call) -> Json:
        """The app is told of the account's events, at an address of the account's own where one is given."""
        account = _account(call)
        await override(account.callbacks, call.app, call.given)
        account.unsubscribed.discard(call.app.id)
        self._wake(account)
        return {"success": True}

    async def unsubscribe(self, call: Call) -> Json:
        account = _account(call)
        account.unsubscribed.add(call.app.id)
        account.callbacks.pop(call.app.id, None)
        return {"success": True}

    async def subscribed(self, call: Call) -> Json:
        account = _account(call)
        data = []
        for app in account.apps.values():
            if app.id not in account.unsubscribed:
                about: Json = {"whatsapp_business_api_data": {"id": app.id, "name": app.id, "link": f"{call.base}/"}}
                if app.id in account.callbacks:
                    about["override_callback_uri"] = account.callbacks[app.id]
                data.append(about)
        return {"data": data}

    async def app_webhook(self, call: Call) -> Json:
        """The app's own webhook, and the fields it wants."""
        assert isinstance(call.node, App)
        given, app = call.given, call.node
        if given.get("object") != "whatsapp_business_account":
            raise GraphError(100, "Param object must be whatsapp_business_account.")
        await _challenge(str(given["callback_url"]), str(given.get("verify_token", "")))
        fields = given.get("fields") or []
        names = fields.split(",") if isinstance(fields, str) else [str(name) for name in fields]
        app.webhook_url, app.fields = str(given["callback_url"]), frozenset(filter(None, names))
        for account in self._world.accounts.values():
            self._wake(account)
        return {"success": True}

    def _wake(self, account: Account) -> None:
        for line in account.lines.values():
            line.arrived.set()


def _account(call: Call) -> Account:
    assert isinstance(call.node, Account)
    return call.node
