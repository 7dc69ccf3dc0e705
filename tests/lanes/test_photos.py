"""Pictures on the chat lanes: a photo with its caption, its correction, its end, and what is done where it cannot be."""

import json
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import pytest

from barqia.delivery.lane import FILE, Accepted, Address, Call, Calls, Instead, Job, LaneConfig, Reply, SentPart
from barqia.lanes.telegram import Telegram
from barqia.lanes.whatsapp import WhatsApp
from barqia.lanes.whatsapp.media import Media
from barqia.rendering import Act, Picture, Story
from pictures import drawn

HOUR_MS = 3_600_000
NOW = 100 * 24 * HOUR_MS
STORY = Story(
    "عنوان", "دمشق", ("نص",), "", 5, "ar", "https://x/d/1", "و",
    picture=Picture("abc", "https://x/d/1/abc.jpg", "الميناء", "برقية"), cover="https://x/cover.jpg",
)  # fmt: skip
TELEGRAM = LaneConfig(1, "telegram", "telegram", {}, {"token": "1:t"})
WHATSAPP = LaneConfig(2, "whatsapp", "whatsapp", {"phone_number_id": "5"}, {"access_token": "t"})
SENT = SentPart(0, "77", NOW - HOUR_MS)
KIND = Telegram()


def _calls(act: Act = Act.SEND, story: Story = STORY, lane: LaneConfig = TELEGRAM, **more: Any) -> tuple[Call, ...]:
    made = KIND.render(Job(act, story, Address("42"), 640, NOW, **more), lane)
    assert isinstance(made, Calls)
    return made.calls


def _method(call: Call) -> str:
    return call.url.rsplit("/", 1)[1]


def _body(call: Call) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(call.body)
    return value


def _refused(call: Call, description: str) -> Call:
    """The call made in its place where the provider says this."""
    said = {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}
    outcome = KIND.outcome(call, Reply(400, {}, json.dumps(said).encode()))
    assert isinstance(outcome, Instead), outcome
    return outcome.call


def test_a_photo_carries_the_text_and_says_what_it_shows() -> None:
    (call,) = _calls()
    assert _method(call) == "sendPhoto"
    body = _body(call)
    assert body["photo"] == "https://x/d/1/abc.jpg"
    assert body["caption"].startswith("<b>عنوان</b>")
    assert "الصورة: الميناء — برقية" in body["caption"]
    assert body["parse_mode"] == "HTML"


def test_a_long_story_goes_on_below_its_photo() -> None:
    long = replace(STORY, paragraphs=tuple("كلمة " * 150 for _ in range(8)))
    photo, *texts = _calls(story=long)
    assert len(_body(photo)["caption"]) <= 1024
    assert {_method(call) for call in texts} == {"sendMessage"}
    assert sum(_body(call)["text"].count("كلمة") for call in texts) + _body(photo)["caption"].count("كلمة") == 1200


@pytest.mark.parametrize("description", ["failed to get HTTP URL content", "wrong type of the web page content"])
def test_a_file_that_cannot_be_fetched_costs_nobody_the_news(description: str) -> None:
    (call,) = _calls()
    along = _refused(call, description)
    assert (_method(along), along.file, along.shows) == ("sendPhoto", "abc", "abc")
    text = _refused(along, "PHOTO_INVALID_DIMENSIONS")
    assert _method(text) == "sendMessage"
    assert _body(text)["text"] == _body(call)["caption"]


def test_a_picture_that_telegram_has_goes_by_its_id_and_by_its_address_where_that_holds_no_more() -> None:
    (call,) = _calls(lane=replace(TELEGRAM, media={"abc": "AgAC"}))
    assert _body(call)["photo"] == "AgAC"
    by_address = _refused(call, "wrong file identifier/HTTP URL specified")
    assert _body(by_address)["photo"] == "https://x/d/1/abc.jpg"
    assert _refused(by_address, "failed to get HTTP URL content").file == "abc"
    photo = {"message_id": 9, "photo": [{"file_id": "small"}, {"file_id": "AgAD"}]}
    for one in (call, by_address):
        outcome = KIND.outcome(one, Reply(200, {}, json.dumps({"ok": True, "result": photo}).encode()))
        assert outcome == Accepted("9", delivered=True, media="AgAD")


def test_where_photos_may_not_be_sent_the_text_goes_at_once() -> None:
    (call,) = _calls(lane=replace(TELEGRAM, media={"abc": "AgAC"}))
    assert _method(_refused(call, "not enough rights to send photos to the chat")) == "sendMessage"


@pytest.mark.parametrize("act", [Act.SEND, Act.CORRECT])
def test_a_file_that_goes_along_is_a_form_with_it_and_the_same_words(act: Act) -> None:
    (call,) = _calls(act, earlier=(SENT,) if act is Act.CORRECT else ())
    along, jpeg = _refused(call, "failed to get HTTP URL content"), drawn()
    head = f"Content-Type: {along.headers['content-type']}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + along.body.replace(FILE, jpeg))
    fields = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in form.iter_parts()
    }
    assert jpeg in fields.values()
    if act is Act.SEND:
        assert fields["photo"] == jpeg
        assert fields["caption"].decode() == _body(call)["caption"]
    else:
        media = json.loads(fields["media"])
        assert media == {**_body(call)["media"], "media": "attach://picture"}
        assert fields["message_id"] == b"77"
    assert fields["chat_id"] == b"42"


def test_a_correction_brings_the_picture_into_what_was_a_text_or_a_photo() -> None:
    (call,) = _calls(Act.CORRECT, earlier=(SENT,))
    assert _method(call) == "editMessageMedia"
    media = _body(call)["media"]
    assert (media["media"], media["type"]) == ("https://x/d/1/abc.jpg", "photo")
    assert "تصويب" in media["caption"]
    along = _refused(call, "failed to get HTTP URL content")
    assert (_method(along), along.file, along.provider_id) == ("editMessageMedia", "abc", "77")
    caption = _refused(along, "IMAGE_PROCESS_FAILED")
    assert (_method(caption), caption.provider_id) == ("editMessageCaption", "77")
    text = _refused(caption, "there is no caption in the message to edit")
    assert _method(text) == "editMessageText"


def test_a_picture_that_was_withdrawn_is_covered() -> None:
    (call,) = _calls(Act.CORRECT, replace(STORY, picture=None), earlier=(SENT,))
    assert _method(call) == "editMessageText"
    cover = _refused(call, "there is no text in the message to edit")
    assert (_method(cover), _body(cover)["media"]["media"]) == ("editMessageMedia", "https://x/cover.jpg")
    assert "الميناء" not in _body(cover)["media"]["caption"]


def test_a_kill_deletes_it_and_covers_it_where_that_is_too_late() -> None:
    (call,) = _calls(Act.KILL, replace(STORY, picture=None, note="خطأ"), earlier=(SENT,))
    assert _method(call) == "deleteMessage"
    notice = _refused(call, "message can't be deleted for everyone")
    cover = _refused(notice, "there is no text in the message to edit")
    assert _body(cover)["media"]["media"] == "https://x/cover.jpg"
    assert "إلغاء برقية" in _body(cover)["media"]["caption"]
    gone = {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}
    assert isinstance(KIND.outcome(cover, Reply(400, {}, json.dumps(gone).encode())), Accepted)


def test_whatsapp_carries_an_image_while_the_window_is_open() -> None:
    job = Job(Act.SEND, STORY, Address("963900000001"), 640, NOW, NOW - HOUR_MS)
    made = WhatsApp().render(job, WHATSAPP)
    assert isinstance(made, Calls)
    (call,) = made.calls
    body = _body(call)
    assert body["type"] == "image"
    assert body["image"]["link"] == "https://x/d/1/abc.jpg"
    assert body["image"]["caption"].startswith("*عنوان*")


def test_an_uploaded_image_goes_by_its_id() -> None:
    job = Job(Act.SEND, STORY, Address("963900000001"), 640, NOW, NOW - HOUR_MS)
    made = WhatsApp().render(job, replace(WHATSAPP, media={"abc": "900"}))
    assert isinstance(made, Calls)
    image = _body(made.calls[0])["image"]
    assert (image["id"], "link" in image) == ("900", False)


def test_an_upload_is_a_form_with_the_file_in_it() -> None:
    jpeg = drawn()
    call = Media().upload(WHATSAPP, jpeg)
    assert call.url.endswith("/5/media")
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + call.body)
    fields = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in form.iter_parts()
    }
    assert fields == {"messaging_product": b"whatsapp", "type": b"image/jpeg", "file": jpeg}
    assert Media().media_id(Reply(200, {}, b'{"id":"900"}')) == "900"
    for status, body in ((400, b'{"error":{}}'), (200, b"<html>"), (200, b"[]")):
        assert Media().media_id(Reply(status, {}, body)) is None
