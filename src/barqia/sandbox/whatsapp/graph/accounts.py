"""What an account can be asked: itself, its numbers, its templates."""

from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import Json
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.graph.call import Call, shown
from barqia.sandbox.whatsapp.graph.numbers import EMPTY, USUAL, number_json
from barqia.sandbox.whatsapp.templates import shelf
from barqia.sandbox.whatsapp.templates.template import Template
from barqia.sandbox.whatsapp.world import WhatsApp


class AccountCalls:
    def __init__(self, world: WhatsApp) -> None:
        self._world, self._clock = world, world.clock

    async def get(self, call: Call) -> Json:
        account = _account(call)
        about: Json = {"id": account.id, "name": account.name or account.id, "currency": "USD", "timezone_id": "1"}
        about |= {"message_template_namespace": f"ns_{account.id}", "account_review_status": "APPROVED"}
        about["whatsapp_business_manager_messaging_limit"] = account.portfolio.tier
        about["owner_business_info"] = {"id": account.portfolio.id, "name": account.portfolio.id}
        usual = ("id", "name", "currency", "timezone_id", "message_template_namespace")
        return shown(about, call.query.get("fields", ""), usual, "WhatsAppBusinessAccount")

    async def numbers(self, call: Call) -> Json:
        account, fields = _account(call), call.query.get("fields", "")
        kind = "WhatsAppBusinessPhoneNumber"
        numbers = self._world.numbers_of(account)
        data = [shown(number_json(one, call.app.id), fields, USUAL, kind) for one in numbers]
        return {"data": data, "paging": {"cursors": {"before": "0", "after": str(len(data))}}}

    async def templates(self, call: Call) -> Json:
        return shelf.listed(self._managed(_account(call)), call.query)

    async def create(self, call: Call) -> Json:
        account = self._managed(_account(call))
        made = shelf.create(account, call.given, self._world.new_id(), self._clock.now_ms())
        self._world.review.begin(account, made)
        return {"id": made.id, "status": made.status, "category": made.category}

    async def delete(self, call: Call) -> Json:
        account, given = self._managed(_account(call)), call.given
        name = str(given.get("name", ""))
        if not name:
            raise GraphError(100, "Param name is required.")
        template_id = str(given.get("hsm_id", ""))
        for gone in shelf.delete(account, name, template_id, self._clock.now_ms()):
            self._world.review.tell(account, gone, "DELETED", {})
        return {"success": True}

    async def template(self, call: Call) -> Json:
        template = _template(call)
        self._managed(self._world.owner(template))
        return shelf.shown(template, [name for name in call.query.get("fields", "").split(",") if name])

    async def edit(self, call: Call) -> Json:
        template = _template(call)
        account = self._managed(self._world.owner(template))
        shelf.edit(template, call.given, self._clock.now_ms())
        self._world.review.begin(account, template)
        return {"success": True, "id": template.id, "name": template.name, "category": template.category}

    async def unpause(self, call: Call) -> Json:
        template = _template(call)
        account = self._managed(self._world.owner(template))
        return self._world.review.unpause(account, template)

    def _managed(self, account: Account) -> Account:
        if not account.may_call(self._clock.now_ms()):
            raise GraphError(80007)
        return account


def _account(call: Call) -> Account:
    assert isinstance(call.node, Account)
    return call.node


def _template(call: Call) -> Template:
    assert isinstance(call.node, Template)
    return call.node


assert set(USUAL).isdisjoint(EMPTY)
