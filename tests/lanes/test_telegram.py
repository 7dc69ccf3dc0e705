"""Telegram: what goes out for each act, and what its answers mean."""

import json
from html import unescape
from typing import Any

import pytest

from barqia.delivery.lane import (
    Accepted,
    Address,
    Blocking,
    Broken,
    Call,
    Calls,
    Effect,
    Instead,
    Job,
    LaneConfig,
    Malformed,
    Outcome,
    Refused,
    Reply,
    SentPart,
    Skip,
    Throttled,
    Transient,
    Unclear,
    Word,
)
from barqia.lanes.telegram import Telegram
from barqia.rendering import Act, AnswerText, Story

KIND = Telegram()
LANE = LaneConfig(1, "telegram", "telegram", {}, {"token": "1:t", "webhook_secret": "s"})
DAY_MS = 24 * 3600 * 1000
NOW = 30 * DAY_MS


def story(text: str = "نص", **more: Any) -> Story:
    about = {
        "headline": "عنوان <جديد> & قديم",
        "dateline": "دمشق",
        "byline": "",
        "urgency": 3,
        "language": "ar",
        "link": "https://x/d/1",
        "agency": "و",
    }
    return Story(**{**about, "paragraphs": (text,), **more})


def job(act: Act = Act.SEND, **more: Any) -> Job:
    return Job(**{"act": act, "content": story(), "to": Address("42"), "tag": 640, "now_ms": NOW, **more})


def calls(one: Job) -> tuple[Call, ...]:
    made = KIND.render(one, LANE)
    assert isinstance(made, Calls)
    return made.calls


def body(call: Call) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(call.body)
    return value


def test_a_story_is_escaped_html_with_a_bold_headline() -> None:
    (call,) = calls(job())
    assert call.url.endswith("/bot1:t/sendMessage")
    assert body(call)["text"].startswith("<b>عنوان &lt;جديد&gt; &amp; قديم</b>\n\n<b>دمشق</b> — نص")


def test_a_flash_says_so() -> None:
    (call,) = calls(job(content=story(urgency=1)))
    assert body(call)["text"].startswith("<b>عاجل | ")


def test_a_long_story_is_numbered_parts_each_with_its_markup_whole() -> None:
    made = calls(job(content=story("كلمة " * 3000)))
    assert [call.part for call in made] == [0, 1, 2, 3]
    for number, call in enumerate(made, 1):
        text = body(call)["text"]
        assert text.count("<b>") == text.count("</b>")
        assert len(unescape(text.replace("<b>", "").replace("</b>", ""))) <= 4096
        assert f"{number}/4" in text


def test_a_correction_edits_what_is_there_and_deletes_what_is_too_much() -> None:
    earlier = (SentPart(0, "10", NOW - 5), SentPart(1, "11", NOW - 5))
    first, second = calls(job(Act.CORRECT, earlier=earlier))
    assert (first.op, first.provider_id, body(first)["message_id"]) == ("edit", "10", 10)
    assert (second.op, second.provider_id) == ("delete", "11")


def test_a_kill_deletes_within_two_days_and_edits_after() -> None:
    (call,) = calls(job(Act.KILL, earlier=(SentPart(0, "10", NOW - DAY_MS),)))
    assert call.op == "delete"
    late = Reply(
        400, {}, b'{"ok":false,"error_code":400,"description":"Bad Request: message can\'t be deleted for everyone"}'
    )
    instead = KIND.outcome(call, late)
    assert isinstance(instead, Instead)
    assert "إلغاء برقية" in body(instead.call)["text"]
    (call,) = calls(job(Act.KILL, earlier=(SentPart(0, "10", NOW - 3 * DAY_MS),)))
    assert call.op == "edit"


def test_a_takedown_repeats_no_word_of_the_text() -> None:
    (call,) = calls(job(Act.TAKEDOWN, content=story(note="حكم قضائي"), earlier=(SentPart(0, "10", NOW - 3 * DAY_MS),)))
    assert "عنوان" not in body(call)["text"]
    assert "حكم قضائي" in body(call)["text"]


def test_parts_that_are_out_are_not_sent_again() -> None:
    made = calls(job(content=story("كلمة " * 3000), done=(SentPart(0, "10", NOW), SentPart(1, "11", NOW))))
    assert [call.part for call in made] == [2, 3]


def test_an_answer_offers_its_words_to_tap() -> None:
    (call,) = calls(job(content=AnswerText("أهلاً", ("اشتراك", "مساعدة"))))
    assert body(call)["reply_markup"]["keyboard"] == [[{"text": "اشتراك"}, {"text": "مساعدة"}]]


def _error(status: int, description: str, **more: Any) -> Reply:
    return Reply(
        status, {}, json.dumps({"ok": False, "error_code": status, "description": description, **more}).encode()
    )


OUTCOMES: list[tuple[Reply, Outcome]] = [
    (Reply(200, {}, b'{"ok":true,"result":{"message_id":7}}'), Accepted("7", delivered=True)),
    (_error(429, "Too Many Requests: retry after 9", parameters={"retry_after": 9}), Throttled(9000, True, "429")),
    (
        _error(403, "Forbidden: bot was blocked by the user"),
        Refused("blocked", "Forbidden: bot was blocked by the user", Effect.BLOCKED),
    ),
    (_error(401, "Unauthorized"), Refused("identity", "Unauthorized", Effect.STOP_LANE)),
    (_error(500, "Internal Server Error: restart"), Unclear("Internal Server Error: restart")),
    (_error(400, "Bad Request: message is too long"), Refused("our_fault", "Bad Request: message is too long")),
    (Reply(502, {}, b"<html>502 Bad Gateway</html>"), Unclear("http_502")),
]


@pytest.mark.parametrize(("reply", "outcome"), OUTCOMES)
def test_what_an_answer_means(reply: Reply, outcome: Outcome) -> None:
    (call,) = calls(job())
    assert KIND.outcome(call, reply) == outcome


GONE = _error(400, "Bad Request: message to edit not found")


def test_an_edit_may_be_made_again_and_a_missing_message_is_said() -> None:
    (edit,) = calls(job(Act.CORRECT, earlier=(SentPart(0, "10", NOW),)))
    assert KIND.outcome(edit, _error(500, "Internal Server Error: restart")) == Transient(
        "Internal Server Error: restart"
    )
    assert KIND.outcome(edit, GONE) == Refused("message_gone", "Bad Request: message to edit not found")
    (kill,) = calls(job(Act.KILL, earlier=(SentPart(0, "10", NOW - 3 * DAY_MS),)))
    assert KIND.outcome(kill, GONE) == Accepted("10", delivered=True)


def test_a_kill_goes_on_where_it_was_cut_off() -> None:
    left = calls(
        job(Act.KILL, earlier=(SentPart(1, "11", NOW), SentPart(2, "12", NOW)), done=(SentPart(0, "10", NOW),))
    )
    assert [(call.part, call.provider_id) for call in left] == [(1, "11"), (2, "12")]
    assert KIND.render(job(Act.KILL, done=(SentPart(0, "10", NOW),)), LANE) == Skip("nothing_to_do")


def test_updates_are_taken_apart() -> None:
    update = {
        "update_id": 5,
        "message": {"message_id": 1, "date": 9, "chat": {"id": 42, "type": "private"}, "text": "اشتراك"},
    }
    assert KIND.parse(LANE, json.dumps(update).encode()) == (Word("5", Address("42"), "اشتراك", 9000),)
    assert KIND.next_offset(json.dumps({"ok": True, "result": [update]}).encode()) == 6
    member = {"chat": {"id": 42, "type": "private"}, "date": 9, "new_chat_member": {"status": "kicked"}}
    assert KIND.parse(LANE, json.dumps({"update_id": 6, "my_chat_member": member}).encode()) == (
        Blocking("6", Address("42"), True, 9000),
    )


def test_one_update_that_cannot_be_read_does_not_hide_the_next() -> None:
    word = {"message_id": 2, "date": 9, "chat": {"id": 42, "type": "private"}, "text": "إلغاء"}
    body = json.dumps({"ok": True, "result": [{"update_id": 1, "message": {}}, {"update_id": 2, "message": word}]})
    broken, found = KIND.parse(LANE, body.encode())
    assert (type(broken), broken.update_id) == (Broken, "1")
    assert found == Word("2", Address("42"), "إلغاء", 9000)
    assert KIND.next_offset(body.encode()) == 3


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"update_id":"x"}', b"\xff"])
def test_what_is_no_update_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        KIND.parse(LANE, raw)
