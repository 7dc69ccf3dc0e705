"""The Cloud API's error codes: whose fault, tried again or not, and what is to be done.

The same codes come as an answer and later as a status, and ask for the same.
"""

import json
from typing import Any

from barqia.delivery.lane import (
    Accepted,
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

SECOND_MS, MINUTE_MS, DAY_MS = 1000, 60_000, 24 * 3600 * 1000

STOPS_LANE = {
    **dict.fromkeys((0, 190), "identity"),
    **dict.fromkeys((3, 10, 131005, 131063, *range(200, 300)), "permission"),
    **dict.fromkeys((368, 131031), "policy"),
    131042: "payment",
    **dict.fromkeys((33, 131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015), "registration"),
}
# of the template, or of how readers took it: this mailing waits for a person, readers' answers go on
PAUSES_MAILING = {
    131048: "spam_limit",
    131064: "template",
    **dict.fromkeys((132000, 132001, 132015, 132016, 132018, 132068, 132069), "template"),
    # every reader gets the same values: what it does not take of one, it takes of nobody
    **dict.fromkeys((132005, 132007, 132012), "template_text"),
    **dict.fromkeys((131055, 134100, 134101, 134102), "template"),
}
PAUSES_LANE_MS = {
    130429: 5 * SECOND_MS,
    4: 5 * MINUTE_MS,
    80007: 5 * MINUTE_MS,
    131057: MINUTE_MS,
    2494100: MINUTE_MS,
    133016: 60 * MINUTE_MS,
}
RECIPIENT_LATER = {
    # 4, 16, 64 … seconds
    131056: Throttled(4 * SECOND_MS, False, "131056", 4),
    # a day, two, four …: longer than most news lives
    131049: Throttled(DAY_MS, False, "131049", 2, "capped"),
}
TRANSIENT = frozenset({1, 2, 131000, 131016, 133004})
# a few times, for the picture may be there later
MEDIA, MEDIA_TRIES = 131053, 4
REFUSED = {
    131026: "undeliverable",
    130472: "experiment",
    131051: "unsupported",
    131021: "own_number",
    131030: "not_in_test_list",
    131037: "display_name",
    137000: "identity_key",
    131062: "user_id_unusable",
    130497: "country",
    130403: "blocked_by_us",
    131052: "media",
    # a request that we wrote wrongly
    **dict.fromkeys((100, 131008, 131009, 135000), "our_fault"),
}
WINDOW_CLOSED, OPTED_OUT = 131047, 131050
# an error without a code we can read
UNREADABLE = -1


def outcome(call: Call, reply: Reply) -> Outcome:
    """An error body means not sent; a success without an id means that nobody can say."""
    body = _object(reply.body)
    if body is None:
        return Throttled(MINUTE_MS, True, "429") if reply.status == 429 else Unclear(f"http_{reply.status}")
    if "error" in body:
        error = body["error"] if isinstance(body["error"], dict) else {}
        code = code_of(error)
        if call.instead and (code == MEDIA or PAUSES_MAILING.get(code, "").startswith("template")):
            return Instead(call.instead, str(code))
        found = meaning(code, template=call.opens)
        return found or _by_status(code, reply.status)
    messages = body.get("messages")
    if reply.status == 200 and isinstance(messages, list) and messages and "id" in messages[0]:
        return Accepted(str(messages[0]["id"]))
    return Unclear(f"http_{reply.status}")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def code_of(error: dict[str, Any]) -> int:
    code = error.get("code")
    return code if isinstance(code, int) else UNREADABLE


def meaning(code: int, *, template: bool = False) -> Throttled | Transient | Refused | None:
    """What a code asks for, None where it is none we know; a `template` needs no open window."""
    if code in PAUSES_LANE_MS:
        return Throttled(PAUSES_LANE_MS[code], True, str(code))
    if code in RECIPIENT_LATER:
        return RECIPIENT_LATER[code]
    if code in TRANSIENT:
        return Transient(str(code))
    if code == MEDIA:
        return Transient(str(code), MEDIA_TRIES, "media")
    if code in STOPS_LANE:
        return Refused(STOPS_LANE[code], str(code), Effect.STOP_LANE)
    if code in PAUSES_MAILING:
        return Refused(PAUSES_MAILING[code], str(code), Effect.PAUSE_MAILING)
    if code == OPTED_OUT:
        return Refused("stopped_marketing", str(code), Effect.OPTED_OUT)
    if code == WINDOW_CLOSED:
        return Refused("window_closed", str(code), Effect.NONE if template else Effect.WINDOW_CLOSED)
    return Refused(REFUSED[code], str(code)) if code in REFUSED else None


def _by_status(code: int, status: int) -> Outcome:
    """Of a code that nobody knows the HTTP status still tells whose fault it is."""
    said = f"{status}:{code}"
    if status == 429:
        return Throttled(MINUTE_MS, True, said)
    if status >= 500:
        return Transient(said)
    if status in {401, 403}:
        return Refused("identity" if status == 401 else "permission", said, Effect.STOP_LANE)
    return Refused("refused", said)
