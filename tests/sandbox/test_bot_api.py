"""What a bot meets: limits, conflicts, odd input, webhooks. Driven over HTTP."""

import asyncio
import json
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.methods import (
    DeleteMessage,
    DeleteWebhook,
    EditMessageText,
    GetChat,
    GetChatMember,
    GetMe,
    GetUpdates,
    GetWebhookInfo,
    Response,
    SendMessage,
    SetMyCommands,
    SetWebhook,
    TelegramMethod,
)
from aiogram.types import ChatMemberAdministrator, ChatMemberLeft, ChatMemberMember, ChatMemberOwner, Message, Update
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.inside import BOT, TOKEN, USER, Inside, hook, inside

ODD: list[tuple[str, dict[str, Any]]] = [
    ("sendMessage", {"reply_parameters": [1]}),
    ("sendMessage", {"link_preview_options": [1]}),
    ("sendMessage", {"link_preview_options": '"x"'}),
    ("sendMessage", {"entities": {"type": "bold"}}),
    ("sendMessage", {"entities": [1]}),
    ("sendMessage", {"entities": [{"type": "bold"}]}),
    ("sendMessage", {"entities": [{"type": "text_mention", "offset": 0, "length": 1}]}),
    ("sendMessage", {"reply_markup": {"keyboard": "x"}}),
    ("sendMessage", {"reply_markup": {"keyboard": [1]}}),
    ("sendMessage", {"reply_markup": {"keyboard": [[{}]]}}),
    ("sendMessage", {"reply_markup": [1]}),
    ("sendMessage", {"chat_id": [1]}),
    ("sendMessage", {"chat_id": "9" * 5000}),
    ("setMyCommands", {"commands": ["start"]}),
    ("setMyCommands", {"commands": [{"command": [5], "description": "x"}]}),
    ("setMyCommands", {"commands": {}}),
    ("getUpdates", {"allowed_updates": 5}),
    ("setWebhook", {"url": "http://127.0.0.1:9/", "allowed_updates": 5}),
]


@pytest.mark.parametrize(("method", "params"), ODD)
async def test_odd_input_is_refused_as_the_server_refuses(method: str, params: dict[str, Any]) -> None:
    async with inside() as api:
        status, body = await api.bot(method, **{"chat_id": USER, "text": "خبر", **params})
        assert (status, body["ok"], body["error_code"]) == (400, False, 400)
        assert body["description"].startswith("Bad Request: ")
        assert await api.bubbles("telegram") == []


async def test_what_is_no_json_and_what_is_too_much() -> None:
    async with inside() as api:
        assert (await api.bot("sendMessage", b'{"chat_id": Infinity, "text": "x"}'))[0] == 400
        assert (await api.bot("sendMessage", b'{"chat_id": 1e999, "text": "x"}'))[0] == 400
        assert (await api.bot("sendMessage", b"[1]"))[1]["description"] == "Bad Request: JSON object expected"
        for size in (2 << 20, 5 << 20):
            status, body = await api.bot("sendMessage", chat_id=USER, text="x" * size)
            assert (status, body["description"]) == (413, "Request Entity Too Large: too many parameters")


async def test_a_lone_surrogate_is_refused_and_breaks_nothing() -> None:
    async with inside() as api:
        for params in ({"text": "a\ud800"}, {"text": "a", "reply_markup": '{"keyboard": [["\\ud800"]]}'}):
            status, body = await api.bot("sendMessage", chat_id=USER, **params)
            assert (status, body["description"]) == (400, "Bad Request: strings must be encoded in UTF-8")
        assert [entry["status"] for entry in await api.log()] == [400, 400]
        async with api.client.post(
            "/sandbox/phones/1/say", json={"app": "telegram", "to": BOT, "text": "\udc00"}
        ) as said:
            assert said.status == 400
        assert await api.bubbles("telegram") == []
        async with api.client.get("/sandbox/phones/1/events") as stream:
            assert (await stream.content.readline()).startswith(b"id: ")


async def test_lengths_are_counted_in_code_points() -> None:
    async with inside() as api:
        assert (await api.bot("sendMessage", chat_id=USER, text="😀" * 4096))[0] == 200
        assert (await api.bot("sendMessage", chat_id=USER, text="ا" * 4097))[1][
            "description"
        ] == "Bad Request: message is too long"


async def test_the_bot_and_each_chat_have_a_pace() -> None:
    async with inside(chat_rate=0.05) as api:
        for _ in range(3):
            assert (await api.bot("sendMessage", chat_id=USER, text="x"))[0] == 200
        async with api.client.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": USER, "text": "x"}) as answer:
            body = await answer.json()
            assert (answer.status, answer.headers["Retry-After"]) == (429, "20")
        assert body["parameters"] == {"retry_after": 20}
        assert body["description"] == "Too Many Requests: retry after 20"
        await api.control("clock", {"advance_ms": 20_000})
        assert (await api.bot("sendMessage", chat_id=USER, text="x"))[0] == 200
        assert len(await api.bubbles("telegram")) == 4
    async with inside(rate=0.1) as api:
        assert (await api.bot("sendMessage", chat_id=USER, text="x"))[0] == 200
        assert (await api.bot("sendMessage", chat_id=USER, text="x"))[1]["parameters"]["retry_after"] == 10


async def test_a_deletion_after_48_hours_is_refused() -> None:
    async with inside() as api:
        for number in (1, 2):
            assert (await api.bot("sendMessage", chat_id=USER, text="x"))[1]["result"]["message_id"] == number
        await api.control("clock", {"advance_ms": 48 * 3600 * 1000 - 60_000})
        assert (await api.bot("deleteMessage", chat_id=USER, message_id=1))[0] == 200
        await api.control("clock", {"advance_ms": 61_000})
        status, body = await api.bot("deleteMessage", chat_id=USER, message_id=2)
        assert (status, body["description"]) == (400, "Bad Request: message can't be deleted for everyone")
        assert (await api.bot("editMessageText", chat_id=USER, message_id=2, text="y"))[0] == 200


async def test_two_pollers_and_a_poller_beside_a_webhook() -> None:
    async with inside() as api:
        first = asyncio.create_task(api.bot("getUpdates", timeout=20))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(api.bot("getUpdates", timeout=20))
        status, body = await first
        assert (status, body["description"][:45]) == (409, "Conflict: terminated by other getUpdates requ")
        assert (await api.bot("setWebhook", url="http://127.0.0.1:9/"))[1]["description"] == "Webhook was set"
        assert (await second)[1]["description"] == "Conflict: terminated by setWebhook request"
        status, body = await api.bot("getUpdates")
        assert (status, body["description"][:57]) == (409, "Conflict: can't use getUpdates method while webhook is ac")


async def _say(api: Inside, *words: str) -> None:
    for word in words:
        await api.control("phones/1/say", {"app": "telegram", "to": BOT, "text": word})


async def test_updates_wait_for_24_hours_and_can_be_dropped() -> None:
    async with inside() as api:
        await _say(api, "قديم")
        await api.control("clock", {"advance_ms": 23 * 3600 * 1000})
        await _say(api, "جديد")
        await api.control("clock", {"advance_ms": 2 * 3600 * 1000})
        (update,) = (await api.bot("getUpdates"))[1]["result"]
        assert update["message"]["text"] == "جديد"
        assert (await api.bot("getUpdates", offset=update["update_id"] + 1))[1]["result"] == []
        await _say(api, "يُسقط")
        await api.bot("setWebhook", url="http://127.0.0.1:9/", drop_pending_updates=True)
        assert (await api.bot("getWebhookInfo"))[1]["result"]["pending_update_count"] == 0


async def test_a_webhook_carries_the_secret_and_is_tried_again_ever_later() -> None:
    async with inside() as api, hook() as caught:
        caught.answers = [500, 500, 500]
        await api.bot("setWebhook", url=caught.url, secret_token="s-1")
        await _say(api, "اشتراك")
        await caught.until(lambda: len(caught.caught) == 2)
        for delay in (2_000, 4_000):
            count = len(caught.caught)
            await api.control("clock", {"advance_ms": delay - 500})
            await asyncio.sleep(0.1)
            assert len(caught.caught) == count, "not before its time"
            await api.control("clock", {"advance_ms": 600})
            await caught.until(lambda count=count: len(caught.caught) == count + 1)
        assert {headers["x-telegram-bot-api-secret-token"] for _, headers in caught.caught} == {"s-1"}
        assert len({body for body, _ in caught.caught}) == 1
        info = (await api.bot("getWebhookInfo"))[1]["result"]
        assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
        assert info["pending_update_count"] == 0
        await api.bot("setWebhook", url=caught.url)
        await _say(api, "ثان")
        await caught.until(lambda: len(caught.caught) == 5)
        assert "x-telegram-bot-api-secret-token" not in caught.caught[-1][1]


async def test_aiograms_own_webhook_takes_what_is_brought_with_the_secret_only() -> None:
    dispatcher, heard = Dispatcher(), []

    @dispatcher.message()
    async def _(message: Message) -> None:
        heard.append(message)

    bot, app = Bot(TOKEN), web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="right").register(app, "/hook")
    async with inside() as api, TestServer(app) as server:
        await api.bot("setWebhook", url=str(server.make_url("/hook")), secret_token="wrong")
        await _say(api, "اشتراك 😀")
        await asyncio.sleep(0.3)
        assert heard == []
        assert "401" in (await api.bot("getWebhookInfo"))[1]["result"]["last_error_message"]
        await api.control("clock", {"advance_ms": 1_000})
        await api.bot("setWebhook", url=str(server.make_url("/hook")), secret_token="right")
        await api.control("clock", {"advance_ms": 120_000})
        async with asyncio.timeout(5):
            while not heard:  # noqa: ASYNC110 - the handler is aiogram's
                await asyncio.sleep(0.01)
        assert (heard[0].text, heard[0].chat.id, heard[0].from_user.first_name) == ("اشتراك 😀", USER, "ليلى")
    await bot.session.close()


async def test_updates_parse_in_aiogram_field_by_field_and_hold_no_null() -> None:
    async with inside() as api, hook() as caught:
        await api.bot("setWebhook", url=caught.url)
        await _say(api, "/start اشتراك #سياسة @agency_bot https://e.org/a")
        for blocked in (True, False):
            await api.control("phones/1/block", {"app": "telegram", "to": BOT, "blocked": blocked})
        await caught.until(lambda: len(caught.caught) == 3)
        for body, _ in caught.caught:
            assert b"null" not in body
            parsed = Update.model_validate_json(body)
            dumped = json.loads(parsed.model_dump_json(by_alias=True, exclude_none=True, exclude_unset=True))
            assert dumped == json.loads(body)
        kinds = [
            [e["type"] for e in json.loads(body).get("message", {}).get("entities", [])] for body, _ in caught.caught
        ]
        assert kinds[0] == ["bot_command", "hashtag", "mention", "url"]


async def test_every_method_answers_what_aiogram_reads() -> None:
    chat = {"chat_id": USER}
    async with inside() as api:
        channel = await api.control("telegram/channels", {"title": "الأخبار", "username": "inside_news", "bot": BOT})
        calls: list[tuple[type[TelegramMethod[Any]], dict[str, Any]]] = [
            (GetMe, {}),
            (
                SendMessage,
                {
                    **chat,
                    "text": "<b>خبر</b> example.com",
                    "parse_mode": "HTML",
                    "link_preview_options": {"show_above_text": True},
                },
            ),
            (SendMessage, {"chat_id": channel["id"], "text": "منشور"}),
            (SendMessage, {**chat, "text": "ردّ", "reply_parameters": {"message_id": 1}}),
            (EditMessageText, {**chat, "message_id": 1, "text": "تصويب"}),
            (DeleteMessage, {**chat, "message_id": 1}),
            (GetChat, chat),
            (GetChat, {"chat_id": "@inside_news"}),
            (GetChatMember, {"chat_id": "@inside_news", "user_id": 7654321}),
            (SetMyCommands, {"commands": [{"command": "start", "description": "ابدأ"}]}),
            (GetUpdates, {}),
            (SetWebhook, {"url": "http://127.0.0.1:9/"}),
            (GetWebhookInfo, {}),
            (DeleteWebhook, {}),
        ]
        for method, params in calls:
            async with api.client.post(f"/bot{TOKEN}/{method.__api_method__}", json=params) as answer:
                raw = await answer.text()
            assert "null" not in raw
            parsed = Response[method.__returning__].model_validate_json(raw)  # type: ignore[name-defined]
            assert parsed.ok, raw
            assert json.loads(
                parsed.model_dump_json(by_alias=True, exclude_none=True, exclude_unset=True)
            ) == json.loads(raw)


async def test_a_member_is_asked_about_by_user() -> None:
    async with inside() as api:
        await api.control("phones", {"count": 2})
        channel = {"title": "الأخبار", "username": "inside_news", "bot": BOT, "owner": 1}
        await api.control("telegram/channels", channel)
        await api.control("phones/2/join", {"channel": "inside_news"})

        async def member(user: int) -> Any:
            _, body = await api.bot("getChatMember", chat_id="@inside_news", user_id=user)
            return Response[GetChatMember.__returning__].model_validate(body).result  # type: ignore[name-defined]

        assert isinstance(await member(USER), ChatMemberOwner)
        assert isinstance(await member(USER + 1), ChatMemberMember)
        assert isinstance(await member(USER + 2), ChatMemberLeft)
        bot = await member(7654321)
        assert isinstance(bot, ChatMemberAdministrator)
        assert (bot.can_post_messages, bot.can_promote_members) == (True, False)
        await api.control("telegram/channels/kick", {"bot": BOT, "channel": "inside_news"})
        for method in ("getChatMember", "sendMessage"):
            status, body = await api.bot(method, chat_id="@inside_news", user_id=7654321, text="x")
            assert (status, body["description"]) == (403, "Forbidden: bot was kicked from the channel chat")
        await api.control("telegram/bots/revoke", {"bot": BOT})
        assert await api.bot("getMe") == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
