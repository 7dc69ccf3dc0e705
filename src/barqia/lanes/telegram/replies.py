"""What the Bot API's answers mean. Errors are matched by status and description, as the server writes them."""

import json
import re
from typing import Any

from barqia.delivery.lane import (
    Accepted,
    Address,
    Call,
    Effect,
    Instead,
    Outcome,
    Refused,
    Reply,
    Throttled,
    Transient,
    Unclear,
)

SECOND_MS = 1000
RETRY_AFTER = re.compile("retry after ([0-9]{1,9})")
SECONDS = re.compile("[0-9]{1,9}")
# five hours have been seen; a week is a mistake of somebody's
LONGEST_S = 7 * 24 * 3600
ADMINISTRATORS = frozenset({"creator", "administrator"})
# description (lower case, after "Forbidden: " or "Bad Request: ") -> reason
BLOCKED = {
    "bot was blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "bot can't initiate conversation": "never_started",
    "bot can't send messages to the bot": "a_bot",
}
# some of the data centres' own words come through as they are, in capitals
NO_ACCESS = (
    "bot was kicked",
    "bot is not a member",
    "the group chat was deleted",
    "have no write access",
    "need administrator rights",
    "not enough rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "chat_send_plain_forbidden",
    "channel_private",
    "topic_closed",
    "topic_deleted",
)
NO_SUCH_CHAT = ("chat not found", "group chat was upgraded", "peer_id_invalid")
OUR_FAULT = (
    "can't parse",
    "object expected",
    "too many parameters",
    "is too long",
    "text is empty",
    "must be non-empty",
    "chat_id is empty",
    "must be encoded in utf-8",
    "unsupported parse_mode",
    "entities_too_long",
    "identifier is not specified",
    "identifiers are not specified",
    "message identifiers specified",
    "message to be replied not found",
    "message to reply not found",
    "there is no text in the message to edit",
    "there is no photo in the request",
    "media not found",
    "no messages to send",
    "as an album",
    "reply markup",
    "inline keyboard",
    "inline_keyboard",
    "button_data_invalid",
    "can't be used in sendmediagroup",
    "can't be mixed with other media types",
    "show_caption_above_media",
)
MEDIA = (
    "wrong file",
    "wrong type of the web page content",
    "wrong http url specified",
    "http url content",
    "can't upload file by url",
    "file is too big",
    "photo_invalid_dimensions",
    "photo_ext_invalid",
    "image_process_failed",
)
FIXED = ("message can't be edited", "message can't be deleted")
# refused as asked; what does the same otherwise is tried
OTHERWISE = (
    "can't be deleted",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
    "not enough rights to send photos",
)
GONE = ("message to edit not found", "message to delete not found")


def outcome(call: Call, reply: Reply) -> Outcome:
    body = _object(reply.body)
    if body is None or "ok" not in body:
        return _no_answer(reply)
    if body["ok"] is True:
        member = body.get("result")
        if isinstance(member, dict) and "user" in member and member.get("status") not in ADMINISTRATORS:
            return Refused("no_administrator", "getChatMember")
        media = _photo_id(member) if call.shows else ""
        return Accepted(_message_id(member) or call.provider_id, delivered=True, media=media)
    return _error(call, reply.status, str(body.get("description", "")), body)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _photo_id(result: object) -> str:
    """The file id of the largest size, which names the photo."""
    sizes = result.get("photo") if isinstance(result, dict) else None
    largest = sizes[-1] if isinstance(sizes, list) and sizes else None
    return str(largest.get("file_id") or "") if isinstance(largest, dict) else ""


def _message_id(result: object) -> str | None:
    found = result.get("message_id") if isinstance(result, dict) else None
    return str(found) if found is not None else None


def _no_answer(reply: Reply) -> Outcome:
    """Not the API's own words: a proxy's page. Only where it says that nothing was asked is that sure."""
    if reply.status == 429:
        return Throttled(_seconds(reply.headers.get("retry-after")) * SECOND_MS, True, "429")
    if reply.status in {401, 404}:
        return Refused("identity", str(reply.status), Effect.STOP_LANE)
    return Unclear(f"http_{reply.status}")


def _seconds(value: object) -> int:
    """At least one: a provider that names no time is not asked again in the same breath."""
    asked = int(value) if isinstance(value, int) or (isinstance(value, str) and SECONDS.fullmatch(value)) else 1
    return min(max(1, asked), LONGEST_S)


def _error(call: Call, status: int, description: str, body: dict[str, Any]) -> Outcome:
    parameters = body.get("parameters") or {}
    said = description.lower()
    code = description[:80]
    if status == 429:
        found = RETRY_AFTER.search(said)
        return Throttled(_seconds(parameters.get("retry_after") or (found and found[1])) * SECOND_MS, True, "429")
    if status in {401, 404} or "logged out" in said:
        return Refused("identity", code, Effect.STOP_LANE)
    if status >= 500:
        # the server gave up on the call, perhaps after it had passed it on: only what may be repeated goes again
        return Transient(code) if call.in_place else Unclear(code)
    if other := _otherwise(call, said):
        return Instead(other, code)
    for words, reason in BLOCKED.items():
        if words in said:
            return Refused(reason, code, Effect.BLOCKED)
    if any(words in said for words in NO_ACCESS):
        return Refused("no_access", code, Effect.BLOCKED)
    if isinstance(parameters.get("migrate_to_chat_id"), int):
        return Throttled(0, False, code, moved_to=Address(str(parameters["migrate_to_chat_id"])))
    if any(words in said for words in NO_SUCH_CHAT):
        return Refused("no_such_chat", code, Effect.BLOCKED)
    return _about_message(call, said, code)


def _otherwise(call: Call, said: str) -> Call | None:
    """What does the same where this is refused so. Naming a picture otherwise helps only where that is the trouble."""
    other = call.instead
    if any(words in said for words in MEDIA):
        return other
    if not any(words in said for words in OTHERWISE):
        return None
    while other and other.shows and other.instead:
        other = other.instead
    return other


def _about_message(call: Call, said: str, code: str) -> Outcome:
    if "message is not modified" in said or call.aside:
        # a tap that is too old to be answered waits for nothing any more
        return Accepted(call.provider_id, delivered=True)
    if (
        call.instead
        and call.instead.op == "send"
        and any(words in said for words in (*GONE, "message can't be edited"))
    ):
        return Instead(call.instead, code)
    if any(words in said for words in GONE):
        return Accepted(call.provider_id, delivered=True) if call.missing_is_done else Refused("message_gone", code)
    for reason, all_words in (("media", MEDIA), ("not_editable", FIXED), ("our_fault", OUR_FAULT)):
        if any(words in said for words in all_words):
            return Refused(reason, code)
    return Refused("refused", code)
