"""What people do on their phones, told to the business: words, files, taps, marks, a new number."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from barqia.sandbox.phones import Bubble, Phone
from barqia.sandbox.whatsapp.business.apps import Json
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.errors import in_status
from barqia.sandbox.whatsapp.media.shelf import KINDS, RECEIVED_MS
from barqia.sandbox.whatsapp.sent import new_wamid
from barqia.sandbox.whatsapp.world import WhatsApp

# what a button answers as, by its kind
ANSWERS = {"quick_reply": "button", "row": "list_reply", "reply": "button_reply"}
STOPPED, RESUMED = "User requested to stop marketing messages", "User requested to resume marketing messages"


@dataclass(slots=True)
class Words:
    """One message of a person: its part of the webhook, and what the own screen shows of it."""

    content: Json
    text: str = ""
    quote: str = ""
    media: Json | None = None
    location: Json | None = None
    card: dict[str, str] | None = None


class Hands:
    def __init__(self, world: WhatsApp) -> None:
        self._world = world

    def say(self, phone: Phone, number: Number, words: Words, *, referral: Json | None = None) -> str:
        """A person writes to the business: the window opens. Returns the message's id."""
        world, now = self._world, self._world.clock.now_ms()
        wamid = new_wamid(phone.number, outbound=False)
        number.last_inbound_ms[phone.id] = now
        number.bucket.wait_seconds(now)
        number.hear(wamid, phone)
        bubble = Bubble(world.phones.next_number(), wamid, True, words.text, now, ticks=1)
        bubble.media, bubble.location, bubble.card = words.media, words.location, words.card
        chat = world.screen(phone, number)
        quoted = chat.find(words.quote) if words.quote else None
        bubble.quoted = quoted.text if quoted else ""
        world.phones.show(phone, chat, bubble)
        message = {**self._head(phone, number, wamid), **words.content}
        if words.quote:
            message["context"] = {"from": number.digits, "id": words.quote}
        if referral:
            number.entered_ms[phone.id] = now
            message["referral"] = referral
        self._tell(phone, number, message)
        return wamid

    def _head(self, phone: Phone, number: Number, wamid: str) -> Json:
        contact = self._world.contact(number, phone, name=False)
        sender = {"from": contact["wa_id"]} if "wa_id" in contact else {}
        about = {**sender, "from_user_id": contact["user_id"]}
        return {**about, "id": wamid, "timestamp": str(self._world.clock.now())}

    def _tell(self, phone: Phone, number: Number, message: Json) -> None:
        contacts = [self._world.contact(number, phone, name=True)]
        value = {"messaging_product": "whatsapp", "metadata": number.metadata, "contacts": contacts}
        number.tell("messages", {**value, "messages": [message]}, self._world.clock.now_ms())

    def tap(self, phone: Phone, number: Number, button: str, title: str = "", message: str = "") -> str:
        """A button or a row, by its id or its title, of a message or of the newest that has it."""
        found = self._option(phone, number, button, message)
        bubble, option = found or (None, {"kind": "reply", "id": button, "title": title or button})
        text, kind = option["title"], ANSWERS.get(option["kind"], "button_reply")
        answer: Json = {"id": option.get("id", text), "title": text}
        if kind == "button":
            content: Json = {"type": "button", "button": {"payload": answer["id"], "text": text}}
        else:
            if option.get("description"):
                answer["description"] = option["description"]
            content = {"type": "interactive", "interactive": {"type": kind, kind: answer}}
        return self.say(phone, number, Words(content, text, bubble.id if bubble else ""))

    def _option(self, phone: Phone, number: Number, button: str, message: str) -> tuple[Bubble, dict[str, str]] | None:
        for bubble in reversed(self._world.screen(phone, number).bubbles):
            if message in {"", bubble.id}:
                for option in bubble.options:
                    if option["kind"] in ANSWERS and button in {option["id"], option["title"]}:
                        return bubble, option
        return None

    def react(self, phone: Phone, number: Number, message: str, emoji: str) -> str:
        """A mark under a message of the business; an empty one takes it away. It opens the window as words do."""
        chat = self._world.screen(phone, number)
        bubble = chat.find(message)
        if bubble is None:
            raise LookupError("no such message")
        kept = {side: mark for side, mark in bubble.reactions.items() if side != "mine"}
        bubble.reactions = {**kept, "mine": emoji} if emoji else kept
        self._world.phones.changed(phone, chat, bubble)
        wamid = new_wamid(phone.number, outbound=False)
        number.last_inbound_ms[phone.id] = self._world.clock.now_ms()
        number.hear(wamid, phone)
        mark = {"message_id": message, **({"emoji": emoji} if emoji else {})}
        self._tell(phone, number, {**self._head(phone, number, wamid), "type": "reaction", "reaction": mark})
        return wamid

    def prefer(self, phone: Phone, number: Number, *, stop: bool) -> None:
        """The person uses WhatsApp's own switch for marketing messages."""
        (number.stopped.add if stop else number.stopped.discard)(phone.id)
        contact = self._world.contact(number, phone, name=True)
        preference: Json = {name: contact[name] for name in ("wa_id", "user_id") if name in contact}
        preference |= {"detail": STOPPED if stop else RESUMED, "category": "marketing_messages"}
        preference |= {"value": "stop" if stop else "resume", "timestamp": self._world.clock.now()}
        value = {"messaging_product": "whatsapp", "metadata": number.metadata, "contacts": [contact]}
        number.tell("user_preferences", {**value, "user_preferences": [preference]}, self._world.clock.now_ms())

    def move(self, phone: Phone, digits: str) -> None:
        """The person changes the phone number, and with it the user id; every business with a chat is told."""
        numbers = [self._world.numbers[key] for app, key in phone.chats if app == "whatsapp"]
        before = {number.id: (phone.number, self._world.contact(number, phone, name=True)) for number in numbers}
        self._world.phones.renumber(phone, digits)
        for number in numbers:
            self._moved(phone, number, *before[number.id])

    def _moved(self, phone: Phone, number: Number, old: str, contact: Json) -> None:
        now, person = self._world.clock.now_ms(), self._world.about(phone)
        new_id = number.account.portfolio.user_id(phone)
        shown = {} if person.hidden else {"wa_id": phone.number}
        kind = "user_changed_user_id" if person.hidden else "user_changed_number"
        names = (contact["user_id"], new_id) if person.hidden else (old, phone.number)
        system = {"body": f"User {phone.name} changed from {names[0]} to {names[1]}", **shown, "user_id": new_id}
        head = {} if person.hidden else {"from": old}
        head |= {"from_user_id": contact["user_id"], "id": new_wamid(old, outbound=False)}
        head["timestamp"] = str(self._world.clock.now())
        value = {"messaging_product": "whatsapp", "metadata": number.metadata}
        message = {**head, "type": "system", "system": {**system, "type": kind}}
        number.tell("messages", {**value, "contacts": [contact], "messages": [message]}, now)
        update: Json = {**shown, "detail": f"User id for {phone.name} has been updated."}
        update |= {"user_id": {"previous": contact["user_id"], "current": new_id}, "timestamp": head["timestamp"]}
        contacts = [self._world.contact(number, phone, name=True)]
        number.tell("user_id_update", {**value, "contacts": contacts, "user_id_update": [update]}, now)


def words_of(world: WhatsApp, number: Number, given: Json) -> Words:
    """A message as the control API describes it: one of text, location, contacts, unsupported, or a file's kind."""
    quote = str(given.get("quote", ""))
    if "text" in given:
        return Words({"type": "text", "text": {"body": str(given["text"])}}, str(given["text"]), quote)
    if "location" in given:
        place = given["location"]
        return Words({"type": "location", "location": place}, str(place.get("name", "")), quote, location=place)
    if "contacts" in given:
        names = [contact["name"]["formatted_name"] for contact in given["contacts"]]
        return Words({"type": "contacts", "contacts": given["contacts"]}, "، ".join(names), quote)
    if "unsupported" in given:
        error = in_status(131051)
        content = {"type": "unsupported", "unsupported": {"type": str(given["unsupported"])}, "errors": [error]}
        return Words(content, quote=quote)
    return _file(world, number, given, quote)


def _file(world: WhatsApp, number: Number, given: Json, quote: str) -> Words:
    kind = next((kind for kind in KINDS if kind in given), None)
    if kind is None:
        raise ValueError("a message has one of text, location, contacts, unsupported, " + ", ".join(KINDS))
    about: Json = given[kind]
    mime, name = str(about.get("mime", KINDS[kind][1][0])), str(about.get("name", ""))
    try:
        data = base64.b64decode(about["data"], validate=True)
    except binascii.Error:
        raise ValueError("`data` is base64") from None
    media = world.put_file(number.id, mime, name, data, RECEIVED_MS)
    told: dict[str, Any] = {"id": media.id, "mime_type": mime, "sha256": media.sha256}
    told |= {"caption": about["caption"]} if about.get("caption") else {}
    told |= {"filename": name} if kind == "document" and name else {}
    told |= {"voice": bool(about.get("voice"))} if kind == "audio" else {}
    told |= {"animated": bool(about.get("animated"))} if kind == "sticker" else {}
    shown = {"kind": kind, "mime": mime, "name": name, "url": f"/sandbox/media/{media.id}"}
    return Words({"type": kind, kind: told}, str(about.get("caption", "")), quote, media=shown)
