"""`POST /{phone-number-id}/messages`: every kind we know, checked as Meta checks it."""

import string
from typing import Any

from barqia.sandbox.pace import Bucket
from barqia.sandbox.phones import Bubble, Phone
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.world import PAIR_BURST, Json, Number, Sent, Template, WhatsApp, new_wamid

TEXT, BODY, BUTTONS, TITLE, BUTTON_ID = 4096, 1024, 3, 20, 256
LONGEST_NUMBER = 15


UNSENDABLE = {"PENDING": 132001, "REJECTED": 132001, "PAUSED": 132015, "DISABLED": 132016}


def required(value: Any, name: str) -> Any:
    if value in (None, "", [], {}):
        raise GraphError(131008, f"Parameter {name} is required.")
    return value


def accept(world: WhatsApp, number: Number, payload: Json) -> tuple[Json, Sent, bool]:
    """Take one message. Returns the answer, the message, and whether its window was open for it."""
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, "Param messaging_product must be one of {WHATSAPP}")
    to = str(payload.get("to") or "")
    user_id = str(payload.get("recipient") or "")
    if not to and not user_id:
        raise GraphError(131008, "Either to or recipient is required.")
    digits = "".join(c for c in to if c in string.digits)
    if to and not 4 <= len(digits) <= LONGEST_NUMBER:
        raise GraphError(100, "Param to must be a valid WhatsApp phone number.")
    if to and not to.lstrip(" (").startswith("+"):
        digits = number.display.lstrip("+")[:3] + digits
    phone = world.phones.by_number.get(digits) if to else world.phones.by_user_id.get(user_id)
    bubble = _bubble(world, number, payload, phone)
    _pay(world, number, phone)
    wamid = new_wamid(digits or "0", outbound=True)
    bubble.id = wamid
    template = payload["type"] == "template"
    address = phone.number if phone else digits
    sent = Sent(wamid, phone, address, payload.get("biz_opaque_callback_data"), template)
    open_ = template or (phone is not None and world.window_open(number, phone))
    delivered = phone is not None and open_ and not (template and phone.id in number.stopped)
    if delivered:
        world.put(number, sent, bubble)
    contact: Json = {"input": to or user_id, "wa_id": address}
    if phone:
        contact["user_id"] = phone.user_id
    message: Json = {"id": wamid}
    if template:
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}, sent, open_


def _pay(world: WhatsApp, number: Number, phone: Phone | None) -> None:
    now = world.clock.now_ms()
    if number.bucket.wait_seconds(now):
        raise GraphError(130429)
    if phone is not None and number.pair_seconds:
        pair = number.pairs.setdefault(phone.id, Bucket(1 / number.pair_seconds, PAIR_BURST))
        if pair.wait_seconds(now):
            raise GraphError(131056)


def _bubble(world: WhatsApp, number: Number, payload: Json, phone: Phone | None) -> Bubble:
    """The message as the screen will show it. Raises GraphError for what Meta refuses."""
    kind = payload.get("type")
    content = payload.get(kind) if isinstance(kind, str) else None
    bubble = Bubble(world.phones.next_number(), "", False, "", world.clock.now_ms())
    if kind == "text":
        bubble.text = _bounded(required((content or {}).get("body"), "text.body"), TEXT, "text.body")
    elif kind == "interactive":
        bubble.text, bubble.buttons = _interactive(content or {})
    elif kind == "contacts":
        bubble.card = _card(content)
        bubble.text = bubble.card["name"]
    elif kind == "template":
        bubble.text = _template(number, content or {})
    else:
        raise GraphError(131051)
    quoted = (payload.get("context") or {}).get("message_id")
    if quoted and phone:
        original = world.screen(phone, number).find(quoted)
        bubble.quoted = original.text if original else ""
    return bubble


def _bounded(value: Any, limit: int, name: str) -> str:
    if not isinstance(value, str):
        raise GraphError(131009, f"{name} must be a string.")
    if len(value) > limit:
        raise GraphError(131009, f"{name} must be at most {limit} characters long.")
    return value


def _interactive(content: Json) -> tuple[str, list[str]]:
    if content.get("type") != "button":
        raise GraphError(131009, "interactive.type is not supported.")
    text = _bounded(required((content.get("body") or {}).get("text"), "interactive.body.text"), BODY, "body.text")
    buttons = required((content.get("action") or {}).get("buttons"), "interactive.action.buttons")
    titles = []
    for button in buttons:
        reply = required(button.get("reply"), "reply")
        _bounded(required(reply.get("id"), "reply.id"), BUTTON_ID, "reply.id")
        titles.append(_bounded(required(reply.get("title"), "reply.title"), TITLE, "reply.title"))
    if len(titles) > BUTTONS or len(set(titles)) != len(titles):
        raise GraphError(131009, "There must be at most 3 buttons, each with a title of its own.")
    return text, titles


def _card(content: Any) -> dict[str, str]:
    contact = required(content, "contacts")[0]
    name = required(contact.get("name"), "contacts.name")
    formatted = required(name.get("formatted_name"), "contacts.name.formatted_name")
    if not any(name.get(part) for part in ("first_name", "last_name", "middle_name", "suffix", "prefix")):
        raise GraphError(131009, "contacts.name needs one more part besides formatted_name.")
    phones = contact.get("phones") or [{}]
    urls = contact.get("urls") or [{}]
    shown = {"name": formatted, "phone": phones[0].get("phone", ""), "url": urls[0].get("url", "")}
    return {part: _bounded(value, BODY, f"contacts.{part}") for part, value in shown.items()}


def _template(number: Number, content: Json) -> str:
    name = required(content.get("name"), "template.name")
    language = required((content.get("language") or {}).get("code"), "template.language.code")
    found: Template | None = next((t for t in number.templates if t.name == name and t.language == language), None)
    if found is None:
        raise GraphError(132001)
    if found.status in UNSENDABLE:
        raise GraphError(UNSENDABLE[found.status])
    body: Json = next((c for c in content.get("components") or () if c.get("type") == "body"), {})
    values = [_value(parameter) for parameter in body.get("parameters") or ()]
    if len(values) != found.variables:
        raise GraphError(132000)
    text = found.filled(values)
    if len(text) > BODY:
        raise GraphError(132005)
    return text


def _value(parameter: Json) -> str:
    value = parameter.get("text")
    if parameter.get("type", "text") != "text" or not isinstance(value, str | None):
        raise GraphError(132012)
    if not value or not value.strip():
        raise GraphError(131008, "Parameter text is required.")
    return value
