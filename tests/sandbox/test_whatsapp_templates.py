"""Templates: what may be one, how it is managed, reviewed, rated and paced, and what is sent of it."""

from typing import Any

import pytest

from sandbox.cloud import DAY_MS, HOUR_MS, NEWS, ask, create, news, send, sent, statuses, told
from sandbox.inside import WABA, hook, inside


def body(text: str, *examples: str, **more: Any) -> dict[str, Any]:
    return {"type": "BODY", "text": text, "example": {"body_text": [list(examples)]}, **more}


GOOD = body("خبر جديد: {{1}} من الوكالة", "عنوان")
BAD: list[tuple[dict[str, Any], int | None]] = [
    ({"name": "Fresh"}, None),
    ({"name": "x" * 513}, None),
    ({"language": "arabic"}, None),
    ({"category": "NEWS"}, None),
    ({"components": []}, None),
    ({"components": [{"type": "FOOTER", "text": "و"}]}, 2388072),
    ({"components": [body("{{1}} من الوكالة اليوم", "x")]}, 2388299),
    ({"components": [body("خبر من الوكالة {{1}}", "x")]}, 2388299),
    ({"components": [body("خبر {{1}} {{2}} من الوكالة اليوم", "x", "y")]}, 2388072),
    ({"components": [body("خبر {{2}} من الوكالة", "x")]}, 2388072),
    ({"components": [body("خبر {{1}} من الوكالة")]}, 2388072),
    ({"components": [body("خبر {{1}} و {{2}} ثم", "x", "y")]}, 2388293),
    ({"components": [body("x" * 1025)]}, 2388040),
    ({"components": [GOOD, {"type": "HEADER", "format": "TEXT", "text": "x" * 61}]}, 2388040),
    ({"components": [GOOD, {"type": "HEADER", "format": "TEXT", "text": "{{1}} و {{2}}"}]}, 2388047),
    ({"components": [GOOD, {"type": "HEADER", "format": "IMAGE"}]}, 2388047),
    ({"components": [GOOD, {"type": "FOOTER", "text": "x" * 61}]}, 2388040),
    ({"components": [GOOD, {"type": "FOOTER", "text": "و {{1}}"}]}, 2388073),
    ({"components": [GOOD, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"}] * 11}]}, None),
    ({"components": [GOOD, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x" * 26}]}]}, 2388040),
    ({"components": [GOOD, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "x", "url": "e.org"}]}]}, None),
    ({"message_send_ttl_seconds": 60}, None),
]


@pytest.mark.parametrize(("about", "subcode"), BAD)
async def test_what_breaks_a_rule_is_not_created_and_says_why(about: dict[str, Any], subcode: int | None) -> None:
    async with inside() as api:
        status, answer = await create(api, **about)
        assert (status, answer["error"]["code"], answer["error"].get("error_subcode")) == (400, 100, subcode)
        assert answer["error"]["error_data"]["details"]
        assert subcode is None or answer["error"]["error_user_msg"]
        assert (await ask(api, "GET", f"{WABA}/message_templates"))[1]["data"] == []


async def test_a_template_waits_for_its_review_and_is_sent_after_it() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        # what is told of an account comes to the app's webhook, not to the number's
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        await api.control("whatsapp/review", {"seconds": 3600})
        _, made = await create(api)
        assert (made["status"], made["category"]) == ("PENDING", "MARKETING")
        assert (await send(api, "template", news("fresh", ("x",))))[1]["error"]["code"] == 132001
        await api.control("clock", {"advance_ms": HOUR_MS + 1000})
        await caught.until(lambda: told(caught, "message_template_status_update"))
        (value,) = told(caught, "message_template_status_update")
        assert (value["event"], value["message_template_id"], value["reason"]) == ("APPROVED", int(made["id"]), "NONE")
        assert (await send(api, "template", news("fresh", ("x",))))[0] == 200
        await api.control("whatsapp/review", {"seconds": 0, "verdict": "REJECTED"})
        await create(api, name="other")
        await caught.until(lambda: len(told(caught, "message_template_status_update")) == 2)
        assert told(caught, "message_template_status_update")[1]["event"] == "REJECTED"


async def test_names_are_unique_locked_after_deletion_and_bounded_in_number() -> None:
    async with inside() as api:
        await api.control("whatsapp/review", {"seconds": 0})
        _, made = await create(api)
        await create(api, language="en")
        assert (await create(api))[1]["error"]["error_subcode"] == 2388024
        await api.control("whatsapp/templates/status", {"template": made["id"], "status": "APPROVED"})
        assert await ask(api, "DELETE", f"{WABA}/message_templates", name="fresh", hsm_id=made["id"]) == (
            200,
            {"success": True},
        )
        assert (await create(api))[1]["error"]["error_subcode"] == 2388023
        await api.control("clock", {"advance_ms": 30 * DAY_MS})
        assert (await create(api))[0] == 200
        assert (await ask(api, "DELETE", f"{WABA}/message_templates", name="none"))[1]["error"]["code"] == 100
        await ask(api, "DELETE", f"{WABA}/message_templates", name="fresh")
        assert (await ask(api, "GET", f"{WABA}/message_templates"))[1]["data"] == []


async def test_an_account_creates_a_hundred_an_hour_and_has_250() -> None:
    async with inside() as api:
        for number in range(250):
            if number and number % 100 == 0:
                assert (await create(api, name="more"))[1]["error"]["code"] == 80007
                await api.control("clock", {"advance_ms": HOUR_MS})
            assert (await create(api, name=f"t{number}"))[0] == 200
        assert (await create(api, name="more"))[1]["error"]["error_subcode"] == 2388019


async def test_templates_are_listed_by_page_and_filter() -> None:
    templates = [{**NEWS, "name": f"n{at}", "status": "PAUSED" if at == 4 else "APPROVED"} for at in range(5)]
    async with inside(templates=templates) as api:
        path = f"{WABA}/message_templates"
        _, first = await ask(api, "GET", path, limit="2", fields="name,status")
        assert [one["name"] for one in first["data"]] == ["n0", "n1"]
        assert set(first["data"][0]) == {"id", "name", "status"}
        _, second = await ask(api, "GET", path, limit="2", after=first["paging"]["cursors"]["after"])
        assert [one["name"] for one in second["data"]] == ["n2", "n3"]
        _, paused = await ask(api, "GET", path, status="PAUSED", summary="total_count")
        assert ([one["name"] for one in paused["data"]], paused["summary"]["total_count"]) == (["n4"], 1)
        _, scored = await ask(api, "GET", path, name="n1", fields="quality_score")
        assert scored["data"][0]["quality_score"]["score"] == "UNKNOWN"


async def test_edits_are_reviewed_again_and_few() -> None:
    async with inside(templates=[NEWS]) as api:
        await api.control("whatsapp/review", {"seconds": 0})
        (found,) = (await ask(api, "GET", f"{WABA}/message_templates"))[1]["data"]
        assert (await ask(api, "POST", found["id"], {"category": "UTILITY"}))[1]["error"]["code"] == 100
        assert (await ask(api, "POST", found["id"], {"components": [GOOD]}))[0] == 200
        assert (await ask(api, "POST", found["id"], {"components": [GOOD]}))[1]["error"]["error_subcode"] == 2388039
        await api.control("whatsapp/templates/status", {"template": "news", "status": "APPROVED"})
        assert (await ask(api, "POST", found["id"], {"components": [GOOD]}))[1]["error"]["error_subcode"] == 2388039
        await api.control("clock", {"advance_ms": DAY_MS})
        assert (await ask(api, "POST", found["id"], {"components": [GOOD]}))[0] == 200


async def test_red_pauses_for_three_hours_then_six_then_for_ever() -> None:
    async with hook() as caught, inside(templates=[NEWS]) as api:
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        for hours in (3, 6):
            await api.control("whatsapp/templates/quality", {"template": "news", "quality": "RED"})
            assert (await send(api, "template", news()))[1]["error"]["code"] == 132015
            await api.control("clock", {"advance_ms": hours * HOUR_MS - 60_000})
            assert (await send(api, "template", news()))[1]["error"]["code"] == 132015
            await api.control("clock", {"advance_ms": 61_000})
            await caught.until(
                lambda: (told(caught, "message_template_status_update") or [{}])[-1].get("event") == "APPROVED"
            )
            assert (await send(api, "template", news()))[0] == 200
            await api.control("whatsapp/templates/quality", {"template": "news", "quality": "GREEN"})
        await api.control("whatsapp/templates/quality", {"template": "news", "quality": "RED"})
        assert (await send(api, "template", news()))[1]["error"]["code"] == 132016
        await caught.until(lambda: told(caught, "message_template_status_update")[-1]["event"] == "DISABLED")
        events = told(caught, "message_template_status_update")
        assert [one["event"] for one in events] == ["PAUSED", "APPROVED", "PAUSED", "APPROVED", "DISABLED"]
        assert events[0]["other_info"]["title"] == "FIRST_PAUSE"
        assert events[-1]["disable_info"]["disable_date"]
        scores = told(caught, "message_template_quality_update")
        assert [one["new_quality_score"] for one in scores] == ["RED", "GREEN", "RED", "GREEN", "RED"]
        assert scores[0]["previous_quality_score"] == "UNKNOWN"


async def test_a_pause_is_ended_by_hand_and_a_category_by_meta() -> None:
    async with hook() as caught, inside(templates=[NEWS]) as api:
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        (found,) = (await ask(api, "GET", f"{WABA}/message_templates"))[1]["data"]
        assert (await ask(api, "POST", f"{found['id']}/unpause"))[1]["error"]["code"] == 100
        await api.control("whatsapp/templates/status", {"template": "news", "status": "PAUSED"})
        assert await ask(api, "POST", f"{found['id']}/unpause") == (200, {"success": True})
        await api.control("whatsapp/templates/category", {"template": "news", "category": "UTILITY"})
        await caught.until(lambda: told(caught, "template_category_update"))
        (value,) = told(caught, "template_category_update")
        assert (value["previous_category"], value["new_category"]) == ("MARKETING", "UTILITY")
        _, about = await ask(api, "GET", found["id"])
        assert (about["status"], about["category"], about["previous_category"]) == ("APPROVED", "UTILITY", "MARKETING")


@pytest.mark.parametrize(("state", "status"), [("release", "sent"), ("drop", "failed")])
async def test_a_new_template_is_held_then_released_or_dropped(state: str, status: str) -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS]) as api:
        await api.control("whatsapp/templates/pacing", {"template": "news", "state": "hold"})
        _, answer = await send(api, "template", news())
        assert answer["messages"][0]["message_status"] == "held_for_quality_assessment"
        assert await api.bubbles("whatsapp") == []
        await api.control("whatsapp/templates/pacing", {"template": "news", "state": state})
        await caught.until(lambda: statuses(caught))
        assert statuses(caught)[0]["status"] == status
        if state == "drop":
            assert statuses(caught)[0]["errors"][0]["code"] == 132015
            assert (await send(api, "template", news()))[1]["error"]["code"] == 132015
        else:
            assert (await send(api, "template", news()))[1]["messages"][0]["message_status"] == "accepted"


RICH = {
    "name": "rich", "language": "ar", "parameter_format": "NAMED",
    "components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "خبر: {{headline}} من {{place}} الآن"},
        {"type": "FOOTER", "text": "الوكالة"},
        {"type": "BUTTONS", "buttons": [
            {"type": "URL", "text": "اقرأ", "url": "https://e.org/d/{{1}}"},
            {"type": "QUICK_REPLY", "text": "إلغاء"},
        ]},
    ],
}  # fmt: skip
IMAGE = {"type": "image", "image": {"link": "https://e.org/a.jpg"}}


def rich(values: dict[str, str], header: Any = IMAGE, url: str = "a/1", index: str = "0") -> dict[str, Any]:
    given = [{"type": "text", "parameter_name": name, "text": value} for name, value in values.items()]
    parts = [
        {"type": "header", "parameters": [header]},
        {"type": "body", "parameters": given},
        {"type": "button", "sub_type": "url", "index": index, "parameters": [{"type": "text", "text": url}]},
    ]
    return {"name": "rich", "language": {"code": "ar"}, "components": parts}


async def test_names_a_picture_a_link_and_an_answer() -> None:
    async with inside(templates=[RICH]) as api:
        await sent(api, "template", rich({"place": "دمشق", "headline": "فتح"}))
        (bubble,) = await api.bubbles("whatsapp")
        assert (bubble["text"], bubble["footer"]) == ("خبر: فتح من دمشق الآن", "الوكالة")
        assert (bubble["media"]["kind"], bubble["media"]["url"]) == ("image", "https://e.org/a.jpg")
        assert bubble["options"] == [
            {"kind": "url", "title": "اقرأ", "url": "https://e.org/d/a/1"},
            {"kind": "quick_reply", "id": "إلغاء", "title": "إلغاء"},
        ]
        both = {"place": "دمشق", "headline": "فتح"}
        for content, code in (
            (rich({"place": "دمشق"}), 132000),
            (rich({"place": "دمشق", "title": "فتح"}), 132000),
            (rich(both, header={"type": "text", "text": "x"}), 132012),
            (rich(both, url=""), 131008),
            (rich(both, index="5"), 132018),
            (rich({**both, "place": "سطر\nآخر"}), 100),
        ):
            assert (await send(api, "template", content))[1]["error"]["code"] == code


async def test_a_token_manages_so_many_times_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("barqia.sandbox.whatsapp.business.accounts.CALLS_AN_HOUR", 3)
    async with inside() as api:
        answers = [await ask(api, "GET", f"{WABA}/message_templates") for _ in range(4)]
        assert [status for status, _ in answers] == [200, 200, 200, 400]
        assert answers[3][1]["error"]["code"] == 80007
        await api.control("clock", {"advance_ms": HOUR_MS})
        assert (await ask(api, "GET", f"{WABA}/message_templates"))[0] == 200
