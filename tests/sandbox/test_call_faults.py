"""What a plan does to calls, as aiogram and pywa meet it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from pywa.errors import RateLimitHit, RateLimitIssues, ServiceUnavailable, TooManyMessages, UnknownError, WhatsAppError
from pywa_async import WhatsApp as Pywa

from sandbox.inside import BOT, NUMBER, TOKEN, USER, Inside, inside

LEILA, SAMER = "+967700000001", "+967700000002"
Rule = dict[str, Any]


@asynccontextmanager
async def _aiogram(api: Inside) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(api.base)))
    async with bot.session:
        yield bot


@asynccontextmanager
async def _pywa(api: Inside) -> AsyncIterator[Pywa]:
    client = Pywa(phone_id=NUMBER, token="access", server=None)
    client.api._session.base_url = f"{api.base}/v24.0"
    yield client
    await client.api._session.aclose()


async def _wait_told(bot: Bot) -> int:
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(USER, "x")
    return caught.value.retry_after


async def test_a_penalty_grows_while_it_is_ignored_and_ends_when_it_is_obeyed() -> None:
    async with inside() as api, _aiogram(api) as bot:
        await api.control("faults", {"bot": BOT, "rules": [{"what": 429, "seconds": 4, "when": {"calls": [1, 1]}}]})
        assert await _wait_told(bot) == 4
        assert await _wait_told(bot) == 4, "who was under way when it began has ignored nothing"
        await api.control("clock", {"advance_ms": 1_000})
        assert await _wait_told(bot) == 8, "a call within the penalty begins it anew, twice as long"
        await api.control("clock", {"advance_ms": 7_000})
        assert await _wait_told(bot) == 16
        await api.control("clock", {"advance_ms": 16_000})
        assert (await bot.send_message(USER, "y")).text == "y"


async def test_a_penalty_of_hours_is_told_whole_and_grows_no_further() -> None:
    async with inside() as api, _aiogram(api) as bot:
        rule = {"what": 429, "seconds": 18_053, "when": {"calls": [1, 1]}}
        await api.control("faults", {"bot": BOT, "rules": [rule]})
        assert await _wait_told(bot) == 18_053
        await api.control("clock", {"advance_ms": 1_000})
        assert await _wait_told(bot) == 18_053, "begun anew"
        await api.control("clock", {"advance_ms": 18_053_000})
        assert (await bot.send_message(USER, "y")).text == "y"
        assert [bubble["text"] for bubble in await api.bubbles("telegram")] == ["y"], "a refused call did nothing"


async def test_a_penalty_refuses_the_whole_bot_and_no_other() -> None:
    async with inside() as api, _aiogram(api) as bot:
        await api.control("telegram/bots", {"token": "7:other", "username": "other_bot", "name": "و", "rate": 0})
        await api.control("phones", {"name": "سامر", "started_bot": BOT})
        rule = {"what": 429, "when": {"calls": [1, 1]}, "for": {"op": "sendMessage", "to": USER}}
        await api.control("faults", {"bot": BOT, "rules": [rule]})
        await bot.send_message(USER + 1, "only the named recipient's calls count")
        await _wait_told(bot)
        with pytest.raises(TelegramRetryAfter):
            await bot.send_message(USER + 1, "x")
        assert await bot.get_me(), "what only reads passes"
        async with Bot("7:other", bot.session).context() as other:
            with pytest.raises(TelegramBadRequest):
                await other.send_message(1, "x")


async def test_the_providers_own_limit_is_a_penalty_too() -> None:
    async with inside(chat_rate=0.5) as api, _aiogram(api) as bot:
        for _ in range(3):
            await bot.send_message(USER, "x")
        assert await _wait_told(bot) == 2
        await api.control("clock", {"advance_ms": 1_000})
        assert await _wait_told(bot) == 4
        await api.control("clock", {"advance_ms": 4_000})
        assert await bot.send_message(USER, "x")


@pytest.mark.parametrize(
    ("what", "error", "stands"),
    [
        (500, TelegramServerError, False),
        (502, ClientDecodeError, False),
        ("reset_before", TelegramNetworkError, False),
        ("reset_after", TelegramNetworkError, True),
        ("cut", TelegramNetworkError, True),
    ],
)
async def test_aiogram_meets_it_and_the_phone_shows_what_stands(
    what: int | str, error: type[Exception], stands: bool
) -> None:
    async with inside() as api, _aiogram(api) as bot:
        await api.control("faults", {"bot": BOT, "rules": [{"what": what, "when": {"calls": [1, 1]}}]})
        with pytest.raises(error) as caught:
            await bot.send_message(USER, "خبر")
        if what == 502:
            assert "<center>nginx</center>" in caught.value.data
        assert len(await api.bubbles("telegram")) == stands
        assert await bot.send_message(USER, "بعد")
        line = (await api.log())[0]
        assert (line["fault"], line["accepted"], line["to"]) == (what, stands, str(USER))


async def test_a_slow_answer_is_a_time_out_whose_message_stands() -> None:
    async with inside() as api, _aiogram(api) as bot:
        rule = {"what": "slow", "seconds": 3600, "when": {"calls": [1, 2]}}
        await api.control("faults", {"api": "telegram", "rules": [rule]})
        with pytest.raises(TelegramNetworkError, match="timeout"):
            await bot.send_message(USER, "خبر", request_timeout=1)
        waiting = asyncio.create_task(bot.send_message(USER, "ثان"))
        async with asyncio.timeout(5):
            while len(await api.bubbles("telegram")) < 2:  # noqa: ASYNC110 - the sandbox is asked
                await asyncio.sleep(0.01)
        assert not waiting.done()
        await api.control("clock", {"advance_ms": 3_600_000})
        assert (await waiting).text == "ثان", "held by the sandbox's clock"


@pytest.mark.parametrize(
    ("code", "error", "status"),
    [
        (80007, RateLimitIssues, 400),
        (130429, RateLimitHit, 400),
        (131056, TooManyMessages, 400),
        (131000, UnknownError, 500),
        (131016, ServiceUnavailable, 500),
    ],
)
async def test_pywa_knows_metas_codes(code: int, error: type[Exception], status: int) -> None:
    async with inside() as api, _pywa(api) as client:
        await api.control("faults", {"number": NUMBER, "rules": [{"what": code, "when": {"calls": [1, 1]}}]})
        with pytest.raises(error) as caught:
            await client.send_message(LEILA, "خبر")
        assert (caught.value.status_code, caught.value.code) == (status, code)
        assert await api.bubbles("whatsapp") == []
        assert (await client.send_message(LEILA, "بعد")).id


@pytest.mark.parametrize(
    ("what", "error", "stands"),
    [
        (502, WhatsAppError, False),
        ("reset_before", httpx.TransportError, False),
        ("reset_after", httpx.TransportError, True),
        ("cut", httpx.TransportError, True),
        ("slow", httpx.TimeoutException, True),
    ],
)
async def test_pywa_meets_it_and_the_phone_shows_what_stands(
    what: int | str, error: type[Exception], stands: bool
) -> None:
    async with inside() as api, _pywa(api) as client:
        client.api._session.timeout = httpx.Timeout(1)
        rule = {"what": what, "when": {"calls": [1, 1]}, **({"seconds": 60} if what == "slow" else {})}
        await api.control("faults", {"rules": [rule]})
        with pytest.raises(error):
            await client.send_message(LEILA, "خبر")
        assert len(await api.bubbles("whatsapp")) == stands
        assert (await client.send_message(LEILA, "بعد")).id
        await api.control("clock", {"advance_ms": 60_000})


@pytest.mark.parametrize(("code", "others"), [(131056, [200, 200]), (130429, [400, 200]), (80007, [400, 400])])
async def test_a_penalty_is_the_pairs_the_numbers_or_the_accounts(code: int, others: list[int]) -> None:
    async with inside() as api:
        await api.add_number(phone_number_id="2", display="+963944000222")
        await api.control("phones", {"name": "سامر", "started_number": NUMBER})
        rule = {"what": code, "seconds": 30, "when": {"calls": [1, 1]}}
        await api.control("faults", {"number": NUMBER, "rules": [rule]})
        assert [(await api.text(LEILA))[0] for _ in range(2)] == [400, 400]
        there = {"messaging_product": "whatsapp", "to": LEILA, "type": "text", "text": {"body": "x"}}
        assert [(await api.text(SAMER))[0], (await api.graph(there, "2/messages"))[0]] == others
        await api.control("clock", {"advance_ms": 30_000})
        assert (await api.text(LEILA))[0] == 200


async def _outcomes(*rules: Rule, seed: int = 0, calls: int = 60) -> list[bool]:
    """Which of so many calls were refused."""
    async with inside() as api:
        await api.control("faults", {"bot": BOT, "seed": seed, "rules": rules})
        return [(await api.bot("sendMessage", chat_id=USER + at % 2, text="x"))[0] == 500 for at in range(calls)]


async def test_the_same_seed_and_calls_meet_the_same_troubles() -> None:
    rule = {"what": 500, "when": {"rate": 0.3}}
    first = await _outcomes(rule, seed=7)
    assert first == await _outcomes(rule, seed=7)
    assert first != await _outcomes(rule, seed=8)
    assert 5 < sum(first) < 35
    other = {"what": 500, "when": {"every": 10}}
    assert [a or (n + 1) % 10 == 0 for n, a in enumerate(first)] == await _outcomes(rule, other, seed=7), (
        "a rule beside it changes nothing of what the first one does"
    )


async def test_rules_say_when_and_for_whom() -> None:
    found = await _outcomes({"what": 500, "when": {"every": 3, "calls": [4, 9]}}, calls=12)
    assert [n for n, hit in enumerate(found, 1) if hit] == [6, 9]
    found = await _outcomes({"what": 500, "when": {"calls": [2, 2]}, "for": {"to": str(USER + 1)}}, calls=6)
    assert [n for n, hit in enumerate(found, 1) if hit] == [4], "the second call to this reader"
    assert not any(await _outcomes({"what": 500, "for": {"op": ["deleteMessage", "editMessageText"]}}, calls=4))


async def test_a_rule_between_times_goes_by_the_clock() -> None:
    async with inside() as api:
        await api.control("faults", {"rules": [{"what": 500, "when": {"clock": [60, 120]}}], "bot": BOT})
        found = []
        for _ in range(4):
            found.append((await api.bot("sendMessage", chat_id=USER, text="x"))[0])
            await api.control("clock", {"advance_ms": 50_000})
        assert found == [200, 200, 500, 200]


async def test_the_nearest_plan_is_first_and_a_new_one_takes_its_place() -> None:
    async with inside() as api:

        async def refused() -> int:
            return (await api.bot("sendMessage", chat_id=USER, text="x"))[0]

        await api.control("faults", {"api": "telegram", "rules": [{"what": 502}]})
        await api.control("faults", {"bot": BOT, "rules": [{"what": 500}]})
        assert await refused() == 500
        await api.control("faults", {"bot": BOT, "rules": [{"what": 429}]})
        assert await refused() == 429
        await api.control("clock", {"advance_ms": 10_000})
        await api.control("faults", {"bot": BOT, "rules": []})
        async with api.client.get("/sandbox/faults") as answer:
            (plan,) = await answer.json()
        assert (plan["api"], plan["met"]) == ("telegram", [0])
        async with api.client.delete("/sandbox/faults"):
            assert await refused() == 200
