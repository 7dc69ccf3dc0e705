"""Keyboards under the field and under a message, taps and their answers."""

from typing import Any

import pytest

from sandbox.inside import BOT, USER, inside

ROWS = [[{"text": "سياسة", "callback_data": "s:1"}, {"text": "الموقع", "url": "https://e.org/"}]]


async def test_a_tap_is_heard_and_answered_on_the_phone() -> None:
    async with inside() as api:
        sent = await api.done("sendMessage", chat_id=USER, text="اختر", reply_markup={"inline_keyboard": ROWS})
        assert sent["reply_markup"] == {"inline_keyboard": ROWS}
        tapped = await api.control("phones/1/tap", {"app": "telegram", "to": BOT, "id": 1, "data": "s:1"})
        (update,) = await api.heard()
        query = update["callback_query"]
        assert (query["id"], query["data"], query["from"]["id"]) == (tapped["id"], "s:1", USER)
        assert query["message"] == sent
        assert await api.done("answerCallbackQuery", callback_query_id=query["id"], text="تمّ", show_alert=True)
        async with api.client.get("/sandbox/phones/1") as answer:
            (chat,) = (await answer.json())["chats"]
        assert (chat["notice"]["text"], chat["notice"]["alert"]) == ("تمّ", True)
        assert await api.refused("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201) == (
            "Bad Request: MESSAGE_TOO_LONG"
        )
        await api.control("clock", {"advance_ms": 151_000})
        assert await api.refused("answerCallbackQuery", callback_query_id=query["id"]) == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )


async def test_a_tap_that_nobody_fetches_is_forgotten_before_other_words() -> None:
    async with inside() as api:
        await api.done("sendMessage", chat_id=USER, text="اختر", reply_markup={"inline_keyboard": ROWS})
        await api.control("phones/1/tap", {"app": "telegram", "to": BOT, "id": 1, "data": "s:1"})
        await api.control("phones/1/say", {"app": "telegram", "to": BOT, "text": "كلمة"})
        await api.control("clock", {"advance_ms": 160_000})
        assert ["message" in update for update in await api.heard()] == [True]


async def test_an_edit_without_a_keyboard_takes_it_away() -> None:
    async with inside() as api:
        markup = {"inline_keyboard": ROWS}
        await api.done("sendMessage", chat_id=USER, text="اختر", reply_markup=markup)
        edited = await api.done("editMessageText", chat_id=USER, message_id=1, text="اختر", reply_markup={})
        assert "reply_markup" not in edited
        assert (await api.bubbles("telegram"))[0]["keyboard"] == []
        edited = await api.done("editMessageReplyMarkup", chat_id=USER, message_id=1, reply_markup=markup)
        assert edited["reply_markup"] == markup
        assert "not modified" in await api.refused(
            "editMessageReplyMarkup", chat_id=USER, message_id=1, reply_markup=markup
        )
        refused = await api.refused(
            "editMessageReplyMarkup", chat_id=USER, message_id=1, reply_markup={"keyboard": [["x"]]}
        )
        assert refused == "Bad Request: inline keyboard expected"


async def test_a_keyboard_under_the_field_stays_until_it_goes() -> None:
    async with inside() as api:

        async def chat() -> dict[str, Any]:
            async with api.client.get("/sandbox/phones/1") as answer:
                (found,) = (await answer.json())["chats"]
            return dict(found)

        keyboard = {"keyboard": [["نعم", "لا"], [{"text": "ربما"}]], "input_field_placeholder": "اختر"}
        sent = await api.done("sendMessage", chat_id=USER, text="؟", reply_markup=keyboard)
        assert "reply_markup" not in sent
        assert (await chat())["rows"] == [["نعم", "لا"], ["ربما"]]
        assert (await chat())["placeholder"] == "اختر"
        await api.done("sendMessage", chat_id=USER, text="خبر")
        assert (await chat())["buttons"] == ["نعم", "لا", "ربما"]
        await api.done("sendMessage", chat_id=USER, text="شكراً", reply_markup={"remove_keyboard": True})
        assert (await chat())["rows"] == []
        await api.done("sendMessage", chat_id=USER, text="؟", reply_markup={**keyboard, "one_time_keyboard": True})
        await api.control("phones/1/say", {"app": "telegram", "to": BOT, "text": "نعم"})
        assert (await chat())["rows"] == []


def _inline(*buttons: Any) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ([1], "object expected as reply markup"),
        ("{", "can't parse reply keyboard markup JSON object"),
        ({"inline_keyboard": 1}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array'),
        ({"inline_keyboard": [1]}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        (
            _inline({"text": "x"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (_inline({"callback_data": "x"}), "can't parse inline keyboard button: Can't find field \"text\""),
        (_inline({"text": []}), 'can\'t parse inline keyboard button: Field "text" must be of type String'),
        (_inline("x"), "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        (_inline({"text": "x", "callback_data": "ا" * 33}), "BUTTON_DATA_INVALID"),
        (
            _inline({"text": "x", "url": "http://"}),
            "inline keyboard button URL 'http://' is invalid: URL host is empty",
        ),
        (_inline(*[{"text": "x", "callback_data": "x"}] * 9), "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}, "reply markup is too long"),
        ({"keyboard": [1]}, 'field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays'),
        ({"keyboard": [[{}]]}, "can't parse keyboard button: Can't find field \"text\""),
    ],
)
async def test_markup_that_is_none(markup: Any, description: str) -> None:
    async with inside() as api:
        refused = await api.refused("sendMessage", chat_id=USER, text="x", reply_markup=markup)
        assert refused == f"Bad Request: {description}"


async def test_64_bytes_of_data_pass() -> None:
    async with inside() as api:
        button = {"text": "x", "callback_data": "ا" * 32}
        assert await api.done("sendMessage", chat_id=USER, text="x", reply_markup=_inline(button))
