"""Updates of the Bot API, from a webhook or a poll, as the lane contract's dataclasses."""

import hashlib
import json
from dataclasses import replace
from typing import Any, Literal

from barqia.delivery.lane import Address, Blocking, Broken, Inbound, Malformed, Other, Tap, Word

CHATS: dict[str, Literal["private", "group", "channel"]] = {
    "private": "private",
    "group": "group",
    "supergroup": "group",
    "channel": "channel",
}
OUT = frozenset({"kicked", "left"})


def parse(body: bytes) -> tuple[Inbound, ...]:
    """One update, or a polling answer's list of them."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("the body is no JSON object")
    if isinstance(value.get("result"), list):
        return tuple(_update(item) for item in value["result"])
    if not isinstance(value.get("update_id"), int):
        raise Malformed("an update has no number update_id")
    return (_update(value),)


def next_offset(body: bytes) -> int | None:
    result = json.loads(body).get("result") or []
    ids = [item["update_id"] for item in result if isinstance(item, dict) and isinstance(item.get("update_id"), int)]
    return max(ids) + 1 if ids else None


def _update(value: Any) -> Inbound:
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    if not isinstance(value, dict) or not isinstance(value.get("update_id"), int):
        return Broken(f"broken:{hashlib.sha256(raw).hexdigest()[:32]}", "an update has no number update_id", raw)
    update_id = str(value["update_id"])
    try:
        if "message" in value:
            return replace(_message(update_id, value["message"]), raw=raw)
        if "callback_query" in value:
            return replace(_tap(update_id, value["callback_query"]), raw=raw)
        if "my_chat_member" in value:
            return replace(_membership(update_id, value["my_chat_member"]), raw=raw)
    except KeyError as error:
        return Broken(update_id, f"update {update_id} lacks {error}", raw)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        return Broken(update_id, f"update {update_id} is no update: {type(error).__name__}", raw)
    return Other(update_id, raw)


def _message(update_id: str, message: dict[str, Any]) -> Inbound:
    chat = message["chat"]
    if message.get("from", {}).get("is_bot") or chat["type"] not in CHATS:
        return Other(update_id)
    text = message.get("text") or ""
    return Word(update_id, Address(str(int(chat["id"]))), str(text), int(message["date"]) * 1000, CHATS[chat["type"]])


def _tap(update_id: str, query: dict[str, Any]) -> Inbound:
    """A tap on a line of a menu. One on a message that is gone, or too old to be had, draws a new menu."""
    message = query.get("message") or {}
    chat = message.get("chat") or {}
    if chat.get("type") not in CHATS or "data" not in query:
        return Other(update_id)
    there = message.get("date", 0) and message.get("message_id")
    return Tap(
        update_id,
        Address(str(int(chat["id"]))),
        str(query["data"]),
        query=str(query["id"]),
        message=str(int(there)) if there else "",
        chat=CHATS[chat["type"]],
        by=str(int(query["from"]["id"])),
    )


def _membership(update_id: str, change: dict[str, Any]) -> Inbound:
    if change["chat"]["type"] != "private":
        return Other(update_id)
    blocked = change["new_chat_member"]["status"] in OUT
    return Blocking(update_id, Address(str(int(change["chat"]["id"]))), blocked, int(change["date"]) * 1000)
