"""The Cloud API's webhooks, verified over the raw bytes and taken apart."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

from barqia.delivery.lane import (
    Address,
    Blocking,
    Broken,
    Inbound,
    Malformed,
    Moved,
    Other,
    Pricing,
    Refused,
    Status,
    Tap,
    Word,
)
from barqia.lanes.inbound import milliseconds, text_id
from barqia.lanes.whatsapp.errors import code_of, meaning

STATUSES: dict[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
TAG = re.compile("[0-9]{1,18}")
Fields = dict[str, Any]


def signature_fits(secret: str, header: str, body: bytes) -> bool:
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(header.encode(), wanted.encode())


def parse(body: bytes, phone_number_id: str) -> tuple[Inbound, ...]:
    """Every event in the body that is for this number."""
    try:
        changes = [change for entry in json.loads(body)["entry"] for change in entry["changes"]]
        return tuple(inbound for change in changes for inbound in _change(change, phone_number_id))
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    except KeyError as error:
        raise Malformed(f"the webhook lacks {error}") from None
    except (TypeError, AttributeError, IndexError, OverflowError) as error:
        raise Malformed(f"the webhook is none: {type(error).__name__}") from None


def _change(change: Fields, phone_number_id: str) -> Iterator[Inbound]:
    field, value = change["field"], change["value"]
    number = value.get("metadata", {}).get("phone_number_id", phone_number_id)
    if field == "messages" and number == phone_number_id:
        contacts = value.get("contacts") or [{}]
        for message in value.get("messages", ()):
            yield _one(lambda message: _message(message, contacts), message)
        for status in value.get("statuses", ()):
            yield _one(_status, status)
    elif field == "user_preferences":
        for preference in value.get("user_preferences", ()):
            yield _one(_preference, preference)
    else:
        yield _one(lambda change: Other(f"{text_id(field)[:40]}:{_digest(_raw(change))}"), change)


def _one(read: Callable[[Fields], Inbound], event: Fields) -> Inbound:
    """One event with its own bytes; one that cannot be read is kept, and the others go on."""
    raw = _raw(event)
    try:
        return replace(read(event), raw=raw)
    except KeyError as error:
        return Broken(f"broken:{_digest(raw)}", f"an event lacks {error}", raw)
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        return Broken(f"broken:{_digest(raw)}", f"an event is none: {type(error).__name__}", raw)


def _raw(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


def _sender(message: Fields, contacts: list[Fields]) -> Address:
    """The writer's number and BSUID; either may be missing, and then stands with the contact."""
    number, user_id = message.get("from"), message.get("from_user_id")
    contact = next((c for c in contacts if number and c.get("wa_id") == number), contacts[0])
    return _address(number or contact.get("wa_id"), user_id or contact.get("user_id"))


def _address(number: object, user_id: object) -> Address:
    return Address(text_id(number) if number else None, text_id(user_id) if user_id else None)


def _message(message: Fields, contacts: list[Fields]) -> Inbound:
    update_id, at_ms = text_id(message["id"]), milliseconds(message["timestamp"])
    sender = _sender(message, contacts)
    kind = message["type"]
    if kind == "system":
        return _system(update_id, sender, message.get("system", {}))
    if kind in {"reaction", "unsupported", "revoke"}:
        return Other(update_id)
    if kind == "interactive" and message["interactive"]["type"] == "list_reply":
        return Tap(update_id, sender, text_id(message["interactive"]["list_reply"]["id"]), at_ms)
    return Word(update_id, sender, _text(kind, message), at_ms)


def _text(kind: str, message: Fields) -> str:
    """What was written or tapped; a picture or a voice is the empty word."""
    text: object = ""
    if kind == "text":
        text = message["text"]["body"]
    elif kind == "button":
        text = message["button"].get("payload") or message["button"]["text"]
    elif kind == "interactive":
        chosen = message["interactive"]
        text = chosen[chosen["type"]].get("id", "")
    if not isinstance(text, str):
        raise TypeError("a text is none")
    return text


def _system(update_id: str, sender: Address, system: Fields) -> Inbound:
    new = _address(system.get("wa_id"), system.get("user_id"))
    if system.get("type") in {"user_changed_number", "user_changed_user_id"} and (new.address or new.user_id):
        return Moved(update_id, sender, new)
    return Other(update_id)


def _status(status: Fields) -> Inbound:
    provider_id, name = text_id(status["id"]), status["status"]
    if name not in STATUSES:
        return Other(f"{provider_id}:{text_id(name)[:16]}")
    tag = status.get("biz_opaque_callback_data")
    pricing = status.get("pricing")
    found = Status(
        update_id=f"{provider_id}:{name}",
        provider_id=provider_id,
        status=STATUSES[name],
        at_ms=milliseconds(status["timestamp"]),
        tag=int(tag) if isinstance(tag, str) and TAG.fullmatch(tag) else None,
        pricing=_pricing(pricing) if isinstance(pricing, dict) else None,
    )
    return _failed(found, status.get("errors") or [{}]) if name == "failed" else found


def _pricing(pricing: Fields) -> Pricing:
    return Pricing(str(pricing.get("category")), str(pricing.get("type")), pricing.get("billable") is True)


def _failed(found: Status, errors: list[Fields]) -> Status:
    code = code_of(errors[0])
    what = meaning(code) or Refused("refused", str(code))
    if isinstance(what, Refused):
        return replace(found, reason=what.reason, code=str(code), effect=what.effect)
    return replace(found, reason=what.reason, code=str(code), again=what)


def _preference(preference: Fields) -> Inbound:
    sender = _address(preference.get("wa_id"), preference.get("user_id"))
    at_ms = milliseconds(preference["timestamp"])
    stopped = preference["value"] == "stop"
    who = sender.user_id or sender.address
    digest = hashlib.sha256(f"{who}:{at_ms // 1000}:{preference['value']}".encode()).hexdigest()[:32]
    return Blocking(f"preference:{digest}", sender, stopped, at_ms, "stopped_marketing")
