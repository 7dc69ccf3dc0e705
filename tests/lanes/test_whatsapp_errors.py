"""Every error of the Cloud API: what is done about it as an answer, and the same when a status brings it later."""

import json

import pytest

from barqia.delivery.lane import Call, Effect, LaneConfig, Outcome, Refused, Reply, Status, Throttled, Transient
from barqia.lanes.whatsapp import WhatsApp

KIND = WhatsApp()
LANE = LaneConfig(1, "w", "whatsapp", {"phone_number_id": "100"}, {"app_secret": "s"})
TEXT = Call(0, "send", "POST", "https://x", {}, b"")
TEMPLATE = Call(0, "send", "POST", "https://x", {}, b"", opens=True)
SECOND, MINUTE, DAY = 1000, 60_000, 24 * 3600 * 1000
STOPS = "stops the lane"
PAUSES = "pauses the mailing"
SLOWS = "pauses the lane for"
LATER = "this reader later, after"
BACK_OFF = "again, with back-off"
NEVER = "never to this reader"
OPTS_OUT = "opts the reader out"
AS_TEMPLATE = "the window is closed: as a template"

# (code, HTTP status, what is done, and by which measure or with which reason)
TABLE: list[tuple[int, int, str, object]] = [
    (0, 401, STOPS, "identity"),
    (190, 401, STOPS, "identity"),
    *[(code, 403, STOPS, "permission") for code in (10, 200, 230, 299, 131005, 131063)],
    (3, 500, STOPS, "permission"),
    (368, 403, STOPS, "policy"),
    (131031, 403, STOPS, "policy"),
    (131042, 400, STOPS, "payment"),
    *[(code, 400, STOPS, "registration") for code in (33, 131045, 133000, 133005, 133006, 133008, 133009, 133010)],
    (133015, 400, STOPS, "registration"),
    (130429, 400, SLOWS, 5 * SECOND),
    (4, 400, SLOWS, 5 * MINUTE),
    (80007, 400, SLOWS, 5 * MINUTE),
    (131057, 400, SLOWS, MINUTE),
    (2494100, 400, SLOWS, MINUTE),
    (133016, 400, SLOWS, 60 * MINUTE),
    (131048, 400, PAUSES, "spam_limit"),
    *[(code, 400, PAUSES, "template") for code in (131055, 131064, 132000, 132015, 132016, 132018, 132068, 132069)],
    *[(code, 400, PAUSES, "template") for code in (134100, 134101, 134102)],
    (132001, 404, PAUSES, "template"),
    *[(code, 400, PAUSES, "template_text") for code in (132005, 132007, 132012)],
    (131056, 400, LATER, (4 * SECOND, 4, "throttled")),
    (131049, 400, LATER, (DAY, 2, "capped")),
    (131026, 400, NEVER, "undeliverable"),
    (130472, 400, NEVER, "experiment"),
    (131051, 400, NEVER, "unsupported"),
    (131021, 400, NEVER, "own_number"),
    (131030, 400, NEVER, "not_in_test_list"),
    (131037, 400, NEVER, "display_name"),
    (137000, 400, NEVER, "identity_key"),
    (131062, 400, NEVER, "user_id_unusable"),
    (130403, 400, NEVER, "blocked_by_us"),
    (130497, 403, NEVER, "country"),
    (131052, 400, NEVER, "media"),
    *[(code, 400, NEVER, "our_fault") for code in (100, 131008, 131009, 135000)],
    (131050, 400, OPTS_OUT, "stopped_marketing"),
    (131047, 400, AS_TEMPLATE, "window_closed"),
    (131053, 400, BACK_OFF, (4, "media")),
    *[(code, 500, BACK_OFF, (0, "provider_error")) for code in (1, 2, 131000, 131016)],
    (133004, 503, BACK_OFF, (0, "provider_error")),
]
EFFECTS = {
    Effect.STOP_LANE: STOPS,
    Effect.PAUSE_MAILING: PAUSES,
    Effect.OPTED_OUT: OPTS_OUT,
    Effect.WINDOW_CLOSED: AS_TEMPLATE,
    Effect.NONE: NEVER,
}


def _reaction(found: Outcome) -> tuple[str, object]:
    match found:
        case Throttled(whole_lane=True):
            return SLOWS, found.retry_ms
        case Throttled():
            return LATER, (found.retry_ms, found.growth, found.reason)
        case Transient():
            return BACK_OFF, (found.tries, found.reason)
        case Refused():
            return EFFECTS[found.effect], found.reason
    raise AssertionError(found)


def _body(code: int) -> Reply:
    error = {"message": f"(#{code}) x", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Reply(0, {}, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(("code", "status", "reaction", "measure"), TABLE)
def test_as_an_answer(code: int, status: int, reaction: str, measure: object) -> None:
    reply = Reply(status, {}, _body(code).body)
    assert _reaction(KIND.outcome(TEXT, reply)) == (reaction, measure)


@pytest.mark.parametrize(("code", "status", "reaction", "measure"), TABLE)
def test_as_a_status_that_comes_later(code: int, status: int, reaction: str, measure: object) -> None:
    error = {"code": code, "title": "x", "message": "x", "error_data": {"details": "x"}}
    row = {"id": "wamid.1", "status": "failed", "timestamp": "7", "errors": [error]}
    value = {"metadata": {"phone_number_id": "100"}, "statuses": [row]}
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    (found,) = KIND.parse(LANE, body)
    assert isinstance(found, Status)
    assert found.code == str(code)
    assert _reaction(found.again or Refused(found.reason, found.code, found.effect)) == (reaction, measure)


def test_a_template_needs_no_window_and_is_not_tried_as_one_again() -> None:
    assert KIND.outcome(TEMPLATE, Reply(400, {}, _body(131047).body)) == Refused("window_closed", "131047")


@pytest.mark.parametrize("errors", [[], [{"code": "131026"}], [{"code": 999999}], [{}]])
def test_a_failure_of_no_known_code_is_a_failure(errors: list[object]) -> None:
    row = {"id": "wamid.1", "status": "failed", "timestamp": "7", "errors": errors}
    value = {"metadata": {"phone_number_id": "100"}, "statuses": [row]}
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    (found,) = KIND.parse(LANE, body)
    assert isinstance(found, Status)
    assert (found.reason, found.effect, found.again) == ("refused", Effect.NONE, None)
