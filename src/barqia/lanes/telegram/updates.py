"""Updates of the Bot API, from a webhook or a poll, as the lane contract's dataclasses."""

import hashlib
import json
import re
from dataclasses import replace
from typing import Any, Literal

from barqia.delivery.lane import (
    Address,
    Blocking,
    Broken,
    Inbound,
    LaneConfig,
    Malformed,
    Moved,
    Other,
    Presence,
    Tap,
    Word,
)
from barqia.lanes.inbound import milliseconds, number_id, text_id
from barqia.lanes.telegram.calls import request

Where = Literal["private", "group", "channel"]
CHATS: dict[str, Where] = {
    "private": "private",
    "group": "group",
    "supergroup": "group",
    "channel": "channel",
}
OUT = frozenset({"kicked", "left"})
COMMAND_TO = re.compile(r"/\w+@(\w+)")
Fields = dict[str, Any]


def parse(lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:
    """One update, or a polling answer's list of them."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("the body is no JSON object")
    if isinstance(value.get("result"), list):
        return tuple(_update(lane, item) for item in value["result"])
    if not _is_number(value.get("update_id")):
        raise Malformed("an update has no number update_id")
    return (_update(lane, value),)


def next_offset(body: bytes) -> int | None:
    result = json.loads(body).get("result") or []
    ids = [item["update_id"] for item in result if isinstance(item, dict) and _is_number(item.get("update_id"))]
    return max(ids) + 1 if ids else None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def _update(lane: LaneConfig, value: Any) -> Inbound:
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    if not isinstance(value, dict) or not _is_number(value.get("update_id")):
        return Broken(f"broken:{hashlib.sha256(raw).hexdigest()[:32]}", "an update has no number update_id", raw)
    update_id = str(value["update_id"])
    try:
        if "message" in value:
            return replace(_message(lane, update_id, value["message"]), raw=raw)
        if "callback_query" in value:
            return replace(_tap(lane, update_id, value["callback_query"]), raw=raw)
        if "my_chat_member" in value:
            return replace(_membership(update_id, value["my_chat_member"]), raw=raw)
    except KeyError as error:
        return Broken(update_id, f"update {update_id} lacks {error}", raw)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        return Broken(update_id, f"update {update_id} is no update: {type(error).__name__}", raw)
    return Other(update_id, raw)


def _where(chat: Fields, where: Where) -> Where:
    """As the chat and its id say: a person's is above zero, a group's and a channel's below. Raises ValueError."""
    if chat and (number_id(chat["id"]) > 0) != (where == "private"):
        raise ValueError("a chat's id is not of its type")
    return where


def _address(chat_id: object) -> Address:
    return Address(str(number_id(chat_id)))


def _message(lane: LaneConfig, update_id: str, message: Fields) -> Inbound:
    """In a private chat the chat is who writes: another `from` is none of Telegram's."""
    chat, who = message["chat"], message.get("from") or {}
    where = _where(chat, CHATS.get(chat["type"], "channel"))
    if "migrate_to_chat_id" in message or "migrate_from_chat_id" in message:
        old = message.get("migrate_from_chat_id", chat["id"])
        new = message.get("migrate_to_chat_id", chat["id"])
        return Moved(update_id, _address(old), _address(new), chat="group") if where == "group" else Other(update_id)
    text = message.get("text", "")
    if not isinstance(text, str):
        raise TypeError("a text is none")
    word = Word(update_id, _address(chat["id"]), text, milliseconds(message["date"]), where)
    if where == "private":
        is_theirs = not who or (not who.get("is_bot") and who["id"] == chat["id"])
        return word if is_theirs else Other(update_id)
    to = COMMAND_TO.match(text)
    for_another = to and to[1].lower() != lane.settings.get("bot_username", "").lstrip("@").lower()
    return Other(update_id) if where == "channel" or for_another else _by_a_member(lane, word, message)


def _by_a_member(lane: LaneConfig, word: Word, message: Fields) -> Inbound:
    """An administrator who hides behind the group writes as the group itself; of others Telegram must be asked."""
    hidden = (message.get("sender_chat") or {}).get("id")
    if hidden is not None:
        return word if hidden == message["chat"]["id"] else Other(word.update_id)
    who = message["from"]
    return Other(word.update_id) if who.get("is_bot") else replace(word, proof=_who_is(lane, message["chat"], who))


def _who_is(lane: LaneConfig, chat: Fields, who: Fields) -> Any:
    return request(lane, "getChatMember", {"chat_id": number_id(chat["id"]), "user_id": number_id(who["id"])})


def _tap(lane: LaneConfig, update_id: str, query: Fields) -> Inbound:
    """A tap on a line of a menu. One on a message that is gone, or too old to be had, draws a new menu."""
    message = query.get("message") or {}
    chat, who = message.get("chat") or {}, query["from"]
    where = _where(chat, CHATS.get(chat.get("type", ""), "channel"))
    if where == "channel" or "data" not in query or (where == "private" and who["id"] != chat["id"]):
        return Other(update_id)
    there = message.get("date", 0) and message.get("message_id")
    return Tap(
        update_id,
        _address(chat["id"]),
        text_id(query["data"]),
        query=text_id(query["id"]),
        message=str(number_id(there)) if there else "",
        chat=where,
        proof=_who_is(lane, chat, who) if where == "group" else None,
    )


def _membership(update_id: str, change: Fields) -> Inbound:
    """A person blocks the bot or takes that back; a group or a channel takes it in or puts it out."""
    chat, now = change["chat"], change["new_chat_member"]
    out, at_ms = now["status"] in OUT, milliseconds(change["date"])
    where = _where(chat, CHATS[chat["type"]])
    if where == "private":
        return Blocking(update_id, _address(chat["id"]), out, at_ms)
    may_write = not out and not (where == "channel" and now.get("can_post_messages") is False)
    name = chat.get("username")
    return Presence(update_id, _address(chat["id"]), where, may_write, f"@{text_id(name)}" if name else "")
