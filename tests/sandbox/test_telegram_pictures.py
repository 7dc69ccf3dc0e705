"""Pictures and documents: sent, kept, fetched again, shown on the phone."""

import json
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData

from barqia.sandbox.telegram.files import picture_size
from sandbox.drawings import jpeg, png
from sandbox.inside import TOKEN, USER, Inside, inside


async def _upload(api: Inside, method: str, files: dict[str, bytes], **fields: Any) -> tuple[int, dict[str, Any]]:
    form = FormData()
    for name, value in {"chat_id": USER, **fields}.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, data in files.items():
        form.add_field(name, BytesIO(data), filename=f"{name}.png", content_type="image/png")
    async with api.client.post(f"/bot{TOKEN}/{method}", data=form) as answer:
        return answer.status, await answer.json()


async def test_a_picture_is_sent_kept_and_sent_again_by_its_id() -> None:
    async with inside() as api:
        sizes = png(1000, 500)
        caption = {"caption": "<b>رصيف</b> جديد", "parse_mode": "HTML", "show_caption_above_media": True}
        status, body = await _upload(api, "sendPhoto", {"photo": sizes}, **caption)
        assert status == 200, body
        message = body["result"]
        assert [(size["width"], size["height"]) for size in message["photo"]] == [
            (90, 45),
            (320, 160),
            (800, 400),
            (1000, 500),
        ]
        assert (message["caption"], message["show_caption_above_media"]) == ("رصيف جديد", True)
        assert message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 4}]
        largest = message["photo"][-1]["file_id"]
        again = await api.done("sendPhoto", chat_id=USER, photo=largest)
        assert again["photo"] == message["photo"]
        file = await api.done("getFile", file_id=largest)
        assert (file["file_size"], file["file_path"].split("/")[0]) == (len(sizes), "photos")
        async with api.client.get(f"/file/bot{TOKEN}/{file['file_path']}") as answer:
            assert (answer.status, await answer.read()) == (200, sizes)
        bubble = (await api.bubbles("telegram"))[0]
        assert (bubble["text"], bubble["media"]["kind"], bubble["media"]["above"]) == ("رصيف جديد", "image", True)
        async with api.client.get(bubble["media"]["url"]) as answer:
            assert (await answer.read(), answer.headers["Content-Type"]) == (sizes, "image/png")


async def test_pictures_that_telegram_takes_not() -> None:
    async with inside() as api:

        async def why(data: bytes, **fields: Any) -> str:
            status, body = await _upload(api, "sendPhoto", {"photo": data}, **fields)
            assert status == body["error_code"]
            return str(body["description"])

        assert await why(b"no picture") == "Bad Request: IMAGE_PROCESS_FAILED"
        assert await why(png(9_000, 1_001)) == "Bad Request: PHOTO_INVALID_DIMENSIONS"
        assert await why(png(21, 1)) == "Bad Request: PHOTO_INVALID_DIMENSIONS"
        large = png() + b"\0" * (10 << 20)
        assert await why(large) == (
            f"Bad Request: file of size {len(large)} bytes is too big for a photo; the maximum size is 10485760 bytes"
        )
        assert await why(png(), caption="ا" * 1025) == "Bad Request: message caption is too long"
        assert await why(png() + b"\0" * (52 << 20)) == "Request Entity Too Large"
        assert await api.refused("sendPhoto", chat_id=USER) == "Bad Request: there is no photo in the request"
        wrong = await api.refused("sendPhoto", chat_id=USER, photo="AgAxxx")
        assert wrong == "Bad Request: wrong file identifier/HTTP URL specified"
        assert await api.refused("getFile", file_id="x") == (
            "Bad Request: wrong file_id or the file is temporarily unavailable"
        )
        assert await api.bubbles("telegram") == []


async def test_a_picture_is_fetched_from_an_address() -> None:
    async with inside() as api:
        first = await _upload(api, "sendPhoto", {"photo": png(5, 5)})
        path = (await api.bubbles("telegram"))[0]["media"]["url"]
        sent = await api.done("sendPhoto", chat_id=USER, photo=f"{api.base}{path}")
        assert sent["photo"] == first[1]["result"]["photo"]
        refused = await api.refused("sendPhoto", chat_id=USER, photo=f"{api.base}/sandbox/telegram/files/none")
        assert refused == "Bad Request: failed to get HTTP URL content"
        assert await api.refused("sendPhoto", chat_id=USER, photo=f"{api.base}/") == (
            "Bad Request: wrong type of the web page content"
        )
        assert (
            await api.refused("sendPhoto", chat_id=USER, photo="ftp://e.org/a")
            == "Bad Request: wrong HTTP URL specified"
        )


async def test_an_album_is_one_group_and_spends_a_token_for_each_picture() -> None:
    async with inside(chat_rate=0.01) as api:
        media = [{"type": "photo", "media": f"attach://p{n}", "caption": f"صورة {n}"} for n in (1, 2, 3)]
        files = {f"p{n}": png(4, n + 1) for n in (1, 2, 3)}
        status, body = await _upload(api, "sendMediaGroup", files, media=media)
        assert status == 200, body
        assert len({message["media_group_id"] for message in body["result"]}) == 1
        assert [message["caption"] for message in body["result"]] == ["صورة 1", "صورة 2", "صورة 3"]
        assert (await api.bot("sendMessage", chat_id=USER, text="x"))[0] == 429


@pytest.mark.parametrize(
    ("media", "description"),
    [
        ([], "there are no messages to send"),
        ([{"type": "photo", "media": "x"}] * 11, "too many messages to send as an album"),
        ([{"type": "animation", "media": "x"}], 'type "animation" can\'t be used in sendMediaGroup'),
        (
            [{"type": "photo"}],
            'failed to send message #1 with the error message "can\'t parse InputMedia: media not found"',
        ),
        (
            [{"type": "photo", "media": "x"}, {"type": "document", "media": "x"}],
            "document can't be mixed with other media types",
        ),
        (
            [{"type": "photo", "media": "x", "show_caption_above_media": n} for n in (True, False)],
            "parameter show_caption_above_media must be the same for all messages",
        ),
    ],
)
async def test_albums_that_are_none(media: list[dict[str, Any]], description: str) -> None:
    async with inside() as api:
        assert await api.refused("sendMediaGroup", chat_id=USER, media=media) == f"Bad Request: {description}"


async def test_a_document_keeps_its_name_and_is_never_opened_in_the_page() -> None:
    async with inside() as api:
        status, body = await _upload(api, "sendDocument", {"document": b"<script>1</script>"})
        assert (status, body["result"]["document"]["file_name"]) == (200, "document.png")
        (bubble,) = await api.bubbles("telegram")
        async with api.client.get(bubble["media"]["url"]) as answer:
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"] == "attachment"


async def test_captions_and_pictures_are_edited() -> None:
    async with inside() as api:
        _, body = await _upload(api, "sendPhoto", {"photo": png()}, caption="قديم")
        number = {"chat_id": USER, "message_id": body["result"]["message_id"]}
        edited = await api.done("editMessageCaption", **number, caption="جديد")
        assert (edited["caption"], "edit_date" in edited) == ("جديد", True)
        assert "message is not modified" in await api.refused("editMessageCaption", **number, caption="جديد")
        assert await api.refused("editMessageText", **number, text="x") == (
            "Bad Request: there is no text in the message to edit"
        )
        status, body = await _upload(
            api, "editMessageMedia", {"p": png(8, 8)}, message_id=1, media={"type": "photo", "media": "attach://p"}
        )
        assert (status, body["result"]["photo"][-1]["width"]) == (200, 8)
        assert "caption" not in body["result"]
        text = await api.done("sendMessage", chat_id=USER, text="نصّ")
        assert await api.refused("editMessageCaption", chat_id=USER, message_id=text["message_id"], caption="x") == (
            "Bad Request: there is no caption in the message to edit"
        )


async def test_a_person_sends_a_picture() -> None:
    import base64

    async with inside() as api:
        photo = base64.b64encode(png(9, 9)).decode()
        await api.control("phones/1/say", {"app": "telegram", "to": "inside_bot", "text": "صورة", "photo": photo})
        (update,) = await api.heard()
        assert (update["message"]["caption"], update["message"]["photo"][0]["width"]) == ("صورة", 9)


def test_sizes_are_read_from_the_heads_of_four_kinds() -> None:
    webp = b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
    assert picture_size(png(7, 5)) == (7, 5)
    assert picture_size(jpeg(640, 480)) == (640, 480)
    assert picture_size(b"GIF89a\x07\0\x05\0") == (7, 5)
    assert picture_size(webp) == (640, 480)
    assert picture_size(b"%PDF-1.7") == (0, 0)
