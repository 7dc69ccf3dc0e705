"""The Cloud API's webhooks, verified over the raw bytes and taken apart."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
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
from barqia.lanes.whatsapp import account
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


def parse(body: bytes, settings: Mapping[str, str]) -> tuple[Inbound, ...]:
    """Every event in the body that is for the lane so set."""
    try:
        changes = [(change, entry.get("time")) for entry in json.loads(body)["entry"] for change in entry["changes"]]
        return tuple(inbound for change, at in changes for inbound in _change(change, at, settings))
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    except KeyError as error:
        raise Malformed(f"the webhook lacks {error}") from None
    except (TypeError, AttributeError, IndexError, OverflowError) as error:
        raise Malformed(f"the webhook is none: {type(error).__name__}") from None


def _change(change: Fields, at: object, settings: Mapping[str, str]) -> Iterator[Inbound]:
    field, value = change["field"], change["value"]
    ours = settings["phone_number_id"]
    number = value.get("metadata", {}).get("phone_number_id", ours)
    if field == "messages" and number == ours:
        contacts = value.get("contacts") or [{}]
        for message in value.get("messages", ()):
            yield _one(lambda message: _message(message, contacts), message)
        for status in value.get("statuses", ()):
            yield _one(_status, status)
    elif field == "user_preferences":
        for preference in value.get("user_preferences", ()):
            yield _one(_preference, preference)
    elif field == "user_id_update":
        for update in value.get("user_id_update", ()):
            yield _one(_new_user_id, update)
    else:
        yield _one(lambda change: _of_account(change, at, settings), change)


def _of_account(change: Fields, at: object, settings: Mapping[str, str]) -> Inbound:
    """The same may be said again another day: `at` is when Meta says it."""
    field = text_id(change["field"])[:40]
    update_id = f"{field}:{_digest(_raw([at, change]))}"
    return account.notice(field, change["value"], update_id, settings) or Other(update_id)


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


def _new_user_id(update: Fields) -> Inbound:
    """A person's id changed with the number; a number that is told stays or comes with it."""
    ids = update["user_id"]
    new = _address(update.get("wa_id"), ids["current"])
    return Moved(f"user_id:{_digest(_raw(update))}", _address(None, ids["previous"]), new)


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
