"""What messages cost: each that was delivered, once, by category, country and kind of price."""

from typing import Any

import pytest

from sandbox.cloud import DAY_MS, LEILA, NEWS, UTILITY, Json, news, send, sent, statuses
from sandbox.inside import NUMBER, Hook, Inside, hook, inside

RATES = {"YE": {"marketing": 0.03, "utility": 0.01}, "*": {"marketing": 0.05, "utility": 0.02}}


async def ledger(api: Inside, query: str = "") -> Json:
    async with api.client.get(f"/sandbox/ledger{query}") as answer:
        found: Json = await answer.json()
        return found


def row(country: str, category: str, kind: str, messages: int, cost: float) -> dict[str, Any]:
    return {"country": country, "category": category, "type": kind, "messages": messages, "cost": cost}


def _shown(found: Json) -> list[dict[str, Any]]:
    return [{name: one[name] for name in ("country", "category", "type", "messages", "cost")} for one in found["rows"]]


def _priced(caught: Hook) -> list[tuple[str, Any]]:
    return [(row["status"], row.get("pricing")) for row in statuses(caught)]


async def test_deliveries_are_summed_by_country_and_category() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS, UTILITY]) as api:
        await api.control("ledger/prices", {"rates": RATES})
        await api.control("phones", {"name": "سامر", "number": "201000000001"})
        for _ in range(2):
            await sent(api, "template", news())
        await sent(api, "template", news("confirm"), to="+201000000001")
        await sent(api, "text", {"body": "x"})
        await send(api, "template", news(), to="+201999999999")
        await caught.until(lambda: len(statuses(caught)) == 9)
        found = await ledger(api)
        assert _shown(found) == [
            row("EG", "utility", "regular", 1, 0.02),
            row("YE", "marketing", "regular", 2, 0.06),
            row("YE", "service", "free_customer_service", 1, 0),
        ]
        assert found["total"] == {"messages": 4, "billable": 3, "cost": 0.08}
        assert found["currency"] == "USD"
        async with api.client.get("/sandbox/ledger/messages?after=3") as answer:
            (last,) = await answer.json()
        assert (last["category"], last["billable"], last["number"]) == ("service", False, NUMBER)
        assert (await ledger(api, "?number=2"))["total"]["messages"] == 0
        async with api.client.delete("/sandbox/ledger"):
            assert (await ledger(api))["rows"] == []


async def test_the_price_stands_on_sent_and_on_one_of_delivered_and_read() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS]) as api:
        await sent(api, "template", news())
        await caught.until(lambda: len(statuses(caught)) == 2)
        await api.control("phones/1/read", {"app": "whatsapp", "to": NUMBER})
        await caught.until(lambda: len(statuses(caught)) == 3)
        price = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}
        assert _priced(caught) == [("sent", price), ("delivered", price), ("read", None)]
        assert (await ledger(api))["total"]["messages"] == 1
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS], receipts=["sent", "read"]) as api:
        await sent(api, "template", news())
        await caught.until(lambda: len(statuses(caught)) == 2)
        assert _priced(caught) == [("sent", price), ("read", price)]


async def test_a_thousand_answers_a_month_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("barqia.sandbox.whatsapp.ledger.FREE_SERVICE", 2)
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        await api.control("ledger/prices", {"rates": RATES})
        for count in (2, 4, 6):
            await sent(api, "text", {"body": "x"})
            await caught.until(lambda count=count: len(statuses(caught)) == count)  # type: ignore[misc]
        assert _shown(await ledger(api)) == [
            row("YE", "service", "free_customer_service", 2, 0),
            row("YE", "service", "regular", 1, 0.01),
        ]
        await api.control("clock", {"advance_ms": 31 * DAY_MS})
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "x"})
        await sent(api, "text", {"body": "x"})
        await caught.until(lambda: len(statuses(caught)) == 8)
        assert (await ledger(api))["rows"][0]["messages"] == 3


async def test_who_came_by_an_advertisement_costs_nothing_for_three_days() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS]) as api:
        await api.control("whatsapp/phones/1/send", {"to": NUMBER, "text": "مرحبا", "referral": "إعلان"})
        await sent(api, "template", news())
        await caught.until(lambda: len(statuses(caught)) == 2)
        told = statuses(caught)[0]
        assert (told["pricing"]["type"], told["pricing"]["billable"]) == ("free_entry_point", False)
        assert told["conversation"]["origin"] == {"type": "referral_conversion"}
        await api.control("clock", {"advance_ms": 3 * DAY_MS})
        await sent(api, "template", news())
        await caught.until(lambda: len(statuses(caught)) == 4)
        assert statuses(caught)[-1]["pricing"]["type"] == "regular"


async def test_the_marketing_messages_api_has_its_own_category_and_takes_marketing_alone() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS, UTILITY]) as api:
        payload = {"messaging_product": "whatsapp", "to": LEILA, "type": "template", "template": news()}
        assert (await api.graph(payload, f"{NUMBER}/marketing_messages"))[0] == 200
        await caught.until(lambda: len(statuses(caught)) == 2)
        assert statuses(caught)[0]["pricing"]["category"] == "marketing_lite"
        payload["template"] = news("confirm")
        assert (await api.graph(payload, f"{NUMBER}/marketing_messages"))[1]["error"]["code"] == 134100


@pytest.mark.parametrize("rates", [{"YE": {"marketing": "much"}}, {"YE": 5}])
async def test_a_price_that_is_none_is_refused(rates: Any) -> None:
    async with inside() as api, api.client.post("/sandbox/ledger/prices", json={"rates": rates}) as answer:
        assert answer.status == 400
