"""python-telegram-bot drives the sandbox's Bot API through its own public API; its own loop and server take updates."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from barqia.sandbox.client import Sandbox
from judges.features import FEATURES

TOKEN, NAME, SECRET = "7654321:judge-token", "judge_bot", "s3cret_word"
Told = ContextTypes.DEFAULT_TYPE
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


async def _wrong_token(court: Court) -> None:
    async with HTTPXRequest() as request, HTTPXRequest() as updates:
        other = Bot("7654321:wrong", base_url=f"{court.sandbox.base}/bot", request=request, get_updates_request=updates)
        with pytest.raises(InvalidToken):
            await other.initialize()


async def _too_long(court: Court) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await court.bot.send_message(court.chat, "ن" * 4097)


async def _no_such_chat(court: Court) -> None:
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await court.bot.send_message(999_999_999, "خبر")


async def _link_preview(court: Court) -> None:
    options = LinkPreviewOptions(url="https://x.example/", prefer_large_media=True)
    sent = await court.bot.send_message(court.chat, "https://x.example/", link_preview_options=options)
    assert sent.link_preview_options
    assert sent.link_preview_options.prefer_large_media


async def _file(court: Court) -> None:
    sent = await court.bot.send_document(court.chat, b"nass", filename="nass.txt", caption="ملف")
    assert sent.document
    assert (sent.document.file_name, sent.caption) == ("nass.txt", "ملف")
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"nass"


async def _media(court: Court) -> None:
    """A photo takes another's place, and a text's as well."""
    sent = await court.bot.send_photo(court.chat, PNG, caption="صورة")
    changed = await sent.edit_media(InputMediaPhoto(PNG, caption="صورة أخرى", filename="b.png"))
    assert getattr(changed, "caption", "") == "صورة أخرى"
    text = await court.bot.send_message(court.chat, "خبر")
    shown = await text.edit_media(InputMediaPhoto(sent.photo[-1].file_id, caption="مع صورة"))
    assert getattr(shown, "photo", ())


async def _description(court: Court) -> None:
    await court.bot.set_my_description("أخبار الوكالة", language_code="ar")
    await court.bot.set_my_short_description("أخبار", language_code="ar")
    await court.bot.set_my_name("برقية", language_code="ar")
    assert (await court.bot.get_my_description("ar")).description == "أخبار الوكالة"
    assert (await court.bot.get_my_short_description("ar")).short_description == "أخبار"
    assert (await court.bot.get_my_name("ar")).name == "برقية"


async def _command_scopes(court: Court) -> None:
    scope = BotCommandScopeAllGroupChats()
    await court.bot.set_my_commands([("stop", "إيقاف الأخبار")], scope=scope)
    assert [one.command for one in await court.bot.get_my_commands(scope=scope)] == ["stop"]
    assert await court.bot.get_my_commands() == ()
    assert await court.bot.delete_my_commands(scope=scope)
    assert await court.bot.get_my_commands(scope=scope) == ()


async def _group(court: Court) -> None:
    group = court.sandbox.add_group("غرفة", court.phone["id"])
    court.sandbox.in_chat("add", group["id"], NAME)
    change = (await court.update("my_chat_member")).my_chat_member
    assert change
    assert change.new_chat_member.status == "member"
    assert (await court.bot.get_chat_member(group["id"], court.chat)).status == "creator"
    assert [one.user.id for one in await court.bot.get_chat_administrators(group["id"])] == [court.chat]
    assert await court.bot.get_chat_member_count(group["id"]) == 2
    assert (await court.bot.get_chat(group["id"])).title == "غرفة"
    grown = court.sandbox.in_chat("migrate", group["id"])
    with pytest.raises(ChatMigrated) as thrown:
        await court.bot.send_message(group["id"], "خبر")
    assert thrown.value.new_chat_id == grown["id"]
    assert await court.bot.leave_chat(grown["id"])


async def _copy(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "خبر")
    copied, forwarded = await sent.copy(court.chat), await sent.forward(court.chat)
    assert copied.message_id != forwarded.message_id
    assert forwarded.forward_origin


async def _reaction(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "خبر")
    assert await sent.set_reaction(ReactionTypeEmoji("👍"))


async def _typing(court: Court) -> None:
    assert await court.bot.send_chat_action(court.chat, "typing")


async def _polling(court: Court) -> None:
    """Its own loop asks for updates, and its own filter knows a text from a command."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def said(update: Update, _context: Told) -> None:
        await heard.put(str(update.effective_message and update.effective_message.text))

    application = Application.builder().bot(court.bot).build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, said))
    assert application.updater
    async with application:
        await application.start()
        await application.updater.start_polling(timeout=2)
        for text in ("/start", "اشتراك"):
            await asyncio.to_thread(court.sandbox.say, court.phone["id"], "telegram", NAME, text)
        assert await asyncio.wait_for(heard.get(), 20) == "اشتراك"
        await application.updater.stop()
        await application.stop()


async def _webhook_server(court: Court) -> None:
    """Its own server verifies the secret and hands a deep link's payload to its own handler."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def started(update: Update, context: Told) -> None:
        await heard.put(f"{update.effective_user and update.effective_user.id}:{(context.args or [''])[0]}")

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    application = Application.builder().bot(court.bot).build()
    application.add_handler(CommandHandler("start", started))
    assert application.updater
    async with application:
        await application.start()
        url = f"http://127.0.0.1:{port}/hook"
        await application.updater.start_webhook("127.0.0.1", port, "hook", webhook_url=url, secret_token=SECRET)
        await asyncio.to_thread(court.sandbox.say, court.phone["id"], "telegram", NAME, "/start politics")
        assert await asyncio.wait_for(heard.get(), 20) == f"{court.chat}:politics"
        await application.updater.stop()
        await application.stop()
    async with court.bot:
        assert await court.bot.delete_webhook()


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
    "blocked": _blocked, "webhook": _webhook, "wrong_token": _wrong_token, "too_long": _too_long,
    "no_such_chat": _no_such_chat, "link_preview": _link_preview, "file": _file, "media": _media,
    "description": _description, "command_scopes": _command_scopes, "group": _group, "copy": _copy, "reaction": _reaction,
    "typing": _typing, "polling": _polling, "webhook_server": _webhook_server,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize("feature", TRIED)
async def test_every_feature_is_as_the_client_expects(court: Court, feature: str) -> None:
    await TRIED[feature](court)


def test_the_features_are_those_that_are_told() -> None:
    assert sorted(TRIED) == sorted(FEATURES["python-telegram-bot"])
