"""Groups and channels: bots brought in, promoted, thrown out; what they hear; groups that grow and end."""

from typing import Any

from sandbox.inside import BOT, TOKEN, USER, Inside, inside

BOT_ID = 7654321
OTHER = {"token": "7654322:other-token", "username": "other_bot", "name": "أخرى", "rate": 0, "chat_rate": 0}


async def _group(api: Inside, **about: Any) -> int:
    """A group of ليلى, its owner, and سامر, with the bot in it."""
    await api.control("phones", {"name": "سامر"})
    group = await api.control("telegram/groups", {"title": "غرفة", "owner": 1, "members": [2], **about})
    await api.control("telegram/chats/add", {"chat": group["id"], "bot": BOT})
    return int(group["id"])


async def test_a_bot_is_told_that_it_was_brought_into_a_group() -> None:
    async with inside() as api:
        chat = await _group(api)
        change, service = await api.heard()
        told = change["my_chat_member"]
        assert (told["chat"]["type"], told["from"]["id"]) == ("group", USER)
        assert (told["old_chat_member"]["status"], told["new_chat_member"]["status"]) == ("left", "member")
        assert service["message"]["new_chat_members"][0]["id"] == BOT_ID
        assert await api.done("getChatMemberCount", chat_id=chat) == 3
        (owner,) = await api.done("getChatAdministrators", chat_id=chat)
        assert (owner["status"], owner["user"]["id"]) == ("creator", USER)
        sent = await api.done("sendMessage", chat_id=chat, text="خبر")
        assert (sent["from"]["id"], sent["chat"]["id"]) == (BOT_ID, chat)
        for phone in (1, 2):
            async with api.client.get(f"/sandbox/phones/{phone}") as answer:
                chats = (await answer.json())["chats"]
            assert [chat["bubbles"][-1]["text"] for chat in chats if chat["kind"] == "group"] == ["خبر"]


async def test_privacy_mode_lets_through_what_is_for_the_bot() -> None:
    async with inside() as api:
        chat = await _group(api)
        await api.done("sendMessage", chat_id=chat, text="خبر")
        await api.heard()
        words = ["سلام", "/start", "/start@other_bot", f"/start@{BOT}", "@inside_bot سلام"]
        for word in words:
            await api.control("phones/2/say", {"app": "telegram", "to": str(chat), "text": word})
        await api.control("phones/2/say", {"app": "telegram", "to": str(chat), "text": "ردّ", "reply_to": 2})
        assert [update["message"]["text"] for update in await api.heard()] == ["/start", f"/start@{BOT}", "ردّ"]
        await api.control("telegram/bots", {"token": TOKEN, "username": BOT, "name": "وكالة", "privacy": False})
        await api.control("phones/2/say", {"app": "telegram", "to": str(chat), "text": "سلام"})
        assert [update["message"]["text"] for update in await api.heard()] == ["سلام"]


async def test_a_plain_command_goes_to_the_bot_that_wrote_last() -> None:
    async with inside() as api:
        chat = await _group(api)
        await api.control("telegram/bots", OTHER)
        await api.control("telegram/chats/add", {"chat": chat, "bot": "other_bot"})
        async with api.client.post(
            f"/bot{OTHER['token']}/sendMessage", json={"chat_id": chat, "text": "أنا"}
        ) as answer:
            assert answer.status == 200
        await api.heard()
        await api.control("phones/2/say", {"app": "telegram", "to": str(chat), "text": "/start"})
        assert await api.heard() == []


async def test_a_group_grows_into_a_supergroup() -> None:
    async with inside() as api:
        chat = await _group(api)
        await api.heard()
        grown = await api.control("telegram/chats/migrate", {"chat": chat})
        first, second = (update["message"] for update in await api.heard())
        assert (first["chat"]["id"], first["migrate_to_chat_id"]) == (chat, grown["id"])
        assert (second["chat"]["id"], second["migrate_from_chat_id"]) == (grown["id"], chat)
        status, body = await api.bot("sendMessage", chat_id=chat, text="x")
        assert (status, body["description"]) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
        assert body["parameters"] == {"migrate_to_chat_id": grown["id"]}
        assert (await api.done("sendMessage", chat_id=grown["id"], text="x"))["chat"]["type"] == "supergroup"


async def test_a_bot_that_is_not_there_any_more() -> None:
    async with inside() as api:
        chat = await _group(api)
        send = {"chat_id": chat, "text": "x"}
        await api.control("telegram/chats/kick", {"chat": chat, "bot": BOT})
        assert await api.refused("sendMessage", **send) == "Forbidden: bot was kicked from the group chat"
        assert (await api.heard())[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
        await api.control("telegram/chats/kick", {"chat": chat, "bot": BOT, "kicked": False})
        assert await api.done("leaveChat", chat_id=chat)
        assert await api.refused("sendMessage", **send) == "Forbidden: bot is not a member of the group chat"
        await api.control("telegram/chats/add", {"chat": chat, "bot": BOT})
        await api.control("telegram/chats/delete", {"chat": chat})
        assert await api.refused("sendMessage", **send) == "Forbidden: the group chat was deleted"


async def test_what_members_may_not_a_bot_may_not_either_unless_it_is_promoted() -> None:
    async with inside() as api:
        chat = await _group(api)
        await api.control("telegram/chats/restrict", {"chat": chat, "may": ["can_send_photos"]})
        refused = await api.refused("sendMessage", chat_id=chat, text="x")
        assert refused == "Bad Request: not enough rights to send text messages to the chat"
        await api.control("telegram/chats/restrict", {"chat": chat, "may": []})
        assert (
            await api.refused("sendMessage", chat_id=chat, text="x") == "Bad Request: have no write access to the chat"
        )
        await api.control("telegram/chats/promote", {"chat": chat, "bot": BOT, "rights": ["can_delete_messages"]})
        assert await api.done("sendMessage", chat_id=chat, text="x")
        promoted = (await api.heard())[-1]["my_chat_member"]["new_chat_member"]
        assert (promoted["status"], promoted["can_delete_messages"]) == ("administrator", True)


async def test_who_may_delete_what_others_wrote() -> None:
    async with inside() as api:
        chat = await _group(api)
        await api.control("phones/2/say", {"app": "telegram", "to": str(chat), "text": "/x"})
        number = (await api.heard())[-1]["message"]["message_id"]
        assert (
            await api.refused("deleteMessage", chat_id=chat, message_id=number)
            == "Bad Request: message can't be deleted"
        )
        assert await api.refused("editMessageText", chat_id=chat, message_id=number, text="y") == (
            "Bad Request: message can't be edited"
        )
        await api.control("telegram/chats/promote", {"chat": chat, "bot": BOT, "rights": ["can_delete_messages"]})
        assert await api.done("deleteMessage", chat_id=chat, message_id=number)


async def test_twenty_a_minute_to_a_group() -> None:
    async with inside() as api:
        limits = {"token": TOKEN, "username": BOT, "name": "وكالة", "rate": 0, "chat_rate": 0, "group_rate": 20}
        await api.control("telegram/bots", limits)
        chat = await _group(api)
        for _ in range(20):
            await api.done("sendMessage", chat_id=chat, text="x")
        status, body = await api.bot("sendMessage", chat_id=chat, text="x")
        assert (status, body["parameters"]) == (429, {"retry_after": 3})


async def test_rights_in_a_channel() -> None:
    async with inside() as api:
        channel = {"title": "الأخبار", "username": "inside_news", "bot": BOT, "owner": 1}
        await api.control("telegram/channels", channel)
        promote = {"chat": "@inside_news", "bot": BOT}
        post = {"chat_id": "@inside_news", "text": "منشور"}
        sent = await api.done("sendMessage", **post)
        assert "from" not in sent
        assert sent["sender_chat"] == sent["chat"]
        for rights in (["can_edit_messages"], []):
            await api.control("telegram/chats/promote", {**promote, "rights": rights})
            assert await api.refused("sendMessage", **post) == (
                "Bad Request: need administrator rights in the channel chat"
            )
        await api.control("telegram/chats/promote", {**promote, "rights": ["can_post_messages"]})
        await api.heard()
        await api.control("phones/1/say", {"app": "telegram", "to": "@inside_news", "text": "من المالك"})
        (update,) = await api.heard()
        number = update["channel_post"]["message_id"]
        edit = {"chat_id": "@inside_news", "message_id": number, "text": "تصويب"}
        assert await api.refused("editMessageText", **edit) == "Bad Request: message can't be edited"
        await api.control("telegram/chats/promote", {**promote, "rights": ["can_post_messages", "can_edit_messages"]})
        assert (await api.done("editMessageText", **edit))["text"] == "تصويب"


async def test_another_bot_of_the_channel_hears_what_is_posted_and_edited() -> None:
    async with inside() as api:
        await api.control("telegram/channels", {"title": "الأخبار", "username": "inside_news", "bot": BOT})
        await api.control("telegram/bots", OTHER)
        await api.control("telegram/chats/promote", {"chat": "@inside_news", "bot": "other_bot"})
        await api.done("sendMessage", chat_id="@inside_news", text="منشور")
        await api.done("editMessageText", chat_id="@inside_news", message_id=1, text="تصويب")
        async with api.client.post(f"/bot{OTHER['token']}/getUpdates") as answer:
            updates = (await answer.json())["result"]
        assert [next(iter(update.keys() - {"update_id"})) for update in updates] == [
            "my_chat_member",
            "channel_post",
            "edited_channel_post",
        ]
        assert all("channel_post" not in update for update in await api.heard()), "a bot does not hear itself"
