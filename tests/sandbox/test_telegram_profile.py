"""What a bot says about itself, by language and scope; and what it can ask about chats."""

from typing import Any

import pytest

from sandbox.inside import BOT, USER, inside

START = [{"command": "start", "description": "ابدأ"}]
STOP = [{"command": "stop", "description": "أوقف"}]


async def test_commands_lie_by_scope_and_language() -> None:
    async with inside() as api:
        scope = {"type": "chat", "chat_id": USER}
        await api.done("setMyCommands", commands=START)
        await api.done("setMyCommands", commands=STOP, language_code="ar")
        await api.done("setMyCommands", commands=STOP, scope=scope)
        assert await api.done("getMyCommands") == START
        assert await api.done("getMyCommands", language_code="ar") == STOP
        assert await api.done("getMyCommands", language_code="en") == []
        assert await api.done("getMyCommands", scope=scope) == STOP
        await api.done("deleteMyCommands", scope=scope)
        assert await api.done("getMyCommands", scope=scope) == []
        async with api.client.get("/sandbox/directory") as answer:
            (bot,) = [entry for entry in await answer.json() if entry["app"] == "telegram"]
        assert bot["commands"] == STOP, "the phone speaks Arabic"


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"commands": "x"}, "can't parse commands JSON object"),
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": [{"command": "x" * 33, "description": "x"}]}, "command length must not exceed 32"),
        ({"commands": [{"command": "x", "description": "x" * 257}]}, "command description length must not exceed 256"),
        ({"commands": [{"command": "ابدأ", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x"}]}, "can't parse BotCommand: Can't find field \"description\""),
        ({"commands": START * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": START, "language_code": "arab"}, "invalid language code specified"),
        (
            {"commands": START, "scope": {"type": "chat_administrators", "chat_id": USER}},
            "can't use specified scope in private chats",
        ),
        (
            {"commands": START, "scope": {"type": "chat", "chat_id": "@inside_news"}},
            "can't change commands in channel chats",
        ),
        ({"commands": START, "scope": {"type": "x"}}, "can't parse BotCommandScope: Unsupported type specified"),
    ],
)
async def test_commands_that_are_none(params: dict[str, Any], description: str) -> None:
    async with inside() as api:
        await api.control("telegram/channels", {"title": "الأخبار", "username": "inside_news", "bot": BOT})
        assert await api.refused("setMyCommands", **params) == f"Bad Request: {description}"


@pytest.mark.parametrize(("name", "most"), [("Name", 64), ("Description", 512), ("ShortDescription", 120)])
async def test_names_and_descriptions_lie_by_language(name: str, most: int) -> None:
    field = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[name]
    async with inside() as api:
        assert await api.done(f"getMy{name}") == {field: "وكالة" if name == "Name" else ""}
        await api.done(f"setMy{name}", **{field: "كلّ الأخبار"})
        await api.done(f"setMy{name}", **{field: "All news"}, language_code="en")
        assert await api.done(f"getMy{name}") == {field: "كلّ الأخبار"}
        assert await api.done(f"getMy{name}", language_code="en") == {field: "All news"}
        await api.done(f"setMy{name}", language_code="en")
        refused = await api.refused(f"setMy{name}", **{field: "ا" * (most + 1)})
        assert refused.startswith("Bad Request: BOT_")


async def test_a_bot_that_logged_out_is_refused_everything() -> None:
    async with inside() as api:
        assert await api.done("close") is True
        assert await api.done("logOut") is True
        assert await api.refused("getMe") == "Logged out"


async def test_typing_and_reactions_are_seen_on_the_phone() -> None:
    async with inside() as api:
        await api.done("setWebhook", url="http://127.0.0.1:9/", allowed_updates=["message_reaction"])
        await api.done("deleteWebhook")
        assert await api.done("sendChatAction", chat_id=USER, action="typing")
        assert await api.refused("sendChatAction", chat_id=USER, action="x") == (
            "Bad Request: wrong parameter action in request"
        )
        async with api.client.get("/sandbox/phones/1") as answer:
            assert (await answer.json())["chats"][0]["typing"] > 0
        await api.done("sendMessage", chat_id=USER, text="خبر", disable_notification=True, protect_content=True)
        await api.done("setMessageReaction", chat_id=USER, message_id=1, reaction=[{"type": "emoji", "emoji": "👍"}])
        await api.control("phones/1/react", {"to": BOT, "id": 1, "emoji": "🔥"})
        (bubble,) = await api.bubbles("telegram")
        assert bubble["reactions"] == {"mine": "🔥", "theirs": "👍"}
        assert (bubble["silent"], bubble["protected"]) == (True, True)
        (update,) = await api.heard()
        assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]
        refused = await api.refused(
            "setMessageReaction", chat_id=USER, message_id=1, reaction=[{"type": "emoji", "emoji": "x"}]
        )
        assert refused == "Bad Request: REACTION_INVALID"
        await api.done("setMessageReaction", chat_id=USER, message_id=1)
        assert (await api.bubbles("telegram"))[0]["reactions"] == {"mine": "🔥", "theirs": ""}


async def test_messages_are_passed_on_unless_they_are_protected() -> None:
    async with inside() as api:
        passed = {"chat_id": USER, "from_chat_id": USER, "message_id": 1}
        await api.control("phones/1/say", {"app": "telegram", "to": BOT, "text": "كلمة"})
        forwarded = await api.done("forwardMessage", **passed)
        assert (forwarded["text"], forwarded["forward_origin"]["sender_user"]["id"]) == ("كلمة", USER)
        assert await api.done("copyMessage", **passed) == {"message_id": 3}
        assert await api.refused("editMessageText", chat_id=USER, message_id=2, text="x") == (
            "Bad Request: message can't be edited"
        )
        await api.done("sendMessage", chat_id=USER, text="سرّ", protect_content=True)
        assert await api.refused("forwardMessage", **{**passed, "message_id": 4}) == (
            "Bad Request: message can't be forwarded"
        )


async def test_many_are_deleted_at_once_and_missing_ones_are_skipped() -> None:
    async with inside() as api:
        for _ in range(3):
            await api.done("sendMessage", chat_id=USER, text="x")
        assert await api.done("deleteMessages", chat_id=USER, message_ids=[1, 3, 99])
        assert [bubble["deleted"] for bubble in await api.bubbles("telegram")] == [True, False, True]
        assert await api.refused("deleteMessages", chat_id=USER) == "Bad Request: message identifiers are not specified"
        assert await api.refused("deleteMessages", chat_id=USER, message_ids=list(range(1, 102))) == (
            "Bad Request: too many message identifiers specified"
        )


async def test_whom_a_bot_can_write_to() -> None:
    async with inside() as api:
        await api.control("phones", {"name": "سامر"})
        stranger = {"chat_id": USER + 1, "text": "x"}
        assert await api.refused("sendMessage", **stranger) == "Bad Request: chat not found"
        cannot = "Forbidden: bot can't initiate conversation with a user"
        assert await api.refused("sendMessage", **stranger, allow_paid_broadcast=True) == cannot
        assert await api.refused("sendMessage", **stranger) == cannot, "now they have met"
        for other in ("@inside_bot", "7654321"):
            assert await api.refused("sendMessage", chat_id=other, text="x") == (
                "Forbidden: the bot can't send messages to the bot"
            )
        for nobody in ("@leila", "x", 5, -5):
            assert await api.refused("sendMessage", chat_id=nobody, text="x") == "Bad Request: chat not found"
        assert await api.refused("sendMessage", text="x") == "Bad Request: chat_id is empty"
        await api.control("phones/1/deactivate", {})
        assert await api.refused("sendMessage", chat_id=USER, text="x") == "Forbidden: user is deactivated"
