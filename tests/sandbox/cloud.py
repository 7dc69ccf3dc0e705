"""The Cloud API from a test: any call, what webhooks told, and messages in short."""

import json
from typing import Any

from sandbox.inside import NUMBER, WABA, Hook, Inside

LEILA, LEILA_DIGITS = "+967700000001", "967700000001"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
Json = dict[str, Any]


async def ask(
    api: Inside, method: str, path: str, payload: Any = None, token: str = "access", **query: str
) -> tuple[int, Json]:
    headers = {"Authorization": f"Bearer {token}"}
    async with api.client.request(method, f"/v24.0/{path}", json=payload, params=query, headers=headers) as answer:
        return answer.status, await answer.json()


async def send(api: Inside, kind: str, content: Any, number: str = NUMBER, **more: Any) -> tuple[int, Json]:
    payload = {"messaging_product": "whatsapp", "to": LEILA, "type": kind, kind: content, **more}
    return await ask(api, "POST", f"{number}/messages", payload)


async def sent(api: Inside, kind: str, content: Any, **more: Any) -> str:
    """The id of a message that was accepted."""
    status, body = await send(api, kind, content, **more)
    assert status == 200, body
    wamid: str = body["messages"][0]["id"]
    return wamid


def told(hook: Hook, field: str = "messages") -> list[Json]:
    """The values of a field, in the order of their coming."""
    entries = [entry for body, _ in hook.caught for entry in json.loads(body)["entry"]]
    return [change["value"] for entry in entries for change in entry["changes"] if change["field"] == field]


def statuses(hook: Hook) -> list[Json]:
    return [row for value in told(hook) for row in value.get("statuses", ())]


def heard(hook: Hook) -> list[Json]:
    return [row for value in told(hook) for row in value.get("messages", ())]


def news(name: str = "news", values: tuple[str, ...] = ("خبر", "رابط"), **more: Any) -> Json:
    body = {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}
    return {"name": name, "language": {"code": "ar"}, "components": [body], **more}


NEWS = {"name": "news", "language": "ar", "body": "خبر: {{1}}\nالتفاصيل: {{2}} هنا"}
UTILITY = {**NEWS, "name": "confirm", "category": "UTILITY"}


async def create(api: Inside, **about: Any) -> tuple[int, Json]:
    """Ask for a template, good but for what is said."""
    text = "خبر جديد: {{1}} من الوكالة"
    body = {"type": "BODY", "text": text, "example": {"body_text": [["عنوان"]]}}
    usual = {"name": "fresh", "language": "ar", "category": "MARKETING", "components": [body]}
    return await ask(api, "POST", f"{WABA}/message_templates", {**usual, **about})
