"""Every message type, both ways: what a screen shows, what a webhook tells, and what is refused."""

from typing import Any

import pytest

from sandbox.cloud import LEILA, ask, heard, send, sent, statuses, told
from sandbox.inside import NUMBER, hook, inside

REPLY = {"type": "reply", "reply": {"id": "a", "title": "نعم"}}
OTHER = {"type": "reply", "reply": {"id": "b", "title": "لا"}}
ROW = {"id": "r1", "title": "سياسة", "description": "أخبار السياسة"}
CARD = {"name": {"formatted_name": "وكالة", "first_name": "وكالة"}, "phones": [{"phone": "+963944000111"}]}


def buttons(*given: Any, **more: Any) -> dict[str, Any]:
    return {"type": "button", "body": {"text": "اختر"}, "action": {"buttons": [*given]}, **more}


def listed(*rows: Any, **more: Any) -> dict[str, Any]:
    action = {"button": "الأقسام", "sections": [{"title": "أقسام", "rows": [*rows]}]}
    return {"type": "list", "body": {"text": "اختر"}, "action": action, **more}


def link(**parameters: Any) -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": {"display_text": "اقرأ", "url": "https://e.org/d/1", **parameters}}
    return {"type": "cta_url", "body": {"text": "الخبر"}, "action": action}


REFUSED: list[tuple[str, Any, int]] = [
    ("text", {"body": "x" * 4097}, 131009),
    ("text", {"body": ""}, 131008),
    ("text", {}, 131008),
    ("image", {"link": "https://e.org/a.jpg", "caption": "x" * 1025}, 131009),
    ("image", {}, 131008),
    ("image", {"id": "12345"}, 131009),
    ("image", {"link": "ftp://e.org/a.jpg"}, 131009),
    ("audio", {"link": "https://e.org/a.mp3", "caption": "x"}, 100),
    ("contacts", [{"name": {"formatted_name": "x"}}], 131009),
    ("contacts", [], 131008),
    ("location", {"latitude": 33.5}, 131008),
    ("location", {"latitude": 91, "longitude": 36}, 131009),
    ("location", {"latitude": "شمال", "longitude": 36}, 100),
    ("reaction", {"emoji": "👍"}, 131008),
    ("interactive", buttons(REPLY, OTHER, {**REPLY, "reply": {"id": "c", "title": "نعم"}}), 131009),
    ("interactive", buttons(*({"type": "reply", "reply": {"id": n, "title": n}} for n in "abcd")), 131009),
    ("interactive", buttons({"type": "reply", "reply": {"id": "x" * 257, "title": "x"}}), 131009),
    ("interactive", buttons({"type": "reply", "reply": {"id": "x", "title": "x" * 21}}), 131009),
    ("interactive", buttons(), 131008),
    ("interactive", buttons(REPLY, body={"text": "x" * 1025}), 131009),
    ("interactive", buttons(REPLY, footer={"text": "x" * 61}), 131009),
    ("interactive", buttons(REPLY, header={"type": "text", "text": "x" * 61}), 131009),
    ("interactive", listed(*({**ROW, "id": str(n)} for n in range(11))), 131009),
    ("interactive", listed(ROW, ROW), 131009),
    ("interactive", listed({**ROW, "title": "x" * 25}), 131009),
    ("interactive", listed({**ROW, "id": "x" * 201}), 131009),
    ("interactive", listed({**ROW, "description": "x" * 73}), 131009),
    ("interactive", listed(ROW, body={"text": "x" * 4097}), 131009),
    ("interactive", listed(ROW, header={"type": "image", "image": {"link": "https://e.org/a.jpg"}}), 131009),
    ("interactive", link(url="e.org"), 131009),
    ("interactive", link(display_text="x" * 21), 131009),
    ("interactive", {"type": "carousel", "body": {"text": "x"}, "action": {}}, 131009),
    ("poll", {"question": "x"}, 131051),
]


@pytest.mark.parametrize(("kind", "content", "code"), REFUSED)
async def test_what_passes_a_limit_is_refused_with_metas_code(kind: str, content: Any, code: int) -> None:
    async with inside() as api:
        status, body = await send(api, kind, content)
        assert (status, body["error"]["code"]) == (400, code)
        assert body["error"]["error_data"]["details"]
        assert await api.bubbles("whatsapp") == []


async def test_every_type_stands_on_the_screen_as_it_was_sent() -> None:
    async with inside() as api:
        first = await sent(api, "text", {"body": "خبر"})
        await sent(api, "image", {"link": "https://e.org/a.jpg", "caption": "صورة"})
        await sent(api, "document", {"link": "https://e.org/a.pdf", "filename": "a.pdf"})
        await sent(api, "contacts", [CARD])
        await sent(api, "location", {"latitude": 33.5, "longitude": 36.3, "name": "دمشق", "address": "الساحة"})
        await sent(
            api, "interactive", buttons(REPLY, OTHER, header={"type": "text", "text": "سؤال"}, footer={"text": "و"})
        )
        await sent(api, "interactive", listed(ROW))
        await sent(api, "interactive", link(), context={"message_id": first})
        await sent(api, "reaction", {"message_id": first, "emoji": "👍"})
        text, image, paper, card, place, asked, rows, read_on = await api.bubbles("whatsapp")
        assert (text["text"], text["reactions"]) == ("خبر", {"theirs": "👍"})
        assert (image["text"], image["media"]["kind"], image["media"]["mime"]) == ("صورة", "image", "image/jpeg")
        assert (paper["media"]["kind"], paper["media"]["name"]) == ("document", "a.pdf")
        assert card["card"] == {"name": "وكالة", "phone": "+963944000111", "url": ""}
        assert (place["location"]["latitude"], place["location"]["name"]) == (33.5, "دمشق")
        assert (asked["header"], asked["footer"], asked["buttons"]) == ("سؤال", "و", ["نعم", "لا"])
        assert rows["options"] == [{"kind": "row", "section": "أقسام", **ROW}]
        assert (read_on["options"][0]["url"], read_on["quoted"]) == ("https://e.org/d/1", "خبر")
        await sent(api, "reaction", {"message_id": first, "emoji": ""})
        assert (await api.bubbles("whatsapp"))[0]["reactions"] == {}


async def test_a_reaction_is_sent_only_and_fails_where_its_message_is_not() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        first = await sent(api, "text", {"body": "خبر"})
        good = await sent(api, "reaction", {"message_id": first, "emoji": "👍"})
        bad = await sent(api, "reaction", {"message_id": "wamid.none", "emoji": "👍"})
        await caught.until(lambda: len(statuses(caught)) == 4)
        of = {wamid: [row for row in statuses(caught) if row["id"] == wamid] for wamid in (good, bad)}
        assert [row["status"] for row in of[good]] == ["sent"]
        assert "pricing" not in of[good][0]
        assert [row["errors"][0]["code"] for row in of[bad]] == [131009]


async def test_addresses_are_read_as_meta_reads_them() -> None:
    async with inside(display="+967711000111") as api:
        for to in ("+967 70-000 (0001)", "700000001", LEILA):
            _, body = await send(api, "text", {"body": "x"}, to=to)
            assert body["contacts"][0]["wa_id"] == LEILA.lstrip("+"), to
        assert (await send(api, "text", {"body": "x"}, to="+967711000111"))[1]["error"]["code"] == 131021
        assert (await send(api, "text", {"body": "x"}, recipient_type="group"))[1]["error"]["code"] == 100
        status, body = await send(api, "text", {"body": "x"}, to="", recipient="YE.0000000000001")
        assert (status, body["contacts"][0]["user_id"]) == (200, "YE.0000000000001")
        await api.add_number(display="+967711000111", allowed=["+967700000009"])
        assert (await send(api, "text", {"body": "x"}))[1]["error"]["code"] == 131030


async def test_words_are_marked_read_and_an_answer_is_seen_being_typed() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        said = await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "اشتراك"})
        await caught.until(lambda: heard(caught))
        read = {"messaging_product": "whatsapp", "status": "read", "message_id": said["id"]}
        typing = {**read, "typing_indicator": {"type": "text"}}
        assert await ask(api, "POST", f"{NUMBER}/messages", typing) == (200, {"success": True})
        async with api.client.get("/sandbox/phones/1") as answer:
            (chat,) = (await answer.json())["chats"]
        assert chat["bubbles"][0]["ticks"] == 3
        assert chat["typing"] > 0
        _, body = await ask(api, "POST", f"{NUMBER}/messages", {**read, "message_id": "wamid.none"})
        assert body["error"]["code"] == 131009


PHOTO = {"data": "/9j/4AAQ", "mime": "image/jpeg", "caption": "من هنا"}


async def test_a_phone_sends_every_type_and_the_webhook_tells_each() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        first = await sent(api, "text", {"body": "خبر"})
        for one in (
            {"text": "شكرا", "quote": first},
            {"image": PHOTO},
            {"audio": {"data": "T2dnUw==", "mime": "audio/ogg", "voice": True}},
            {"document": {"data": "JVBERg==", "mime": "application/pdf", "name": "a.pdf"}},
            {"sticker": {"data": "UklGRg==", "animated": False}},
            {"location": {"latitude": 33.5, "longitude": 36.3}},
            {"contacts": [CARD]},
            {"unsupported": "poll"},
        ):
            await api.control("whatsapp/phones/1/send", {"to": NUMBER, **one})
        await api.control("whatsapp/phones/1/react", {"to": NUMBER, "message": first, "emoji": "❤"})
        await api.control("whatsapp/phones/1/react", {"to": NUMBER, "message": first})
        await caught.until(lambda: len(heard(caught)) == 10)
        text, image, audio, paper, sticker, place, card, odd, mark, unmark = heard(caught)
        assert text["context"] == {"from": "963944000111", "id": first}
        assert (image["image"]["caption"], image["image"]["mime_type"]) == ("من هنا", "image/jpeg")
        assert audio["audio"]["voice"] is True
        assert paper["document"]["filename"] == "a.pdf"
        assert sticker["sticker"]["animated"] is False
        assert place["location"] == {"latitude": 33.5, "longitude": 36.3}
        assert card["contacts"] == [CARD]
        assert (odd["type"], odd["errors"][0]["code"]) == ("unsupported", 131051)
        assert mark["reaction"] == {"message_id": first, "emoji": "❤"}
        assert unmark["reaction"] == {"message_id": first}
        assert {row["from"] for row in heard(caught)} == {LEILA.lstrip("+")}
        assert all(isinstance(row["timestamp"], str) for row in heard(caught))
        assert told(caught)[0]["contacts"][0]["profile"] == {"name": "ليلى"} or statuses(caught)


async def test_a_tap_answers_as_the_message_it_is_on() -> None:
    template = {
        "name": "ask", "language": "ar",
        "components": [
            {"type": "BODY", "text": "هل تريد الأخبار؟"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "إلغاء"}]},
        ],
    }  # fmt: skip
    async with hook() as caught, inside(webhook_url=caught.url, templates=[template]) as api:
        payload = {"type": "payload", "payload": "STOP"}
        quick = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [payload]}
        asked = await sent(api, "template", {"name": "ask", "language": {"code": "ar"}, "components": [quick]})
        await sent(api, "interactive", buttons(REPLY, OTHER))
        rows = await sent(api, "interactive", listed(ROW))
        for option in ("إلغاء", "نعم", "r1"):
            await api.control("whatsapp/phones/1/tap", {"to": NUMBER, "option": option})
        await caught.until(lambda: len(heard(caught)) == 3)
        quick_reply, button, row = heard(caught)
        assert quick_reply["button"] == {"payload": "STOP", "text": "إلغاء"}
        assert quick_reply["context"]["id"] == asked
        assert button["interactive"] == {"type": "button_reply", "button_reply": {"id": "a", "title": "نعم"}}
        assert row["interactive"] == {"type": "list_reply", "list_reply": ROW}
        assert row["context"]["id"] == rows
