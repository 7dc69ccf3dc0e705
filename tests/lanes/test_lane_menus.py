"""Menus as each lane can show them, within its limits; and taps as it brings them."""

import json
from typing import Any

import pytest

from barqia.delivery.lane import (
    Accepted,
    Address,
    Call,
    Calls,
    Instead,
    Job,
    LaneConfig,
    LaneKind,
    Other,
    Reply,
    SentPart,
    Tap,
)
from barqia.lanes.telegram import Telegram
from barqia.lanes.whatsapp import WhatsApp
from barqia.rendering import Act, AnswerText, Choice, Menu

T = LaneConfig(1, "t", "telegram", {}, {"token": "1:t"})
W = LaneConfig(2, "w", "whatsapp", {"phone_number_id": "7"}, {"access_token": "a"})
NAME = "عبد الرحمن بن محمد العبد الله الطويل"


def _calls(kind: LaneKind, lane: LaneConfig, menu: Menu, **more: Any) -> tuple[Call, ...]:
    content = AnswerText("اختر <ما> تريد", menu=menu)
    made = kind.render(Job(Act.SEND, content, Address("42"), 640, 9, **more), lane)
    assert isinstance(made, Calls)
    return made.calls


def _body(call: Call) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(call.body)
    return value


def _choices(number: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"0+s:s{n}", f"قسم {n}", chosen=n == 1) for n in range(number))


def test_telegram_shows_an_inline_keyboard_with_marks() -> None:
    (call,) = _calls(Telegram(), T, Menu(_choices(2)))
    rows = _body(call)["reply_markup"]["inline_keyboard"]
    assert rows == [
        [{"text": "قسم 0", "callback_data": "0+s:s0"}],
        [{"text": "✓ قسم 1", "callback_data": "0+s:s1"}],
    ]
    assert _body(call)["text"] == "اختر &lt;ما&gt; تريد"
    assert len(_body(_calls(Telegram(), T, Menu(_choices(120)))[0])["reply_markup"]["inline_keyboard"]) == 100


def _error(description: str) -> Reply:
    return Reply(400, {}, json.dumps({"ok": False, "error_code": 400, "description": description}).encode())


def test_a_tap_that_is_too_old_to_be_answered_still_draws_the_menu() -> None:
    answered, drawn = _calls(Telegram(), T, Menu(_choices(2), tap="q1", message="77", said="س" * 300))
    assert len(_body(answered)["text"]) == 200
    assert "parse_mode" not in _body(answered)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert isinstance(Telegram().outcome(answered, _error(too_old)), Accepted)
    (left,) = _calls(Telegram(), T, Menu(_choices(2), tap="q1", message="77"), done=(SentPart(0, "", 1),))
    assert left.part == drawn.part == 1


@pytest.mark.parametrize("said", ["message to edit not found", "message can't be edited"])
def test_a_menu_that_cannot_be_drawn_anew_is_sent_anew(said: str) -> None:
    _answered, drawn = _calls(Telegram(), T, Menu(_choices(2), tap="q1", message="77"))
    instead = Telegram().outcome(drawn, _error(f"Bad Request: {said}"))
    assert isinstance(instead, Instead)
    assert (instead.call.op, instead.call.url.rsplit("/", 1)[1]) == ("send", "sendMessage")
    _answered, new = _calls(Telegram(), T, Menu(_choices(2), tap="q1"))
    assert new.op == "send"


def test_whatsapp_shows_a_list_and_turns_its_pages() -> None:
    (call,) = _calls(WhatsApp(), W, Menu(_choices(10)))
    interactive = _body(call)["interactive"]
    assert interactive["type"] == "list"
    rows = interactive["action"]["sections"][0]["rows"]
    assert (len(rows), rows[1]["title"]) == (10, "✓ قسم 1")
    pages = []
    start = 0
    for _page in range(3):
        (call,) = _calls(WhatsApp(), W, Menu(_choices(22), start))
        rows = _body(call)["interactive"]["action"]["sections"][0]["rows"]
        assert len(rows) <= 10
        pages += [row["id"] for row in rows if not row["id"].startswith("more:")]
        start = int(next((row["id"].removeprefix("more:") for row in rows if row["id"].startswith("more:")), 0))
    assert pages == [choice.id for choice in _choices(22)]


def test_a_long_name_stands_whole_under_its_title_on_whatsapp() -> None:
    (call,) = _calls(WhatsApp(), W, Menu((Choice("0-p:0", NAME, chosen=True),)))
    (row,) = _body(call)["interactive"]["action"]["sections"][0]["rows"]
    assert len(row["title"]) == 24
    assert row["description"] == NAME


def _telegram_query(**message: Any) -> bytes:
    query = {"id": "q1", "from": {"id": 42}, "chat_instance": "1", "data": "0+s:s1", "message": message}
    return json.dumps({"update_id": 5, "callback_query": query}).encode()


def test_taps_are_taken_apart() -> None:
    chat = {"id": 42, "type": "private"}
    (tap,) = Telegram().parse(T, _telegram_query(message_id=77, date=9, chat=chat))
    assert tap == Tap("5", Address("42"), "0+s:s1", None, "q1", "77")
    (gone,) = Telegram().parse(T, _telegram_query(message_id=77, date=0, chat=chat))
    assert isinstance(gone, Tap)
    assert gone.message == ""
    inline = json.dumps({"update_id": 6, "callback_query": {"id": "q", "from": {"id": 1}, "inline_message_id": "x"}})
    assert isinstance(Telegram().parse(T, inline.encode())[0], Other)
