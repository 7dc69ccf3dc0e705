"""aiogram drives the sandbox's Bot API through its own public API; its own webhook server takes the updates."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from aiohttp.test_utils import TestServer

from barqia.sandbox.client import Sandbox
from judges.features import FEATURES

TOKEN, NAME, SECRET = "7654321:aiogram-token", "aiogram_bot", "s3cret_word"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
KINDS = ["message", "callback_query", "my_chat_member", "channel_post", "message_reaction", "edited_message"]


@dataclass
class Court:
    """A bot, a phone that started it, its channel, and the sandbox they are in."""

    bot: Bot
    sandbox: Sandbox
    phone: dict[str, Any]
    channel: dict[str, Any]

    @property
    def chat(self) -> int:
        return int(self.phone["telegram_id"])

    async def update(self, kind: str) -> Any:
        found = await self.bot.get_updates(timeout=5, allowed_updates=KINDS)
        return [getattr(one, kind) for one in found if getattr(one, kind)][-1]

    def picture(self) -> BufferedInputFile:
        return BufferedInputFile(PNG, "a.png")


@pytest.fixture
async def court(sandbox: Sandbox) -> AsyncIterator[Court]:
    sandbox.add_bot(TOKEN, NAME, "و", rate=0, chat_rate=0)
    phone = sandbox.add_phone("ليلى", started_bot=NAME)
    channel = sandbox.add_channel("الأخبار", "aiogram_news", NAME)
    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(sandbox.base)))
    async with bot.session:
        yield Court(bot, sandbox, phone, channel)


async def _get_me(court: Court) -> None:
    assert (await court.bot.get_me()).username == NAME


async def _wrong_token(court: Court) -> None:
    other = Bot("7654321:wrong", court.bot.session)
    with pytest.raises(TelegramUnauthorizedError):
        await other.get_me()


async def _send_html(court: Court) -> None:
    text = '<b>عاجل</b> <i>خبر</i> <a href="https://x.example/">رابط</a> <blockquote>نصّ</blockquote>'
    assert (await court.bot.send_message(court.chat, text, parse_mode="HTML")).html_text == text


async def _send_markdown(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "*عاجل* _خبر_", parse_mode="MarkdownV2")
    assert sent.text == "عاجل خبر"
    assert sent.entities
    assert [one.type for one in sent.entities] == ["bold", "italic"]


async def _markup_errors(court: Court) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await court.bot.send_message(court.chat, "<b>x", parse_mode="HTML")


async def _too_long(court: Court) -> None:
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await court.bot.send_message(court.chat, "ن" * 4097)


async def _no_such_chat(court: Court) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await court.bot.send_message(999_999_999, "خبر")


async def _edit(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "خبر")
    edited = await sent.edit_text("تصويب")
    assert isinstance(edited, Message)
    assert edited.edit_date
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_text("تصويب")


async def _reply(court: Court) -> None:
    first = await court.bot.send_message(court.chat, "خبر", disable_notification=True)
    answer = await court.bot.send_message(
        court.chat, "ردّ", reply_parameters=ReplyParameters(message_id=first.message_id)
    )
    assert answer.reply_to_message
    assert answer.reply_to_message.message_id == first.message_id


async def _link_preview(court: Court) -> None:
    options = LinkPreviewOptions(url="https://x.example/", prefer_small_media=True, show_above_text=True)
    sent = await court.bot.send_message(court.chat, "https://x.example/", link_preview_options=options)
    assert sent.link_preview_options
    assert sent.link_preview_options.prefer_small_media


async def _photo(court: Court) -> None:
    sent = await court.bot.send_photo(court.chat, court.picture(), caption="صورة")
    assert sent.photo
    changed = await sent.edit_caption(caption="تصويب الصورة")
    assert isinstance(changed, Message)
    assert changed.caption == "تصويب الصورة"
    again = await court.bot.send_photo(court.chat, sent.photo[-1].file_id)
    assert again.photo


async def _file(court: Court) -> None:
    sent = await court.bot.send_document(court.chat, BufferedInputFile(b"nass", "nass.txt"))
    assert sent.document
    found = await court.bot.download(sent.document.file_id)
    assert found
    assert found.read() == b"nass"


async def _album(court: Court) -> None:
    media = [InputMediaPhoto(media=court.picture()) for _ in range(2)]
    sent = await court.bot.send_media_group(court.chat, media)
    assert len({one.media_group_id for one in sent}) == 1


async def _keyboard(court: Court) -> None:
    keys = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="سياسة")]], resize_keyboard=True)
    assert await court.bot.send_message(court.chat, "اختر", reply_markup=keys)


async def _callback(court: Court) -> None:
    keys = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="سياسة", callback_data="s:politics")]])
    asked = await court.bot.send_message(court.chat, "اختر", reply_markup=keys)
    await asyncio.to_thread(court.sandbox.tap, court.phone["id"], NAME, str(asked.message_id), "s:politics")
    query = await court.update("callback_query")
    assert query.data == "s:politics"
    assert await court.bot.answer_callback_query(query.id, text="تمّ")
    assert await asked.edit_reply_markup(reply_markup=None)


async def _commands(court: Court) -> None:
    commands = [BotCommand(command="stop", description="إيقاف الأخبار")]
    await court.bot.set_my_commands(commands, scope=BotCommandScopeAllGroupChats(), language_code="ar")
    found = await court.bot.get_my_commands(scope=BotCommandScopeAllGroupChats(), language_code="ar")
    assert [one.description for one in found] == ["إيقاف الأخبار"]
    assert await court.bot.get_my_commands() == []


async def _description(court: Court) -> None:
    await court.bot.set_my_description("أخبار الوكالة", language_code="ar")
    await court.bot.set_my_short_description("أخبار", language_code="ar")
    assert (await court.bot.get_my_description(language_code="ar")).description == "أخبار الوكالة"
    assert (await court.bot.get_my_short_description(language_code="ar")).short_description == "أخبار"


async def _channel(court: Court) -> None:
    post = await court.bot.send_message("@aiogram_news", "خبر")
    assert post.sender_chat
    assert post.sender_chat.id == court.channel["id"]
    await court.bot.edit_message_text("تصويب", chat_id="@aiogram_news", message_id=post.message_id)
    assert await post.delete()


async def _group(court: Court) -> None:
    group = court.sandbox.add_group("غرفة", court.phone["id"])
    court.sandbox.in_chat("add", group["id"], NAME)
    change = await court.update("my_chat_member")
    assert change.new_chat_member.status == "member"
    owner = await court.bot.get_chat_member(group["id"], court.chat)
    assert owner.status == "creator"
    grown = court.sandbox.in_chat("migrate", group["id"])
    with pytest.raises(TelegramMigrateToChat) as thrown:
        await court.bot.send_message(group["id"], "خبر")
    assert thrown.value.migrate_to_chat_id == grown["id"]


async def _delete_many(court: Court) -> None:
    sent = [await court.bot.send_message(court.chat, "خبر") for _ in range(2)]
    assert await court.bot.delete_messages(court.chat, [one.message_id for one in sent])


async def _copy(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "خبر")
    copied = await court.bot.copy_message(court.chat, court.chat, sent.message_id)
    forwarded = await court.bot.forward_message(court.chat, court.chat, sent.message_id)
    assert copied.message_id != forwarded.message_id
    assert forwarded.forward_origin


async def _reaction(court: Court) -> None:
    sent = await court.bot.send_message(court.chat, "خبر")
    assert await court.bot.set_message_reaction(court.chat, sent.message_id, [ReactionTypeEmoji(emoji="👍")])


async def _typing(court: Court) -> None:
    assert await court.bot.send_chat_action(court.chat, "typing")


async def _flood(court: Court) -> None:
    court.sandbox.set_faults({"what": 429, "when": {"calls": [1, 1]}, "seconds": 7}, bot=NAME)
    with pytest.raises(TelegramRetryAfter) as thrown:
        await court.bot.send_message(court.chat, "خبر")
    assert thrown.value.retry_after == 7


async def _blocked(court: Court) -> None:
    court.sandbox.block(court.phone["id"], "telegram", NAME)
    assert (await court.update("my_chat_member")).new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await court.bot.send_message(court.chat, "خبر")


async def _polling(court: Court) -> None:
    court.sandbox.say(court.phone["id"], "telegram", NAME, "اشتراك")
    (first,) = [one for one in await court.bot.get_updates() if one.message and one.message.text == "اشتراك"]
    assert isinstance(first, Update)
    assert await court.bot.get_updates(offset=first.update_id + 1) == []


async def _webhook(court: Court) -> None:
    """aiogram's own server verifies the secret and hands a deep link's payload to its own filter."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    dispatcher = Dispatcher()

    async def started(message: Message, command: CommandObject) -> None:
        await heard.put(f"{message.from_user and message.from_user.id}:{command.args}")

    dispatcher.message.register(started, CommandStart(deep_link=True))
    app = web.Application()
    SimpleRequestHandler(dispatcher, court.bot, secret_token=SECRET).register(app, path="/hook")
    async with TestServer(app) as server:
        await court.bot.set_webhook(str(server.make_url("/hook")), secret_token=SECRET)
        await asyncio.to_thread(court.sandbox.say, court.phone["id"], "telegram", NAME, "/start politics")
        assert await asyncio.wait_for(heard.get(), 20) == f"{court.chat}:politics"
        with pytest.raises(TelegramConflictError, match="webhook is active"):
            await court.bot.get_updates()
        assert (await court.bot.get_webhook_info()).pending_update_count == 0
        assert await court.bot.delete_webhook()


TRIED: dict[str, Callable[[Court], Awaitable[None]]] = {
    "get_me": _get_me, "wrong_token": _wrong_token, "send_html": _send_html, "send_markdown": _send_markdown,
    "markup_errors": _markup_errors, "too_long": _too_long, "no_such_chat": _no_such_chat, "edit": _edit, "reply": _reply,
    "link_preview": _link_preview, "photo": _photo, "file": _file, "album": _album, "keyboard": _keyboard,
    "callback": _callback, "commands": _commands, "description": _description, "channel": _channel, "group": _group,
    "delete_many": _delete_many, "copy": _copy, "reaction": _reaction, "typing": _typing, "flood": _flood,
    "blocked": _blocked, "polling": _polling, "webhook": _webhook,
}  # fmt: skip


@pytest.mark.parametrize("feature", TRIED)
async def test_every_feature_is_as_aiogram_expects(court: Court, feature: str) -> None:
    await TRIED[feature](court)


def test_the_features_are_those_that_are_told_of() -> None:
    assert sorted(TRIED) == sorted(FEATURES["aiogram"])
