"""A provider is given a mailing's picture once, beside the messages, which name it as soon as it is there."""

import asyncio
import json
import time
from collections.abc import Callable

import pytest
from django.db import connections

from barqia import desk
from barqia.delivery.lane import Call, Reply
from barqia.delivery.models import Delivery, Upload
from barqia.delivery.sending.engine import Sender
from barqia.delivery.transport.http import Answer, Done, Http, NotSent
from barqia.desk.words import Illustration, Slot, Words
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.pictures import store
from delivery.hand import reader
from pictures import drawn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("newsroom")]
READERS = 60


class Provider:
    """The Cloud API as far as it is asked: which images messages named, how often one was uploaded."""

    def __init__(self, upload: Answer) -> None:
        self.named: list[str] = []
        self.uploads = 0
        self._upload = upload

    def start(self, made: Call, done: Done) -> None:
        if not made.url.endswith("/messages"):
            asyncio.get_running_loop().call_soon(done, Reply(200, {}, b"{}"))
            return
        image = json.loads(made.body)["image"]
        self.named.append(image.get("id") or image["link"])
        reply = Reply(200, {}, json.dumps({"messages": [{"id": f"w{len(self.named)}"}]}).encode())
        asyncio.get_running_loop().call_soon(done, reply)

    def call(self, made: Call) -> Answer:
        assert made.url.endswith("/media")
        self.uploads += 1
        return self._upload


def _provider(monkeypatch: pytest.MonkeyPatch, upload: Answer) -> Provider:
    made = Provider(upload)

    async def call(_self: Http, asked: Call) -> Answer:
        return made.call(asked)

    monkeypatch.setattr(Http, "start", lambda _self, asked, done: made.start(asked, done))
    monkeypatch.setattr(Http, "call", call)
    return made


def _published(lane: Lane) -> None:
    """At so slow a pace that the upload ends before the mailing does."""
    Lane.objects.update(rate=20)
    for number in range(READERS):
        reader(lane, f"9677000{number:05d}")
    Recipient.objects.update(last_inbound_ms=int(time.time() * 1000))
    picture = Illustration(store(drawn(), "a.jpg").pk)
    item = desk.save(None, Words("عنوان", "نص", picture=picture), Slot(("politics",), 5))
    desk.publish(None, item, 0)


async def _until(done: Callable[[], bool]) -> None:
    stop = asyncio.Event()
    sending = asyncio.create_task(Sender().run(stop))
    try:
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(done):
                assert not sending.done(), "the sender goes on"
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await sending


def _all_out() -> bool:
    try:
        return Delivery.objects.filter(state="handed").count() == READERS
    finally:
        connections.close_all()


def test_it_is_uploaded_once_and_named_by_its_id(whatsapp: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = _provider(monkeypatch, Reply(200, {}, b'{"id":"900"}'))
    _published(whatsapp)
    asyncio.run(_until(_all_out))
    assert provider.uploads == 1
    assert provider.named[-1] == "900"
    assert Upload.objects.get().provider_id == "900"


@pytest.mark.parametrize("upload", [Reply(400, {}, b"{}"), NotSent("refused")])
def test_where_it_cannot_be_uploaded_its_address_goes(
    whatsapp: Lane, monkeypatch: pytest.MonkeyPatch, upload: Answer
) -> None:
    provider = _provider(monkeypatch, upload)
    _published(whatsapp)
    asyncio.run(_until(_all_out))
    assert provider.uploads == 1, "and is not tried again with every message"
    assert all(name.endswith(".jpg") for name in provider.named)
