"""Independent clients against the sandbox: aiogram for Telegram, pywa for WhatsApp.

What they send leaves the phone as what Barqia's lanes send; what the sandbox answers and brings, they can read.
"""

import asyncio
import hashlib
import hmac
import json
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import Update
from pywa import WhatsApp as Pywa
from pywa.types import Message, MessageStatus

from barqia.delivery.lane import Address, Calls, Job, LaneConfig
from barqia.lanes.telegram import Telegram
from barqia.lanes.whatsapp import WhatsApp
from barqia.rendering import TELEGRAM_HTML, WHATSAPP, Act, Story, render
from barqia.sandbox.client import Sandbox

TOKEN, USERNAME = "7654321:agree-token", "agree_bot"
STORY = Story("عنوان & <خبر>", "دمشق ـ و", ("نصّ أول (123) USA.", "نصّ ثان."), "", 1, "ar", "https://x.example/d/1", "و")


def _bot(sandbox: Sandbox) -> Bot:
    return Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(sandbox.base)))


def _send(call: Any) -> None:
    request = urllib.request.Request(call.url, call.body, dict(call.headers), method=call.method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def _seen(bubble: dict[str, Any]) -> dict[str, Any]:
    return {name: bubble[name] for name in ("text", "entities", "quoted", "edited", "deleted", "mine")}


async def test_aiogram_reads_and_sends_as_barqia_does(sandbox: Sandbox) -> None:
    sandbox.add_bot(TOKEN, USERNAME, "و", rate=0, chat_rate=0)
    ours, theirs = sandbox.add_phone("ليلى"), sandbox.add_phone("سامر")
    for phone in (ours, theirs):
        sandbox.say(phone["id"], "telegram", USERNAME, "/start اشتراك")
    bot = _bot(sandbox)
    async with bot.session:
        assert (await bot.get_me()).username == USERNAME
        updates = await bot.get_updates()
        assert [u.message.text for u in updates if u.message] == ["/start اشتراك"] * 2
        raw = await asyncio.to_thread(sandbox.call, f"/bot{TOKEN}/getUpdates", {})
        for update in raw["result"]:
            parsed = Update.model_validate(update)
            told = json.loads(parsed.model_dump_json(exclude_none=True, exclude_unset=True, by_alias=True))
            assert told == update
        lane = LaneConfig(1, "t", "telegram", {"api_base": sandbox.base}, {"token": TOKEN})
        job = Job(Act.SEND, STORY, Address(str(ours["telegram_id"])), 64, 0)
        made = Telegram().render(job, lane)
        assert isinstance(made, Calls)
        await asyncio.to_thread(_send, made.calls[0])
        (text,) = render(STORY, Act.SEND, TELEGRAM_HTML)
        sent = await bot.send_message(theirs["telegram_id"], text, parse_mode="HTML")
        assert sent.html_text == text
        by_us = sandbox.bubbles(ours["id"], "telegram", USERNAME)[-1]
        by_them = sandbox.bubbles(theirs["id"], "telegram", USERNAME)[-1]
        assert _seen(by_us) == _seen(by_them)
        edited = await bot.edit_message_text("جديد", chat_id=theirs["telegram_id"], message_id=sent.message_id)
        assert getattr(edited, "edit_date", None)
        with pytest.raises(TelegramBadRequest, match="message is not modified"):
            await bot.edit_message_text("جديد", chat_id=theirs["telegram_id"], message_id=sent.message_id)
        assert await bot.delete_message(theirs["telegram_id"], sent.message_id)
        assert sandbox.bubbles(theirs["id"], "telegram", USERNAME)[-1]["deleted"]
        sandbox.block(theirs["id"], "telegram", USERNAME)
        with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
            await bot.send_message(theirs["telegram_id"], "x")
        sandbox.set_faults({"what": 429, "seconds": 7}, api="telegram")
        with pytest.raises(TelegramRetryAfter) as caught:
            await bot.send_message(ours["telegram_id"], "x")
        assert caught.value.retry_after == 7


class _Catcher(BaseHTTPRequestHandler):
    """Keeps the bodies of the webhooks it is brought."""

    caught: list[tuple[bytes, str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.caught.append((body, self.headers["X-Hub-Signature-256"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


def test_pywa_reads_and_sends_as_barqia_does(sandbox: Sandbox) -> None:
    _Catcher.caught = []
    with HTTPServer(("127.0.0.1", 0), _Catcher) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        sandbox.add_number(
            phone_number_id="100", waba_id="9", display="+963944000111", name="و", access_token="access",
            app_secret="secret", rate=0, pair_seconds=0, webhook_url=f"http://127.0.0.1:{server.server_port}/",
        )  # fmt: skip
        ours, theirs = sandbox.add_phone("ليلى"), sandbox.add_phone("سامر")
        for phone in (ours, theirs):
            sandbox.say(phone["id"], "whatsapp", "100", "اشتراك")
        lane = LaneConfig(
            1, "w", "whatsapp", {"api_base": sandbox.base, "phone_number_id": "100"},
            {"access_token": "access", "app_secret": "secret", "verify_token": "v"},
        )  # fmt: skip
        now = sandbox.call("/sandbox/health")["now_ms"]
        made = WhatsApp().render(Job(Act.SEND, STORY, Address(ours["number"]), 64, now, now), lane)
        assert isinstance(made, Calls)
        _send(made.calls[0])
        client = Pywa(phone_id="100", token="access", validate_updates=False, server=None)
        client.api._session.base_url = f"{sandbox.base}/v24.0"
        (text,) = render(STORY, Act.SEND, WHATSAPP)
        sent = client.send_message(to=f"+{theirs['number']}", text=text)
        client.api._session.close()
        assert sent.id.startswith("wamid.")
        by_us = sandbox.bubbles(ours["id"], "whatsapp", "100")[-1]
        by_them = sandbox.bubbles(theirs["id"], "whatsapp", "100")[-1]
        assert _seen(by_us) == _seen(by_them)
        _wait_for_statuses(4)
        server.shutdown()
    words, statuses = [], []
    for body, signature in _Catcher.caught:
        wanted = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        assert signature == f"sha256={wanted}"
        assert body.isascii(), "what is outside ASCII is escaped, as Meta escapes it"
        for change in json.loads(body)["entry"][0]["changes"]:
            one = {"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": [change]}]}
            if "messages" in change["value"]:
                words.append(Message.from_update(client=client, update=one).text)
            else:
                statuses.append(MessageStatus.from_update(client=client, update=one).status.value)
    assert words == ["اشتراك", "اشتراك"]
    assert sorted(statuses) == ["delivered", "delivered", "sent", "sent"]


def _wait_for_statuses(count: int) -> None:
    from flow.wire import wait_until

    wait_until(lambda: sum(body.count(b'"statuses"') for body, _ in list(_Catcher.caught)) >= count, 10, "statuses")
