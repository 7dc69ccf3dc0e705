"""What a plan does to statuses and webhooks, as the webhook meets it."""

import asyncio
import json
from typing import Any

from sandbox.inside import BOT, NUMBER, Hook, hook, inside

LEILA = "+967700000001"


def _told(caught: Hook) -> list[dict[str, Any]]:
    changes = [change for body, _ in caught.caught for change in json.loads(body)["entry"][0]["changes"]]
    return [row for change in changes for row in change["value"].get("statuses", ())]


async def _after_twenty(*rules: dict[str, Any], moves: int = 1) -> list[tuple[int, str]]:
    """(message, status) in the order told, of twenty messages, once the clock has moved so many times 2 seconds."""
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await api.control("faults", {"number": NUMBER, "seed": 7, "rules": rules})
        ids = [(await api.text(LEILA))[1]["messages"][0]["id"] for _ in range(20)]
        for _ in range(moves):
            await asyncio.sleep(0.3)
            await api.control("clock", {"advance_ms": 2_000})
        await asyncio.sleep(0.3)
        return [(ids.index(row["id"]), row["status"]) for row in _told(caught)]


async def test_statuses_are_told_twice_or_never_the_same_ones_for_a_seed() -> None:
    twice = {"what": "status_twice", "when": {"rate": 0.3}}
    lost = {"what": "status_lost", "when": {"rate": 0.2}, "for": {"status": "delivered"}}
    told = await _after_twenty(twice, lost)
    assert sorted(told) == sorted(await _after_twenty(twice, lost))
    sent = [at for at, status in told if status == "sent"]
    delivered = {at for at, status in told if status == "delivered"}
    assert set(sent) == set(range(20)), "the rule names delivered"
    assert len(sent) > 20
    assert 0 < 20 - len(delivered) < 12


async def test_statuses_come_out_of_order_and_none_is_lost() -> None:
    rule = {"what": "status_disorder", "when": {"rate": 0.5}, "for": {"status": "sent"}}
    told = await _after_twenty(rule)
    assert sorted(told) == sorted((at, status) for at in range(20) for status in ("sent", "delivered"))
    sent = [at for at, status in told if status == "sent"]
    assert sent != sorted(sent)


async def test_a_late_status_comes_by_the_clock_and_tells_when_it_was() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        rule = {"what": "status_late", "seconds": 3 * 86_400, "for": {"status": "delivered"}}
        await api.control("faults", {"number": NUMBER, "rules": [rule]})
        await api.text(LEILA)
        await caught.until(lambda: _told(caught))
        await asyncio.sleep(0.3)
        assert [row["status"] for row in _told(caught)] == ["sent"]
        await api.control("clock", {"advance_ms": 3 * 86_400_000})
        await caught.until(lambda: len(_told(caught)) == 2)
        sent, delivered = _told(caught)
        assert int(delivered["timestamp"]) - int(sent["timestamp"]) <= 1, "delivered then, told days later"


async def test_webhooks_are_repeated_though_they_were_taken() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await api.control("faults", {"rules": [{"what": "webhook_repeat", "when": {"calls": [1, 1]}}]})
        for text in ("أول", "ثان"):
            await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": text})
            await asyncio.sleep(0.2)
        await api.control("clock", {"advance_ms": 1_000})
        await caught.until(lambda: len(caught.caught) == 3)
        first, second, again = (body for body, _ in caught.caught)
        assert first == again != second
    async with hook() as caught, inside() as api:
        await api.bot("setWebhook", url=caught.url)
        await api.control("faults", {"bot": BOT, "rules": [{"what": "webhook_repeat", "when": {"calls": [1, 1]}}]})
        for text in ("أول", "ثان"):
            await api.control("phones/1/say", {"app": "telegram", "to": BOT, "text": text})
        await caught.until(lambda: len(caught.caught) == 3)
        first, again, second = (json.loads(body)["update_id"] for body, _ in caught.caught)
        assert (again, second) == (first, first + 1)


async def test_a_refused_webhook_comes_again_ever_later_and_holds_up_no_other() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        caught.answers = [500, 500, 500]
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "أول"})
        await caught.until(lambda: len(caught.caught) == 2)
        await api.control("clock", {"advance_ms": 1_000})
        await caught.until(lambda: len(caught.caught) == 3)
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "ثان"})
        await caught.until(lambda: len(caught.caught) == 4)
        await api.control("clock", {"advance_ms": 2_000})
        await caught.until(lambda: len(caught.caught) == 5)
        bodies = [body for body, _ in caught.caught]
        assert bodies[0] == bodies[1] == bodies[2] == bodies[4] != bodies[3], "at once, after 1 s, after 2 s"
