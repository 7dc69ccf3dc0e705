"""WhatsApp: whole inside the window, a template outside, quoting what it follows; what errors mean."""

import json
from dataclasses import replace
from typing import Any

import pytest

from barqia.delivery.lane import (
    Accepted,
    Address,
    Broken,
    Call,
    Calls,
    Effect,
    Instead,
    Job,
    LaneConfig,
    Outcome,
    Refused,
    Reply,
    SentPart,
    Skip,
    Status,
    Throttled,
    Transient,
    Unclear,
    Word,
)
from barqia.lanes.whatsapp import WhatsApp
from barqia.lanes.whatsapp.errors import RECIPIENT_LATER
from barqia.rendering import Act, AnswerText, ContactCard, Picture, Story

KIND = WhatsApp()
SECRETS = {"access_token": "a", "app_secret": "s", "verify_token": "v"}
NUMBER = {"phone_number_id": "100"}
LANE = LaneConfig(1, "w", "whatsapp", NUMBER, SECRETS)
WITH_TEMPLATE = LaneConfig(1, "w", "whatsapp", {**NUMBER, "template": "news"}, SECRETS)
HOUR_MS = 3600 * 1000
NOW = 1000 * HOUR_MS
STORY = Story("عنوان", "دمشق", ("نص *مهم*",), "", 3, "ar", "https://x/d/1", "و", note="سبب")


def job(act: Act = Act.SEND, **more: Any) -> Job:
    return Job(
        **{
            "act": act,
            "content": STORY,
            "to": Address("963900000001"),
            "tag": 640,
            "now_ms": NOW,
            "last_inbound_ms": NOW - HOUR_MS,
            **more,
        }
    )


def bodies(one: Job, lane: LaneConfig = LANE) -> list[dict[str, Any]]:
    made = KIND.render(one, lane)
    assert isinstance(made, Calls)
    return [json.loads(call.body) for call in made.calls]


def test_inside_the_window_the_text_goes_whole() -> None:
    (body,) = bodies(job())
    assert body["to"] == "+963900000001"
    assert body["biz_opaque_callback_data"] == "640"
    assert body["text"]["body"].startswith("*عنوان*\n\n*دمشق* — نص *\u200bمهم*\u200b")


def test_outside_the_window_a_template_or_nothing() -> None:
    late = job(last_inbound_ms=NOW - 25 * HOUR_MS)
    assert KIND.render(late, LANE) == Skip("window_closed")
    (body,) = bodies(late, WITH_TEMPLATE)
    values = [p["text"] for p in body["template"]["components"][0]["parameters"]]
    assert values == ["عنوان", "https://x/d/1"]


@pytest.mark.parametrize(("start", "page"), [("https://x/", "d/1"), ("https://moved.example/", "d/1")])
def test_a_templates_button_takes_the_link_and_its_body_the_headline_alone(start: str, page: str) -> None:
    lane = replace(WITH_TEMPLATE, settings={**WITH_TEMPLATE.settings, "template_url": start})
    (body,) = bodies(job(last_inbound_ms=NOW - 25 * HOUR_MS), lane)
    text, button = body["template"]["components"]
    assert [p["text"] for p in text["parameters"]] == ["عنوان"]
    assert (button["sub_type"], button["index"], button["parameters"]) == ("url", "0", [{"type": "text", "text": page}])


def test_a_picture_outside_the_window_goes_in_a_template_that_has_room_for_one_or_without() -> None:
    lane = replace(WITH_TEMPLATE, settings={**WITH_TEMPLATE.settings, "template_picture": "news_picture"})
    late = job(last_inbound_ms=NOW - 25 * HOUR_MS)
    (body,) = bodies(late, lane)
    assert body["template"]["name"] == "news", "without a picture"
    assert isinstance(late.content, Story)
    shown = replace(late, content=replace(late.content, picture=Picture("abc", "https://x/abc.jpg")))
    (body,) = bodies(shown, lane)
    header, text = body["template"]["components"]
    assert body["template"]["name"] == "news_picture"
    assert header == {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x/abc.jpg"}}]}
    assert text["parameters"][0]["text"] == "عنوان"
    (body,) = bodies(shown, replace(lane, media={"abc": "900"}))
    assert body["template"]["components"][0]["parameters"][0]["image"] == {"id": "900"}
    made = KIND.render(shown, lane)
    assert isinstance(made, Calls)
    (call,) = made.calls
    for code in (132001, 132012, 132015, 131053):
        outcome = KIND.outcome(call, _error(code, 400))
        assert isinstance(outcome, Instead), code
        assert json.loads(outcome.call.body)["template"]["name"] == "news"
    assert KIND.outcome(call, _error(131049)) == RECIPIENT_LATER[131049]


@pytest.mark.parametrize(("act", "word"), [(Act.CORRECT, "تصويب"), (Act.KILL, "إلغاء برقية")])
def test_what_follows_quotes_the_first(act: Act, word: str) -> None:
    (body,) = bodies(job(act, earlier=(SentPart(0, "wamid.1", NOW),)))
    assert body["context"] == {"message_id": "wamid.1"}
    assert word in body["text"]["body"]


def test_an_answer_has_buttons_and_then_the_card() -> None:
    content = AnswerText("تمّ", ("إلغاء", "مساعدة"), ContactCard("وكالة", "+963944000111", "https://x"))
    text, card = bodies(job(content=content))
    assert [b["reply"]["title"] for b in text["interactive"]["action"]["buttons"]] == ["إلغاء", "مساعدة"]
    assert card["contacts"][0]["phones"][0]["phone"] == "+963944000111"
    assert card["biz_opaque_callback_data"] == "641"


def _error(code: int, status: int = 400) -> Reply:
    return Reply(status, {}, json.dumps({"error": {"code": code, "message": "x"}}).encode())


OUTCOMES: list[tuple[Reply, Outcome]] = [
    (Reply(200, {}, b'{"messages":[{"id":"wamid.9"}]}'), Accepted("wamid.9")),
    (_error(190, 401), Refused("identity", "190", Effect.STOP_LANE)),
    (_error(130429), Throttled(5000, True, "130429")),
    (_error(131056), Throttled(4000, False, "131056", growth=4)),
    (_error(131050), Refused("stopped_marketing", "131050", Effect.OPTED_OUT)),
    (_error(131047), Refused("window_closed", "131047", Effect.WINDOW_CLOSED)),
    (_error(131016, 500), Transient("131016")),
    (_error(132001, 404), Refused("template", "132001", Effect.PAUSE_MAILING)),
    (_error(132005), Refused("template_text", "132005", Effect.PAUSE_MAILING)),
    (_error(131048), Refused("spam_limit", "131048", Effect.PAUSE_MAILING)),
    (_error(999999, 503), Transient("503:999999")),
    (Reply(503, {}, b'{"error":{"message":"Service temporarily unavailable"}}'), Transient("503:-1")),
    (Reply(200, {}, b"{}"), Unclear("http_200")),
    (Reply(502, {}, b"<html>"), Unclear("http_502")),
]


@pytest.mark.parametrize(("reply", "outcome"), OUTCOMES)
def test_what_an_answer_means(reply: Reply, outcome: Outcome) -> None:
    assert KIND.outcome(Call(0, "send", "POST", "https://x", {}, b""), reply) == outcome


def test_a_status_brings_its_attempt_back() -> None:
    status = {
        "id": "wamid.1",
        "status": "failed",
        "timestamp": "7",
        "biz_opaque_callback_data": "641",
        "errors": [{"code": 131026}],
    }
    value = {"metadata": {"phone_number_id": "100"}, "statuses": [status]}
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    (found,) = KIND.parse(LANE, body)
    assert found == Status("wamid.1:failed", "wamid.1", "failed", 7000, 641, "undeliverable", "131026")


def _messages(*messages: object) -> bytes:
    value = {"metadata": {"phone_number_id": "100"}, "contacts": [{"wa_id": "9"}], "messages": list(messages)}
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()


def test_one_event_that_cannot_be_read_does_not_hide_the_next() -> None:
    word = {"from": "9", "id": "b", "timestamp": "1", "type": "text", "text": {"body": "إلغاء"}}
    broken, found = KIND.parse(LANE, _messages({"id": "a"}, word))
    assert isinstance(broken, Broken)
    assert (found, json.loads(found.raw)) == (Word("b", Address("9"), "إلغاء", 1000), word)


def test_a_form_that_was_filled_in_is_an_empty_word() -> None:
    form = {"type": "nfm_reply", "nfm_reply": {"body": "x"}}
    filled = {"from": "9", "id": "a", "timestamp": "1", "type": "interactive", "interactive": form}
    assert KIND.parse(LANE, _messages(filled)) == (Word("a", Address("9"), "", 1000),)
