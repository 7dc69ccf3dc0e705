"""Long polling: a whole day's updates in one answer, and a lane whose webhook is still set."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connections

from barqia.inbox.models import Update
from barqia.inbox.polling import Polling
from barqia.subscribers.models import Lane, Recipient

pytestmark = pytest.mark.django_db(transaction=True)


class BotApi(ThreadingHTTPServer):
    """Answers `getUpdates` with what it is given, in turn, and then with nothing new."""

    answers: list[tuple[int, bytes]]


class _Handler(BaseHTTPRequestHandler):
    server: BotApi

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status, body = self.server.answers.pop(0) if self.server.answers else (200, b'{"ok":true,"result":[]}')
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def bot_api(telegram: Lane) -> Iterator[BotApi]:
    server = BotApi(("127.0.0.1", 0), _Handler)
    telegram.settings = {**telegram.settings, "api_base": f"http://127.0.0.1:{server.server_port}"}
    telegram.save()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def _poll(until: Callable[[], object]) -> None:
    def is_done() -> bool:
        try:
            return bool(until())
        finally:
            connections.close_all()

    async def work() -> None:
        stop = asyncio.Event()
        polling = asyncio.create_task(Polling(lambda _lane: True).run(stop))
        while not await asyncio.to_thread(is_done):  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(0.05)
        stop.set()
        await polling

    asyncio.run(asyncio.wait_for(work(), 60))


def test_an_answer_of_four_mebibytes_is_taken(bot_api: BotApi) -> None:
    who = {"id": 5, "type": "private"}
    updates = [{"update_id": n, "message": {"date": 9, "chat": who, "text": "س" * 9000}} for n in range(1, 81)]
    body = json.dumps({"ok": True, "result": updates}).encode()
    assert len(body) > 4 << 20
    bot_api.answers = [(200, body)]
    _poll(lambda: Update.objects.count() == 80)


def test_a_webhook_that_is_still_set_is_named_in_the_log(bot_api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    said = (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    bot_api.answers = [(409, json.dumps({"ok": False, "error_code": 409, "description": said}).encode())] * 2
    with caplog.at_level(logging.WARNING, "barqia.inbox"):
        _poll(lambda: "while webhook is active" in caplog.text)
    assert not Lane.objects.exclude(alert="").exists(), "what goes out goes on"


def test_a_groups_word_waits_for_who_may_speak_for_it_and_holds_up_nobody_else(bot_api: BotApi) -> None:
    group = {"id": -5, "type": "group"}
    words = [
        {"update_id": 1, "message": {"date": 9, "chat": group, "from": {"id": 7}, "text": "اشتراك"}},
        {"update_id": 2, "message": {"date": 9, "chat": group, "from": {"id": 7}, "text": "إلغاء"}},
        {"update_id": 3, "message": {"date": 9, "chat": {"id": 5, "type": "private"}, "text": "اشتراك"}},
    ]
    body = json.dumps({"ok": True, "result": words}).encode()
    member = json.dumps({"ok": True, "result": {"user": {"id": 7}, "status": "creator"}}).encode()
    busy = (
        b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'
    )
    bot_api.answers = [
        (200, body),
        (429, busy),
        (200, body),
        (502, b"<html>"),
        (200, body),
        (200, member),
        (200, member),
    ]
    _poll(lambda: Update.objects.count() == 3)
    assert list(Update.objects.order_by("pk").values_list("provider_id", flat=True)) == ["3", "1", "2"]
    found = dict(Recipient.objects.values_list("kind", "status"))
    assert found == {"group": "unsubscribed", "reader": "active"}, "each word acted once, in the order it was said"
