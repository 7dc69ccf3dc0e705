"""What a business number meets: limits, windows, templates, odd input, webhooks. Driven over HTTP."""

import asyncio
import json
from typing import Any

import pytest
from pywa import WhatsApp as Pywa
from pywa.types import Message, MessageStatus

from sandbox.inside import NUMBER, WABA, Hook, Inside, hook, inside

LEILA = "+967700000001"
TEMPLATES = [
    {"name": name, "language": "ar", "body": "خبر: {{1}}\nالتفاصيل: {{2}}", "status": status}
    for name, status in (
        ("news", "APPROVED"),
        ("old", "DISABLED"),
        ("slow", "PAUSED"),
        ("new", "PENDING"),
        ("bad", "REJECTED"),
    )
]
ODD: list[dict[str, Any]] = [
    {"type": "text", "text": "x"},
    {"type": "text", "text": ["x"]},
    {"type": "template", "template": {"name": "news", "language": "ar"}},
    {"type": "template", "template": {"name": "news", "language": {"code": "ar"}, "components": ["body"]}},
    {"type": "contacts", "contacts": {"name": "x"}},
    {"type": "contacts", "contacts": [5]},
    {"type": "text", "text": {"body": "x"}, "context": "w"},
    {"type": "text", "text": {"body": "x"}, "to": "+" + "9" * 300},
    {"type": "text", "text": {"body": "a\ud800"}},
    {"type": "interactive", "interactive": {"type": "button", "body": "x", "action": {"buttons": [1]}}},
]


@pytest.mark.parametrize("odd", ODD)
async def test_odd_input_is_error_100_and_nothing_is_sent(odd: dict[str, Any]) -> None:
    async with inside(templates=TEMPLATES) as api:
        status, body = await api.graph({"messaging_product": "whatsapp", "to": LEILA, **odd})
        assert (status, body["error"]["code"], body["error"]["type"]) == (400, 100, "OAuthException")
        assert await api.bubbles("whatsapp") == []
        assert [entry["status"] for entry in await api.log()] == [400]


async def test_a_card_is_made_of_strings() -> None:
    async with inside() as api:
        name = {"formatted_name": "وكالة", "first_name": "وكالة"}
        for card in ({"name": {**name, "formatted_name": 5}}, {"name": name, "phones": [{"phone": [1]}]}):
            answer = await api.graph(
                {"messaging_product": "whatsapp", "to": LEILA, "type": "contacts", "contacts": [card]}
            )
            assert answer[1]["error"]["code"] == 131009
        assert await api.bubbles("whatsapp") == []


async def test_a_body_too_large_is_413_in_metas_json() -> None:
    async with inside() as api:
        status, body = await api.graph(b"x" * (5 << 20))
        assert (status, body["error"]["code"]) == (413, 100)
        assert (await api.graph(b"[1]"))[1]["error"]["code"] == 100


def _template(name: str, values: list[Any]) -> dict[str, Any]:
    parameters = [value if isinstance(value, dict) else {"type": "text", "text": value} for value in values]
    content = {"name": name, "language": {"code": "ar"}, "components": [{"type": "body", "parameters": parameters}]}
    return {"messaging_product": "whatsapp", "to": LEILA, "type": "template", "template": content}


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("old", ["a", "b"], 132016),
        ("slow", ["a", "b"], 132015),
        ("new", ["a", "b"], 132001),
        ("bad", ["a", "b"], 132001),
        ("none", ["a", "b"], 132001),
        ("news", ["a"], 132000),
        ("news", ["a", "b", "c"], 132000),
        ("news", ["a", ""], 131008),
        ("news", ["a", 5], 132012),
        ("news", ["a", {"type": "image", "image": {"link": "https://e.org/i.png"}}], 132012),
        ("news", ["a", "ا" * 1024], 132005),
    ],
)
async def test_templates_are_refused_with_metas_codes(name: str, values: list[Any], code: int) -> None:
    async with inside(templates=TEMPLATES) as api:
        assert (await api.graph(_template(name, values)))[1]["error"]["code"] == code
        assert await api.bubbles("whatsapp") == []


async def test_a_value_is_not_expanded_again() -> None:
    async with inside(templates=TEMPLATES) as api:
        assert (await api.graph(_template("news", ["{{2}}", "سرّ"])))[0] == 200
        assert (await api.bubbles("whatsapp"))[0]["text"] == "خبر: {{2}}\nالتفاصيل: سرّ"


async def test_the_account_does_not_send_and_the_token_wants_bearer() -> None:
    async with inside() as api:
        payload = {"messaging_product": "whatsapp", "to": LEILA, "type": "text", "text": {"body": "x"}}
        assert (await api.graph(payload, f"{WABA}/messages"))[1]["error"]["code"] == 100
        for authorization in ("access", "Basic access", "Bearer other"):
            status, body = await api.graph(payload, authorization=authorization)
            assert (status, body["error"]["code"]) == (401, 190)
        assert (await api.graph(payload))[0] == 200


async def test_the_number_and_each_pair_have_a_pace() -> None:
    async with inside() as api:
        await api.add_number(rate=2)
        answers = [(await api.text(LEILA)) for _ in range(3)]
        assert [status for status, _ in answers] == [200, 200, 400]
        assert answers[2][1]["error"]["code"] == 130429
    async with inside(pair_seconds=6) as api:
        answers = [(await api.text(LEILA)) for _ in range(46)]
        assert [status for status, _ in answers] == [200] * 45 + [400], "a burst of 45 is lent"
        assert answers[45][1]["error"]["code"] == 131056
        await api.control("clock", {"advance_ms": 6_000})
        assert [(await api.text(LEILA))[0] for _ in range(2)] == [200, 400]


def _statuses(caught: Hook) -> list[dict[str, Any]]:
    changes = [change for body, _ in caught.caught for change in json.loads(body)["entry"][0]["changes"]]
    return [row for change in changes for row in change["value"].get("statuses", ())]


async def test_outside_the_window_a_text_fails_afterwards_with_131047() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=TEMPLATES) as api:
        await api.control("clock", {"advance_ms": 24 * 3600 * 1000 - 10_000})
        assert (await api.text(LEILA))[0] == 200
        await api.control("clock", {"advance_ms": 11_000})
        assert (await api.text(LEILA))[0] == 200, "accepted, and failed later"
        assert (await api.graph(_template("news", ["a", "b"])))[0] == 200
        await caught.until(lambda: len(_statuses(caught)) == 5)
        failed = [row for row in _statuses(caught) if row["status"] == "failed"]
        assert [row["errors"][0]["code"] for row in failed] == [131047]
        assert len(await api.bubbles("whatsapp")) == 2


async def test_what_an_open_chat_shows_is_read_once_it_is_delivered() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await api.text(LEILA)
        await api.control("phones/1/read", {"app": "whatsapp", "to": NUMBER})
        await caught.until(lambda: len(_statuses(caught)) == 3)
        assert [row["status"] for row in _statuses(caught)] == ["sent", "delivered", "read"]
        await api.text(LEILA)
        await caught.until(lambda: len(_statuses(caught)) == 5)
        await asyncio.sleep(0.2)
        assert [row["status"] for row in _statuses(caught)][3:] == ["sent", "delivered"], "not yet looked at"
        await api.control("phones/1/read", {"app": "whatsapp", "to": NUMBER})
        await caught.until(lambda: len(_statuses(caught)) == 6)
        assert _statuses(caught)[-1]["status"] == "read"


async def _subscribe(api: Inside, url: str) -> tuple[int, dict[str, Any]]:
    return await api.graph({"override_callback_uri": url, "verify_token": "v"}, f"{WABA}/subscribed_apps")


async def test_a_webhook_is_used_after_it_repeated_the_challenge_only() -> None:
    async with hook() as caught, inside() as api:
        caught.echo = False
        status, body = await _subscribe(api, caught.url)
        assert (status, body["error"]["code"]) == (400, 100)
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "اشتراك"})
        await asyncio.sleep(0.2)
        assert caught.caught == []
        caught.echo = True
        assert await _subscribe(api, caught.url) == (200, {"success": True})
        await caught.until(lambda: caught.caught)


async def test_a_webhook_is_tried_again_and_a_number_added_again_keeps_it() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        caught.answers = [500]
        await api.text(LEILA)
        await caught.until(lambda: caught.caught)
        await api.add_number(name="وكالة أخرى")
        await api.control("clock", {"advance_ms": 600})
        await caught.until(lambda: len(_statuses(caught)) >= 3)
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "بعد"})
        await caught.until(lambda: "بعد" in json.dumps([json.loads(b) for b, _ in caught.caught], ensure_ascii=False))


async def test_pywas_webhook_verifies_the_signature_and_reads_every_field() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "اشتراك 😀 من فضلك"})
        payload = {"messaging_product": "whatsapp", "to": LEILA, "type": "text", "text": {"body": "تمّ"}}
        wamid = (await api.graph({**payload, "biz_opaque_callback_data": "d1:r2"}))[1]["messages"][0]["id"]
        await caught.until(lambda: len(_statuses(caught)) == 2)
    bodies = caught.caught
    await asyncio.to_thread(_heard_by_pywa, bodies, wamid)


def _heard_by_pywa(bodies: list[tuple[bytes, dict[str, str]]], wamid: str) -> None:
    client = Pywa(phone_id=NUMBER, token="access", server=None, app_secret="secret", validate_updates=True)
    words, told = [], []
    for body, headers in bodies:
        assert body.isascii(), "Arabic is escaped, so that only the bytes as received verify"
        signature = headers["x-hub-signature-256"]
        assert client.webhook_update_validator(body, signature) is None
        again = json.dumps(json.loads(body), ensure_ascii=False).encode()
        assert client.webhook_update_validator(again, signature) == ("Forbidden", 403)
        for change in json.loads(body)["entry"][0]["changes"]:
            assert "null" not in json.dumps(change)
            # pywa reads one change of a body; Meta may put several into one
            one = {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [change]}]}
            if "messages" in change["value"]:
                words.append(Message.from_update(client=client, update=one))
            else:
                told.append(MessageStatus.from_update(client=client, update=one))
    client.api._session.close()
    (word,) = words
    assert (word.text, word.from_user.wa_id, word.from_user.name) == ("اشتراك 😀 من فضلك", LEILA.lstrip("+"), "ليلى")
    assert word.metadata.phone_number_id == NUMBER
    assert [(s.status.value, s.id, s.tracker, s.from_user.wa_id) for s in told] == [
        (status, wamid, "d1:r2", LEILA.lstrip("+")) for status in ("sent", "delivered")
    ]
