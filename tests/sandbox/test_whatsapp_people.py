"""People: where they live, what they allow, how they change, and how messages to them end."""

import asyncio
from typing import Any

import pytest

from sandbox.cloud import DAY_MS, LEILA_DIGITS, NEWS, UTILITY, heard, news, send, sent, statuses, told
from sandbox.inside import NUMBER, WABA, Inside, hook, inside


async def person(api: Inside, **about: Any) -> None:
    await api.control("whatsapp/phones/1", about)


@pytest.mark.parametrize(
    ("number", "content", "ends"),
    [
        ("963944000999", news(), 131026),
        ("989120000001", news("confirm"), 131026),
        ("5350000001", news(), 131026),
        ("850191000001", news(), 131026),
        ("12125550001", news(), 131049),
        ("12125550001", news("confirm"), 0),
        ("201000000001", news(), 0),
    ],
)
async def test_countries_without_the_service_or_without_marketing(number: str, content: Any, ends: int) -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS, UTILITY]) as api:
        await api.control("phones", {"name": "بعيد", "number": number})
        await sent(api, "template", content, to=f"+{number}")
        await caught.until(lambda: statuses(caught))
        (first, *_) = statuses(caught)
        assert first.get("errors", [{"code": 0}])[0]["code"] == ends
        assert first["status"] == ("failed" if ends else "sent")


async def test_who_is_not_on_whatsapp_and_whom_a_switch_fails() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await sent(api, "text", {"body": "x"}, to="+967799999999")
        await person(api, joined=False)
        await sent(api, "text", {"body": "x"})
        await person(api, joined=True, fails=130472)
        await sent(api, "text", {"body": "x"})
        await person(api, fails=0)
        await sent(api, "text", {"body": "x"})
        await caught.until(lambda: len(statuses(caught)) == 5)
        codes = [row["errors"][0]["code"] if "errors" in row else row["status"] for row in statuses(caught)]
        assert codes == [131026, 131026, 130472, "sent", "delivered"]
        error = statuses(caught)[2]["errors"][0]
        assert set(error) == {"code", "title", "message", "error_data", "href"}


async def test_the_switch_against_marketing_and_what_it_leaves() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS, UTILITY]) as api:
        await api.control("phones/1/block", {"app": "whatsapp", "to": NUMBER})
        await sent(api, "template", news())
        await sent(api, "template", news("confirm"))
        await api.control("phones/1/block", {"app": "whatsapp", "to": NUMBER, "blocked": False})
        await sent(api, "template", news())
        await caught.until(lambda: len(statuses(caught)) == 5)
        ends = [row["errors"][0]["code"] if "errors" in row else row["status"] for row in statuses(caught)]
        assert sorted(map(str, ends)) == ["131050", "delivered", "delivered", "sent", "sent"]
        stop, resume = (value["user_preferences"][0] for value in told(caught, "user_preferences"))
        assert (stop["value"], stop["wa_id"], stop["category"]) == ("stop", LEILA_DIGITS, "marketing_messages")
        assert isinstance(stop["timestamp"], int)
        assert resume["value"] == "resume"


async def test_who_blocks_the_number_gets_nothing_and_it_sees_sent() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await person(api, blocks=[NUMBER])
        await sent(api, "text", {"body": "x"})
        await caught.until(lambda: statuses(caught))
        await asyncio.sleep(0.3)
        assert [row["status"] for row in statuses(caught)] == ["sent"]
        assert await api.bubbles("whatsapp") == []


async def test_a_phone_that_is_off_gets_its_messages_later_if_they_still_live() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS]) as api:
        await person(api, on=False)
        await sent(api, "template", news())
        await api.control("clock", {"advance_ms": 20 * DAY_MS})
        second = await sent(api, "template", news())
        await api.control("clock", {"advance_ms": 11 * DAY_MS})
        await caught.until(lambda: len(statuses(caught)) == 2)
        assert await api.bubbles("whatsapp") == []
        await person(api, on=True)
        await caught.until(lambda: len(statuses(caught)) == 3)
        await asyncio.sleep(0.2)
        assert [(row["status"], row["id"]) for row in statuses(caught)][2:] == [("delivered", second)]
        assert [bubble["id"] for bubble in await api.bubbles("whatsapp")] == [second]


async def test_a_template_lives_as_long_as_it_says() -> None:
    short = {**UTILITY, "components": [{"type": "BODY", "text": "رمزك هو {{1}} و {{2}} الآن"}]}
    async with hook() as caught, inside(webhook_url=caught.url, templates=[short]) as api:
        made = await api.control("whatsapp/review", {"seconds": 0})
        assert made["seconds"] == 0
        payload = {"name": "brief", "language": "ar", "category": "UTILITY", "message_send_ttl_seconds": 60}
        payload["components"] = [{"type": "BODY", "text": "تمّ تأكيد اشتراكك"}]
        assert (await api.graph(payload, f"{WABA}/message_templates"))[0] == 200
        await api.control("whatsapp/templates/status", {"template": "brief", "status": "APPROVED"})
        await person(api, on=False)
        await sent(api, "template", {"name": "brief", "language": {"code": "ar"}})
        await api.control("clock", {"advance_ms": 61_000})
        await person(api, on=True)
        await asyncio.sleep(0.2)
        assert await api.bubbles("whatsapp") == []


async def test_receipts_are_hidden_and_voices_are_played() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        voice = await sent(api, "audio", {"link": "https://e.org/a.ogg"})
        await person(api, receipts=False)
        await caught.until(lambda: len(statuses(caught)) == 2)
        await api.control("phones/1/read", {"app": "whatsapp", "to": NUMBER})
        await person(api, receipts=True)
        await api.control("whatsapp/phones/1/play", {"to": NUMBER, "message": voice})
        await caught.until(lambda: len(statuses(caught)) == 3)
        assert [row["status"] for row in statuses(caught)] == ["sent", "delivered", "played"]


async def test_who_hides_the_number_is_known_by_the_user_id_alone() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS]) as api:
        await person(api, hidden=True, username="leila")
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "اشتراك"})
        user = "YE.0000000000001"
        _, answer = await send(api, "text", {"body": "أهلا"}, to="", recipient=user)
        assert answer["contacts"] == [{"input": user, "user_id": user}]
        await caught.until(lambda: len(statuses(caught)) == 2)
        (message,) = heard(caught)
        assert "from" not in message
        assert message["from_user_id"] == user
        contact = {"profile": {"name": "ليلى", "username": "leila"}, "user_id": user}
        assert told(caught)[0]["contacts"] == [contact]
        assert all("recipient_id" not in row and row["recipient_user_id"] == user for row in statuses(caught))
        await api.control("phones/1/block", {"app": "whatsapp", "to": NUMBER})
        await caught.until(lambda: told(caught, "user_preferences"))
        assert "wa_id" not in told(caught, "user_preferences")[0]["user_preferences"][0]
        # the number wins where both are given, and the business that used it is told it
        await send(api, "text", {"body": "أهلا"}, recipient=user)
        await caught.until(lambda: len(statuses(caught)) == 4)
        assert statuses(caught)[-1]["recipient_id"] == LEILA_DIGITS


async def test_a_code_goes_to_no_user_id() -> None:
    code = {**NEWS, "name": "code", "category": "AUTHENTICATION"}
    async with inside(templates=[code]) as api:
        _, answer = await send(api, "template", news("code"), to="", recipient="YE.0000000000001")
        assert answer["error"]["code"] == 131062


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_new_number_is_told_with_the_old_one_and_the_user_id_changes(hidden: bool) -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "اشتراك"})
        await person(api, hidden=hidden)
        now = await api.control("whatsapp/phones/1/number", {"number": "+967711111111"})
        await caught.until(lambda: told(caught, "user_id_update"))
        _, moved = heard(caught)
        (update,) = told(caught, "user_id_update")[0]["user_id_update"]
        assert update["user_id"] == {"previous": "YE.0000000000001", "current": now["user_id"]}
        assert moved["system"]["user_id"] == now["user_id"]
        if hidden:
            assert moved["system"]["type"] == "user_changed_user_id"
            assert {"from", "wa_id"}.isdisjoint({*moved, *moved["system"], *update})
        else:
            assert (moved["system"]["type"], moved["from"]) == ("user_changed_number", LEILA_DIGITS)
            assert moved["system"]["wa_id"] == update["wa_id"] == "967711111111"
        status, _ = await send(api, "text", {"body": "x"}, to="+967711111111")
        assert status == 200


async def test_the_business_blocks_a_person() -> None:
    async with inside() as api:
        user = {"messaging_product": "whatsapp", "block_users": [{"user": LEILA_DIGITS}]}
        _, answer = await api.graph(user, f"{NUMBER}/block_users")
        assert answer["block_users"]["added_users"] == [{"input": LEILA_DIGITS, "wa_id": LEILA_DIGITS}]
        assert (await send(api, "text", {"body": "x"}))[1]["error"]["code"] == 130403


@pytest.mark.parametrize("odd", [{"fails": 1234567}, {"fails": "many"}, {"blocks": 5}, [], "x"])
async def test_odd_switches_are_refused(odd: Any) -> None:
    async with inside() as api, api.client.post("/sandbox/whatsapp/phones/1", json=odd) as answer:
        assert answer.status == 400
