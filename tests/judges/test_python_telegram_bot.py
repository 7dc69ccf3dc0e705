"""python-telegram-bot drives the sandbox's Bot API through its own public API, both ways."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, RetryAfter

from barqia.sandbox.client import Sandbox
from judges.features import FEATURES

TOKEN, NAME = "7654321:judge-token", "judge_bot"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@dataclass
class Court:
    """A bot, a phone that started it, and the sandbox they are in."""

    bot: Bot
    sandbox: Sandbox
    phone: dict[str, Any]
    channel: dict[str, Any]

    @property
    def chat(self) -> int:
        return int(self.phone["telegram_id"])

    async def update(self, kind: str) -> Update:
        found = await self.bot.get_updates(timeout=5, allowed_updates=["message", "callback_query", "my_chat_member"])
        return [one for one in found if getattr(one, kind)][-1]


@pytest.fixture
async def court(sandbox: Sandbox) -> AsyncIterator[Court]:
    sandbox.add_bot(TOKEN, NAME, "و", rate=0, chat_rate=0)
    phone = sandbox.add_phone("ليلى", started_bot=NAME)
    channel = sandbox.add_channel("الأخبار", "judge_news", NAME)
    async with Bot(TOKEN, base_url=f"{sandbox.base}/bot", base_file_url=f"{sandbox.base}/file/bot") as bot:
        yield Court(bot, sandbox, phone, channel)


async def _get_me(court: Court) -> None:
    assert (await court.bot.get_me()).username == NAME


async def _send_html(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "<b>عاجل</b> خبر", parse_mode="HTML")
    assert sent.text_html == "<b>عاجل</b> خبر"


async def _send_markdown(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "*عاجل* خبر", parse_mode="MarkdownV2")
    assert sent.text_markdown_v2 == "*عاجل* خبر"


async def _markup_errors(court: Court) -> None:
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await court.bot.send_message(court.chat, "<b>x", parse_mode="HTML")


async def _edit(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "خبر")
    edited = await sent.edit_text("تصويب")
    assert getattr(edited, "edit_date", None)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await sent.edit_text("تصويب")


async def _reply(court: Court) -> None:
    first = await court.bot.send_message(court.chat, "خبر", disable_notification=True)
    answer = await court.bot.send_message(court.chat, "ردّ", reply_parameters=ReplyParameters(first.message_id))
    assert answer.reply_to_message
    assert answer.reply_to_message.message_id == first.message_id


async def _photo(court: Court) -> None:
    sent = await court.bot.send_photo(court.chat, PNG, caption="صورة")
    changed = await sent.edit_caption("تصويب الصورة")
    assert getattr(changed, "caption", "") == "تصويب الصورة"
    file = await sent.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray())
    again = await court.bot.send_photo(court.chat, sent.photo[-1].file_id)
    assert again.photo


async def _album(court: Court) -> None:
    sent = await court.bot.send_media_group(court.chat, [InputMediaPhoto(PNG), InputMediaPhoto(PNG)])
    assert len({one.media_group_id for one in sent}) == 1


async def _keyboard(court: Court) -> None:
    assert await court.bot.send_message(court.chat, "اختر", reply_markup=ReplyKeyboardMarkup([["سياسة"]]))


async def _callback(court: Court) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("سياسة", callback_data="s:politics")]])
    asked = await court.bot.send_message(court.chat, "اختر", reply_markup=keys)
    court.sandbox.tap(court.phone["id"], NAME, str(asked.message_id), "s:politics")
    query = (await court.update("callback_query")).callback_query
    assert query
    assert query.data == "s:politics"
    assert await query.answer("تمّ")


async def _deep_link(court: Court) -> None:
    court.sandbox.say(court.phone["id"], "telegram", NAME, "/start politics")
    message = (await court.update("message")).message
    assert message
    assert message.entities[0].type == "bot_command"


async def _commands(court: Court) -> None:
    await court.bot.set_my_commands([("stop", "إيقاف الأخبار")], language_code="ar")
    assert (await court.bot.get_my_commands(language_code="ar"))[0].description == "إيقاف الأخبار"
    await court.bot.set_my_description("أخبار الوكالة", language_code="ar")
    assert (await court.bot.get_my_description("ar")).description == "أخبار الوكالة"


async def _channel(court: Court) -> None:
    post = await court.bot.send_message("@judge_news", "خبر")
    assert post.sender_chat
    assert post.sender_chat.id == court.channel["id"]
    await court.bot.edit_message_text("تصويب", "@judge_news", post.message_id)
    assert await post.delete()


async def _delete_many(court: Court) -> None:
    sent = [await court.bot.send_message(court.chat, "خبر") for _ in range(2)]
    assert await court.bot.delete_messages(court.chat, [one.message_id for one in sent])


async def _flood(court: Court) -> None:
    court.sandbox.set_faults({"what": 429, "when": {"calls": [1, 1]}, "seconds": 7}, bot=NAME)
    with pytest.raises(RetryAfter) as thrown:
        await court.bot.send_message(court.chat, "خبر")
    assert "7" in str(thrown.value)


async def _blocked(court: Court) -> None:
    court.sandbox.block(court.phone["id"], "telegram", NAME)
    change = (await court.update("my_chat_member")).my_chat_member
    assert change
    assert change.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="blocked by the user"):
        await court.bot.send_message(court.chat, "خبر")


async def _webhook(court: Court) -> None:
    await court.bot.set_webhook("http://127.0.0.1:9/hook", secret_token="s3cret")
    assert (await court.bot.get_webhook_info()).url == "http://127.0.0.1:9/hook"
    with pytest.raises(Conflict, match="webhook is active"):
        await court.bot.get_updates()
    assert await court.bot.delete_webhook()


TRIED: dict[str, Callable[[Court], Awaitable[None]]] = {
    "get_me": _get_me, "send_html": _send_html, "send_markdown": _send_markdown, "markup_errors": _markup_errors,
    "edit": _edit, "reply": _reply, "photo": _photo, "album": _album, "keyboard": _keyboard, "callback": _callback,
    "deep_link": _deep_link, "commands": _commands, "channel": _channel, "delete_many": _delete_many, "flood": _flood,
    "blocked": _blocked, "webhook": _webhook,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize("feature", TRIED)
async def test_every_feature_is_as_the_client_expects(court: Court, feature: str) -> None:
    await TRIED[feature](court)


def test_the_features_are_those_that_are_told() -> None:
    assert sorted(TRIED) == sorted(FEATURES["python-telegram-bot"])
