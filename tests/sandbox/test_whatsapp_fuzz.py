"""Requests that no client would make: each is answered as the provider answers, and none shakes the sandbox."""

import json
import random
from typing import Any

from sandbox.cloud import LEILA, NEWS, news
from sandbox.inside import NUMBER, WABA, Inside, inside

ROUNDS = 1_500
TEXT = {"messaging_product": "whatsapp", "to": LEILA, "type": "text", "text": {"body": "x"}}
REPLY = {"type": "reply", "reply": {"id": "a", "title": "نعم"}}
BUTTON = {"type": "button", "body": {"text": "x"}, "action": {"buttons": [REPLY]}}
ROWS = {"button": "x", "sections": [{"title": "x", "rows": [{"id": "1", "title": "x"}]}]}
LIST = {"type": "list", "body": {"text": "x"}, "action": ROWS}
CARD = {"name": {"formatted_name": "x", "first_name": "x"}, "phones": [{"phone": "+1"}]}
BODY = {"type": "BODY", "text": "خبر {{1}} من الوكالة", "example": {"body_text": [["x"]]}}
HEADER = {"type": "HEADER", "format": "TEXT", "text": "x {{1}}", "example": {"header_text": ["x"]}}
URL = {"type": "URL", "text": "x", "url": "https://e.org/{{1}}", "example": ["x"]}
CALLS: list[tuple[str, str, Any]] = [
    ("POST", f"{NUMBER}/messages", {**TEXT, "context": {"message_id": "w"}, "biz_opaque_callback_data": "d"}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "image", "image": {"link": "https://e.org/a.jpg", "caption": "x"}}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "interactive", "interactive": BUTTON}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "interactive", "interactive": LIST}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "contacts", "contacts": [CARD]}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "location", "location": {"latitude": 1, "longitude": 2}}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "reaction", "reaction": {"message_id": "w", "emoji": "x"}}),
    ("POST", f"{NUMBER}/messages", {**TEXT, "type": "template", "template": news()}),
    ("POST", f"{NUMBER}/messages", {"messaging_product": "whatsapp", "status": "read", "message_id": "w"}),
    ("POST", f"{WABA}/message_templates", {
        "name": "x", "language": "ar", "category": "UTILITY", "components": [BODY, HEADER, {"type": "BUTTONS", "buttons": [URL]}],
    }),
    ("GET", f"{WABA}/message_templates?limit=2&after=1&fields=name", {}),
    ("DELETE", f"{WABA}/message_templates?name=x&hsm_id=1", {}),
    ("POST", f"{NUMBER}/whatsapp_business_profile", {"about": "x", "websites": ["https://e.org"]}),
    ("POST", f"{NUMBER}/block_users", {"block_users": [{"user": LEILA}]}),
    ("POST", f"{NUMBER}/register", {"pin": "123456"}),
    ("POST", NUMBER, {"webhook_configuration": {"override_callback_uri": ""}}),
    ("GET", f"{NUMBER}?fields=id,quality_rating", {}),
    ("POST", f"{NUMBER}/media", {"messaging_product": "whatsapp"}),
]  # fmt: skip
ODD: list[Any] = [
    None, True, False, 0, -1, 2**70, 1e308, "", " ", "x" * 5_000, "\u202e", "{{1}}", "٣", "+", [], {}, [[]], [None], {"": {}},
    ["x"] * 50, {"type": "text"}, "null", "wamid.", "../..", "0" * 30, {"id": {"id": []}}, "ا" * 1_025, "\x00",
]  # fmt: skip


def mutated(value: Any, dice: random.Random) -> Any:
    """The same shape with one place in it another: taken away, doubled, or of another kind."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        key = dice.choice(list(value))
        fate = dice.random()
        if fate < 0.15:
            return {name: inner for name, inner in value.items() if name != key}
        if fate < 0.25:
            return {**value, dice.choice(["", "x", key.upper(), "\u0000"]): value[key]}
        return {**value, key: mutated(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        at = dice.randrange(len(value))
        return [*value[:at], mutated(value[at], dice), *value[at + 1 :]] if dice.random() < 0.7 else value * 12
    return dice.choice(ODD)


async def _call(api: Inside, method: str, path: str, payload: Any, dice: random.Random) -> tuple[int, Any]:
    raw = json.dumps(payload).encode()
    if dice.random() < 0.1:
        cut = dice.randrange(len(raw) + 1)
        raw = raw[:cut] + bytes([dice.randrange(256)]) + raw[cut:]
    kinds = ["application/json"] * 8 + ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
    if dice.random() < 0.1:
        path = path.replace(dice.choice(path), dice.choice(["", "%00", "/", "%d8%a7", "-1"]), 1)
    headers = {"Authorization": "Bearer access", "Content-Type": dice.choice(kinds)}
    async with api.client.request(method, f"/v24.0/{path}", data=raw, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_type == "application/json" else await answer.text()


async def test_mutated_requests_are_answered_as_meta_answers_and_never_with_5xx() -> None:
    dice = random.Random("cloud")
    codes = set()
    async with inside(templates=[NEWS]) as api:
        for _ in range(ROUNDS):
            method, path, payload = dice.choice(CALLS)
            for _ in range(dice.randrange(1, 4)):
                payload = mutated(payload, dice)
            status, answer = await _call(api, method, path, payload, dice)
            assert status < 500, (method, path, payload, answer)
            assert "Traceback" not in str(answer)
            if status != 200 and isinstance(answer, dict):
                codes.add(answer["error"]["code"])
        assert (await api.graph(TEXT))[0] in {200, 400}
        async with api.client.get("/sandbox/phones/1") as answer:
            assert answer.status == 200
    assert {100, 131008, 131009} <= codes


async def test_mutated_control_calls_never_end_with_5xx() -> None:
    dice = random.Random("control")
    calls: list[tuple[str, Any]] = [
        ("whatsapp/phones/1", {"on": True, "fails": 131049, "blocks": ["1"], "username": "x"}),
        ("whatsapp/phones/1/send", {"to": NUMBER, "image": {"data": "eA==", "mime": "image/png"}, "quote": "w"}),
        ("whatsapp/phones/1/send", {"to": NUMBER, "contacts": [CARD]}),
        ("whatsapp/phones/1/tap", {"to": NUMBER, "option": "x"}),
        ("whatsapp/phones/1/react", {"to": NUMBER, "message": "w", "emoji": "x"}),
        ("whatsapp/templates/quality", {"template": "news", "quality": "RED"}),
        ("whatsapp/portfolios", {"id": "1", "daily_limit": 250}),
        ("whatsapp/review", {"seconds": 1, "verdict": "APPROVED"}),
        ("ledger/prices", {"rates": {"YE": {"marketing": 1}}}),
        ("whatsapp/accounts/event", {"account": WABA, "field": "account_update", "value": {}}),
    ]
    async with inside(templates=[NEWS]) as api:
        for _ in range(400):
            path, payload = dice.choice(calls)
            async with api.client.post(f"/sandbox/{path}", json=mutated(payload, dice)) as answer:
                assert answer.status < 500, (path, payload, await answer.text())
