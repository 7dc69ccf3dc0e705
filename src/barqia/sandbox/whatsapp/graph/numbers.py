"""What a number can be asked: its state, its registration, its profile, whom it blocks."""

import string

from barqia.sandbox.whatsapp.business.apps import Json
from barqia.sandbox.whatsapp.business.numbers import HIGH, Number
from barqia.sandbox.whatsapp.countries import country_of
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.graph.call import Call, shown
from barqia.sandbox.whatsapp.graph.hooks import override
from barqia.sandbox.whatsapp.sending.checks import bounded
from barqia.sandbox.whatsapp.world import WhatsApp

USUAL = ("verified_name", "display_phone_number", "quality_rating", "code_verification_status", "platform_type",
  "throughput")  # fmt: skip
# fields that a number has and the sandbox has nothing in
EMPTY = (
    "conversational_automation", "quality_score", "name_status", "new_name_status", "account_mode", "is_on_biz_app",
    "is_official_business_account", "is_preverified_number", "search_visibility", "health_status", "certificate",
    "eligibility_for_api_business_global_search", "new_certificate", "last_onboarded_time", "username",
    "messaging_limit_tier",
)  # fmt: skip
PROFILE = {"about": 139, "address": 256, "description": 512, "email": 128, "vertical": 40}
PIN = 6


def number_json(number: Number, app_id: str) -> Json:
    """All fields of a number."""
    callbacks = {"phone_number": number.callbacks, "whatsapp_business_account": number.account.callbacks}
    hooks = {name: found[app_id] for name, found in callbacks.items() if app_id in found}
    return {
        **dict.fromkeys(EMPTY),
        "id": number.id,
        "verified_name": number.name,
        "display_phone_number": number.display,
        "quality_rating": number.quality,
        "status": "CONNECTED" if number.registered else "DISCONNECTED",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API" if number.registered else "NOT_APPLICABLE",
        "throughput": {"level": "HIGH" if number.bucket.rate >= HIGH else "STANDARD"},
        "whatsapp_business_manager_messaging_limit": number.account.portfolio.tier,
        "webhook_configuration": hooks,
        "is_pin_enabled": bool(number.pin),
        "country_code": country_of(number.digits),
        "country_dial_code": number.dialling_code,
    }


class NumberCalls:
    def __init__(self, world: WhatsApp) -> None:
        self._world = world

    async def get(self, call: Call) -> Json:
        number = _number(call)
        return shown(
            number_json(number, call.app.id), call.query.get("fields", ""), USUAL, "WhatsAppBusinessPhoneNumber"
        )

    async def change(self, call: Call) -> Json:
        """A webhook of the number's own, or none any more."""
        number, hook = _number(call), call.payload.get("webhook_configuration")
        if hook is None:
            raise GraphError(100)
        await override(number.callbacks, call.app, hook)
        return {"success": True}

    async def register(self, call: Call) -> Json:
        number, pin = _number(call), str(call.given.get("pin", ""))
        if len(pin) != PIN or not pin.isdigit():
            raise GraphError(100, f"Param pin must be {PIN} characters long.")
        if number.pin and number.pin != pin:
            raise GraphError(133005)
        number.registered, number.pin = True, pin
        return {"success": True}

    async def deregister(self, call: Call) -> Json:
        _number(call).registered = False
        return {"success": True}

    async def profile(self, call: Call) -> Json:
        profile = {"messaging_product": "whatsapp", **_number(call).profile}
        asked = call.query.get("fields")
        return {
            "data": [
                {n: v for n, v in profile.items() if not asked or n in asked.split(",") or n == "messaging_product"}
            ]
        }

    async def set_profile(self, call: Call) -> Json:
        number, given = _number(call), dict(call.payload)
        given.pop("messaging_product", None)
        for name, limit in PROFILE.items():
            bounded(given.get(name, ""), limit, name)
        if len(given.get("websites", [])) > 2:
            raise GraphError(100, "Param websites must be at most 2.")
        number.profile |= given
        return {"success": True}

    async def blocked(self, call: Call) -> Json:
        number = _number(call)
        people = (self._world.phones.all[phone_id] for phone_id in sorted(number.blocked))
        data = [{"messaging_product": "whatsapp", "wa_id": phone.number} for phone in people]
        return {"data": data, "paging": {"cursors": {"before": "0", "after": str(len(data))}}}

    async def block(self, call: Call) -> Json:
        return self._set_blocked(call, "added_users", blocked=True)

    async def unblock(self, call: Call) -> Json:
        return self._set_blocked(call, "removed_users", blocked=False)

    def _set_blocked(self, call: Call, name: str, *, blocked: bool) -> Json:
        number, done = _number(call), []
        for user in call.payload["block_users"]:
            digits = "".join(c for c in str(user["user"]) if c in string.digits)
            phone = self._world.phones.by_number.get(digits) or self._world.person(number, str(user["user"]))
            if phone is None:
                raise GraphError(100, "A user to block was not found.")
            (number.blocked.add if blocked else number.blocked.discard)(phone.id)
            done.append({"input": str(user["user"]), "wa_id": phone.number})
        return {"messaging_product": "whatsapp", "block_users": {name: done}}


def _number(call: Call) -> Number:
    assert isinstance(call.node, Number)
    return call.node
