"""What a portfolio and a number may do: people a day, messages a second, their good name; and how they grow."""

import pytest

from sandbox.cloud import DAY_MS, HOUR_MS, NEWS, ask, news, send, sent, statuses, told
from sandbox.inside import NUMBER, WABA, Inside, hook, inside


async def reach(api: Inside, people: range) -> None:
    for person in people:
        assert (await send(api, "template", news(), to=f"+9677{person:08d}"))[0] == 200


async def test_a_portfolio_writes_to_so_many_people_a_day_outside_their_windows() -> None:
    async with hook() as caught, inside(webhook_url=caught.url, templates=[NEWS], receipts=["sent"]) as api:
        await api.control("phones", {"count": 4})
        await api.control("whatsapp/portfolios", {"id": "1", "daily_limit": 3})
        await reach(api, range(2, 6))
        # who was written to costs nothing more, and who is inside the window nothing at all
        await reach(api, range(2, 3))
        await reach(api, range(1, 2))
        await caught.until(lambda: len(statuses(caught)) == 6)
        failed = [row for row in statuses(caught) if row["status"] == "failed"]
        assert [(row["recipient_id"], row["errors"][0]["code"]) for row in failed] == [("967700000005", 131048)]
        await api.control("clock", {"advance_ms": DAY_MS})
        await reach(api, range(5, 6))
        await caught.until(lambda: len(statuses(caught)) == 7)
        assert statuses(caught)[-1]["status"] == "sent"


async def test_a_limit_half_used_rises_within_six_hours_and_says_so() -> None:
    async with hook() as caught, inside(templates=[NEWS]) as api:
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        await api.control("phones", {"count": 130})
        await api.control("whatsapp/portfolios", {"id": "1", "daily_limit": 250})
        field = {"fields": "whatsapp_business_manager_messaging_limit"}
        assert (await ask(api, "GET", NUMBER, **field))[1]["whatsapp_business_manager_messaging_limit"] == "TIER_250"
        await reach(api, range(2, 127))
        await api.control("clock", {"advance_ms": 6 * HOUR_MS})
        await caught.until(lambda: len(told(caught, "business_capability_update")) == 2)
        limits = [one["max_daily_conversations_per_business"] for one in told(caught, "business_capability_update")]
        assert limits == [250, 2000]
        assert (await ask(api, "GET", NUMBER, **field))[1]["whatsapp_business_manager_messaging_limit"] == "TIER_2K"


async def test_a_bad_name_is_told_and_keeps_the_limit_where_it_is() -> None:
    async with hook() as caught, inside(templates=[NEWS]) as api:
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        await api.control("phones", {"count": 130})
        await api.control("whatsapp/portfolios", {"id": "1", "daily_limit": 250})
        await api.control("whatsapp/numbers/quality", {"number": NUMBER, "quality": "RED"})
        await reach(api, range(2, 127))
        await api.control("clock", {"advance_ms": 6 * HOUR_MS})
        await caught.until(lambda: told(caught, "phone_number_quality_update"))
        (value,) = told(caught, "phone_number_quality_update")
        assert (value["event"], value["current_limit"]) == ("FLAGGED", "TIER_250")
        assert (await ask(api, "GET", NUMBER))[1]["quality_rating"] == "RED"
        await api.control("whatsapp/numbers/quality", {"number": NUMBER, "quality": "GREEN"})
        await caught.until(lambda: len(told(caught, "phone_number_quality_update")) == 2)
        assert told(caught, "phone_number_quality_update")[1]["event"] == "UNFLAGGED"
        assert len(told(caught, "business_capability_update")) == 1


async def test_verification_raises_the_first_limit() -> None:
    async with inside() as api:
        await api.control("whatsapp/portfolios", {"id": "1", "daily_limit": 250})
        made = await api.control("whatsapp/portfolios", {"id": "1", "verified": True})
        assert made["daily_limit"] == 2000


async def test_eighty_a_second_become_a_thousand_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("barqia.sandbox.whatsapp.business.growth.ENOUGH_PEOPLE", 3)
    async with hook() as caught, inside(templates=[NEWS]) as api:
        await api.add_number(rate=80)
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        await api.control("phones", {"count": 5})
        assert (await ask(api, "GET", NUMBER, fields="throughput"))[1]["throughput"] == {"level": "STANDARD"}
        await reach(api, range(2, 5))
        assert (await send(api, "template", news()))[1]["error"]["code"] == 131057
        await api.control("clock", {"advance_ms": 60_000})
        assert (await ask(api, "GET", NUMBER, fields="throughput"))[1]["throughput"] == {"level": "HIGH"}
        await sent(api, "template", news())
        await caught.until(lambda: told(caught, "phone_number_quality_update"))
        assert told(caught, "phone_number_quality_update")[0]["event"] == "THROUGHPUT_UPGRADE"


async def test_what_comes_in_counts_towards_the_pace() -> None:
    async with inside() as api:
        await api.add_number(rate=2)
        for _ in range(2):
            await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "x"})
        assert (await api.text("+967700000001"))[1]["error"]["code"] == 130429
