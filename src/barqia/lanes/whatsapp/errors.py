"""The Cloud API's error codes: whose fault, tried again or not, and what is to be done."""

import json
from typing import Any

from barqia.delivery.lane import (
    Accepted,
    Call,
    Effect,
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
    **dict.fromkeys((3, 10, 33, 131005, 131045, 133010, 131063, *range(200, 300)), "permission"),
    **dict.fromkeys((368, 131031), "policy"),
    131042: "payment",
    **dict.fromkeys((133000, 133005, 133006, 133008, 133009, 133015), "registration"),
}
# of the template, or of how readers took it: this mailing waits for a person, readers' answers go on
PAUSES_MAILING = {
    131048: "spam_limit",
    131064: "template",
    **dict.fromkeys((132000, 132001, 132015, 132016, 132018, 132068, 132069), "template"),
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
# (first wait, growth): 4, 16, 64 … seconds; a day, two …
RECIPIENT_LATER_MS = {131056: (4 * SECOND_MS, 4), 131049: (DAY_MS, 2)}
TRANSIENT = frozenset({1, 2, 131000, 131016, 133004, 131053})
REFUSED = {
    131026: "undeliverable",
    **dict.fromkeys((132005, 132007, 132012), "template_text"),
    130472: "experiment",
    131047: "window_closed",
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
OPTED_OUT = 131050


def outcome(_call: Call, reply: Reply) -> Outcome:
    """An error body means not sent; a success without an id means that nobody can say."""
    body = _object(reply.body)
    if body is None:
        return Throttled(MINUTE_MS, True, "429") if reply.status == 429 else Unclear(f"http_{reply.status}")
    if "error" in body:
        error = body["error"] if isinstance(body["error"], dict) else {}
        return _refusal(_code(error), reply.status)
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


def _code(error: dict[str, Any]) -> int:
    code = error.get("code")
    return code if isinstance(code, int) else -1


def _refusal(code: int, status: int) -> Outcome:
    if code in PAUSES_LANE_MS:
        return Throttled(PAUSES_LANE_MS[code], True, str(code))
    if code in RECIPIENT_LATER_MS:
        wait, growth = RECIPIENT_LATER_MS[code]
        return Throttled(wait, False, str(code), growth)
    if code in TRANSIENT:
        return Transient(str(code))
    if code == -1 and status == 429:
        return Throttled(MINUTE_MS, True, "429")
    if status >= 500 and not _known(code):
        return Transient(f"{status}:{code}")
    reason, effect = reason_of(code)
    return Refused(reason, str(code), effect)


def _known(code: int) -> bool:
    return code in STOPS_LANE or code in PAUSES_MAILING or code in REFUSED or code == OPTED_OUT


def reason_of(code: int) -> tuple[str, Effect]:
    """The reason's slug and what it asks for: the same for an answer and for a late status."""
    if code in STOPS_LANE:
        return STOPS_LANE[code], Effect.STOP_LANE
    if code in PAUSES_MAILING:
        return PAUSES_MAILING[code], Effect.PAUSE_MAILING
    if code == OPTED_OUT:
        return "stopped_marketing", Effect.OPTED_OUT
    if code in PAUSES_LANE_MS or code in RECIPIENT_LATER_MS:
        return "throttled", Effect.NONE
    return ("provider_error" if code in TRANSIENT else REFUSED.get(code, "refused")), Effect.NONE
