"""One message is taken, or refused: its address, its content, the number's pace."""

import string

from barqia.sandbox.pace import Bucket
from barqia.sandbox.phones import Bubble, Phone
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.sending.checks import required
from barqia.sandbox.whatsapp.sending.files import File
from barqia.sandbox.whatsapp.sending.kinds import KINDS
from barqia.sandbox.whatsapp.sent import AUTHENTICATION_LIFE_MS, Sent, new_wamid
from barqia.sandbox.whatsapp.templates.fill import fill
from barqia.sandbox.whatsapp.templates.template import Json, Template
from barqia.sandbox.whatsapp.world import WhatsApp

PAIR_BURST = 45
UPGRADE_MS = 60_000
LONGEST_NUMBER, LONGEST_TAG = 15, 512
MARKETING_ONLY = 134100


def accept(world: WhatsApp, number: Number, payload: Json, *, lite: bool = False) -> tuple[Json, Sent]:
    """Take one message. Returns the answer and the message. Raises GraphError."""
    digits, user_id = _address(number, payload)
    phone = world.phones.by_number.get(digits) if digits else world.person(number, user_id)
    sent = _content(world, number, payload, phone)
    if lite and (sent.template is None or sent.template.category != "MARKETING"):
        raise GraphError(MARKETING_ONLY)
    if sent.template and sent.template.category == "AUTHENTICATION" and not digits:
        raise GraphError(131062)
    _permitted(world, number, digits, phone)
    now = world.clock.now_ms()
    sent.wamid, sent.to, sent.tag, sent.lite = new_wamid(digits or "0", outbound=True), digits, _tag(payload), lite
    sent.life_ms = _life(sent)
    if sent.bubble:
        sent.bubble.id = sent.wamid
    if phone:
        sent.open, sent.free = number.window_open(phone, now), number.entry_open(phone, now)
    return _answer(number, payload, sent), sent


def _address(number: Number, payload: Json) -> tuple[str, str]:
    """Digits, or a user id where there is no number."""
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, "Param messaging_product must be one of {WHATSAPP}")
    if payload.get("recipient_type", "individual") != "individual":
        raise GraphError(100, "Param recipient_type must be individual here: there are no groups.")
    to, user_id = str(payload.get("to") or ""), str(payload.get("recipient") or "")
    if not to and not user_id:
        raise GraphError(131008, "Either to or recipient is required.")
    digits = "".join(c for c in to if c in string.digits)
    if to and not 4 <= len(digits) <= LONGEST_NUMBER:
        raise GraphError(100, "Param to must be a valid WhatsApp phone number.")
    if to and not to.lstrip(" (").startswith("+"):
        digits = number.dialling_code + digits
    return digits, user_id


def _content(world: WhatsApp, number: Number, payload: Json, phone: Phone | None) -> Sent:
    kind = payload.get("type", "text")
    content = payload.get(kind) if isinstance(kind, str) else None
    if kind == "reaction":
        return _reaction(world, number, content or {}, phone)
    bubble = Bubble(world.phones.next_number(), "", False, "", world.clock.now_ms())
    sent = Sent("", phone, "", None, str(kind), bubble)
    if kind == "template":
        file = _template(world, number, content or {}, sent, bubble)
    elif kind in KINDS:
        file = KINDS[kind](required(content, kind), bubble, world.shelf)
    else:
        raise GraphError(131051)
    if file:
        sent.link, sent.why = file.link, file.why
        sent.fails = 131053 if file.why else 0
    quoted = (payload.get("context") or {}).get("message_id")
    if quoted and phone:
        original = world.screen(phone, number).find(quoted)
        bubble.quoted = original.text if original else ""
    return sent


def _template(world: WhatsApp, number: Number, content: Json, sent: Sent, bubble: Bubble) -> File | None:
    name = required(content.get("name"), "template.name")
    language = required((content.get("language") or {}).get("code"), "template.language.code")
    found: Template | None = next(
        (t for t in number.account.templates.values() if t.name == name and t.language == language), None
    )
    if found is None:
        raise GraphError(132001)
    shown = fill(found, content, world.shelf)
    sent.template = found
    bubble.text, bubble.header, bubble.footer, bubble.options = shown.text, shown.header, shown.footer, shown.options
    bubble.buttons = [option["title"] for option in shown.options if option["kind"] == "quick_reply"]
    bubble.media = shown.file.shown if shown.file else None
    return shown.file


def _reaction(world: WhatsApp, number: Number, content: Json, phone: Phone | None) -> Sent:
    """It makes no message of its own; one to a message that is not there fails afterwards."""
    wamid = str(required(content.get("message_id"), "reaction.message_id"))
    emoji = content.get("emoji") or ""
    if not isinstance(emoji, str):
        raise GraphError(131009, "reaction.emoji must be a string.")
    sent = Sent("", phone, "", None, "reaction", None)
    chat = world.screen(phone, number) if phone else None
    bubble = chat.find(wamid) if chat else None
    if bubble and chat and phone:
        kept = {side: mark for side, mark in bubble.reactions.items() if side != "theirs"}
        bubble.reactions = {**kept, "theirs": emoji} if emoji else kept
        world.phones.changed(phone, chat, bubble)
    else:
        sent.fails, sent.why = 131009, "The message to react to was not found."
    return sent


def _permitted(world: WhatsApp, number: Number, digits: str, phone: Phone | None) -> None:
    """The number may send, to this person, now."""
    now = world.clock.now_ms()
    if not number.registered:
        raise GraphError(133010)
    if digits == number.digits:
        raise GraphError(131021)
    if number.allowed and digits not in number.allowed:
        raise GraphError(131030)
    if phone and phone.id in number.blocked:
        raise GraphError(130403)
    if number.upgraded_ms is not None and now - number.upgraded_ms < UPGRADE_MS:
        raise GraphError(131057)
    if number.bucket.wait_seconds(now):
        raise GraphError(130429)
    if phone is not None and number.pair_seconds:
        pair = number.pairs.setdefault(phone.id, Bucket(1 / number.pair_seconds, PAIR_BURST))
        if pair.wait_seconds(now):
            raise GraphError(131056)


def _tag(payload: Json) -> str | None:
    tag = payload.get("biz_opaque_callback_data")
    if tag is not None and (not isinstance(tag, str) or len(tag) > LONGEST_TAG):
        raise GraphError(100, f"Param biz_opaque_callback_data must be a string of at most {LONGEST_TAG} characters.")
    return tag


def _life(sent: Sent) -> int:
    template = sent.template
    if template is None:
        return sent.life_ms
    usual = AUTHENTICATION_LIFE_MS if template.category == "AUTHENTICATION" else sent.life_ms
    # a marketing message's own life is kept by the Marketing Messages API alone
    own = template.life_seconds if template.category != "MARKETING" or sent.lite else 0
    return own * 1000 or usual


def _answer(number: Number, payload: Json, sent: Sent) -> Json:
    contact: Json = {"input": str(payload.get("to") or payload.get("recipient"))}
    if sent.to:
        contact["wa_id"] = sent.to
    if sent.phone:
        contact["user_id"] = number.account.portfolio.user_id(sent.phone)
    message: Json = {"id": sent.wamid}
    if sent.template:
        held = sent.template.held is not None
        message["message_status"] = "held_for_quality_assessment" if held else "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}
