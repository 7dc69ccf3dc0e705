"""The control API's Telegram side: bots, channels and groups, and what a phone does there."""

from base64 import b64decode

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked, phone_of
from barqia.sandbox.phones import Phone, Phones
from barqia.sandbox.telegram import members, people
from barqia.sandbox.telegram.bots import Bot, Limits
from barqia.sandbox.telegram.chats import MEMBERS_MAY, PUBLISHER, Kind, Room, Shared
from barqia.sandbox.telegram.files import Upload
from barqia.sandbox.telegram.profile import menu, said
from barqia.sandbox.telegram.world import Telegram

LANGUAGE = "ar"


class TelegramControl:
    def __init__(self, phones: Phones, world: Telegram) -> None:
        self._phones, self._world = phones, world

    def routes(self) -> list[web.RouteDef]:
        chats = {
            "add": self.add, "promote": self.promote, "kick": self.kick, "migrate": self.migrate, "delete": self.delete,
            "restrict": self.restrict,
        }  # fmt: skip
        hands = {"join": self.join, "leave": self.leave, "tap": self.tap, "react": self.react, "edit": self.edit}
        return [
            web.post("/sandbox/telegram/bots", self.add_bot),
            web.post("/sandbox/telegram/bots/revoke", self.revoke),
            web.post("/sandbox/telegram/channels", self.add_channel),
            web.post("/sandbox/telegram/channels/kick", self.kick),
            web.post("/sandbox/telegram/groups", self.add_group),
            *(web.post(f"/sandbox/telegram/chats/{name}", act) for name, act in chats.items()),
            web.get("/sandbox/telegram/files/{key}", self.file),
            *(web.post(f"/sandbox/phones/{{phone}}/{name}", act) for name, act in hands.items()),
            web.post("/sandbox/phones/{phone}/deactivate", self.deactivate),
        ]

    async def add_bot(self, request: web.Request) -> web.Response:
        """`rate` messages a second, `chat_rate` to one chat, `group_rate` a minute to a group; 0 has no limit."""
        given = await asked(request)
        rate, chat_rate = float(given.get("rate", 30)), float(given.get("chat_rate", 1))
        group_rate = float(given.get("group_rate", 20 if chat_rate else 0))
        limits = Limits(rate, chat_rate, group_rate)
        bot = self._world.add_bot(given["token"], given["username"], given["name"], limits)
        bot.privacy = bool(given.get("privacy", True))
        return web.json_response(bot.as_json())

    async def add_channel(self, request: web.Request) -> web.Response:
        given = await asked(request)
        bot = self._bot(given)
        channel = self._world.add_shared("channel", given["title"], given.get("username", ""), self._owner(given))
        self._world.publish_with(channel, bot)
        return web.json_response(channel.as_json())

    async def add_group(self, request: web.Request) -> web.Response:
        """A group with its people (`members`, phones by id), a supergroup where `super`."""
        given = await asked(request)
        kind: Kind = "supergroup" if given.get("super") or given.get("username") else "group"
        room = self._world.add_shared(kind, given["title"], given.get("username", ""), self._owner(given))
        for phone_id in (given.get("owner"), *given.get("members", ())):
            if phone := self._phones.all.get(int(phone_id or 0)):
                people.join(self._world, phone, room)
        return web.json_response(room.as_json())

    def _owner(self, given: Json) -> int:
        phone = self._phones.all.get(int(given.get("owner", 0)))
        return phone.telegram_id if phone else 0

    async def revoke(self, request: web.Request) -> web.Response:
        """The bot's token is worth nothing any more: every call answers 401."""
        given = await asked(request)
        self._bot(given).revoked = bool(given.get("revoked", True))
        return web.json_response({"ok": True})

    async def add(self, request: web.Request) -> web.Response:
        given = await asked(request)
        members.add(self._world, self._chat(given), self._bot(given))
        return web.json_response({"ok": True})

    async def promote(self, request: web.Request) -> web.Response:
        """Make a bot an administrator with these `rights`; an empty list takes them away."""
        given = await asked(request)
        rights = frozenset(str(right) for right in given.get("rights", PUBLISHER))
        members.promote(self._world, self._chat(given), self._bot(given), rights)
        return web.json_response({"ok": True})

    async def kick(self, request: web.Request) -> web.Response:
        """Throw a bot out, or take it back: into a channel as an administrator."""
        given = await asked(request)
        room, bot = self._chat(given), self._bot(given)
        if given.get("kicked", True):
            members.kick(self._world, room, bot)
        elif room.channel:
            members.promote(self._world, room, bot, PUBLISHER)
        else:
            members.add(self._world, room, bot)
        return web.json_response({"ok": True})

    async def migrate(self, request: web.Request) -> web.Response:
        """The group becomes a supergroup. Answers with it."""
        room = self._chat(await asked(request))
        if room.kind != "group" or room.moved_to:
            raise web.HTTPBadRequest(text="only a group becomes a supergroup, and once")
        return web.json_response(members.migrate(self._world, room).as_json())

    async def delete(self, request: web.Request) -> web.Response:
        members.end(self._world, self._chat(await asked(request)))
        return web.json_response({"ok": True})

    async def restrict(self, request: web.Request) -> web.Response:
        """What plain members may: of can_send_messages, can_send_photos, can_send_documents those in `may`."""
        given = await asked(request)
        self._chat(given).allowed = MEMBERS_MAY & {str(right) for right in given.get("may", ())}
        return web.json_response({"ok": True})

    async def file(self, request: web.Request) -> web.Response:
        """A picture or a document, for the page."""
        file = self._world.files.with_key(request.match_info["key"])
        if file is None:
            raise web.HTTPNotFound(text="no such file")
        headers = {"Cache-Control": "max-age=86400", "X-Content-Type-Options": "nosniff"}
        if not file.width:
            headers["Content-Disposition"] = "attachment"
        kind = file.mime if file.width else "application/octet-stream"
        return web.Response(body=file.data, headers=headers, content_type=kind)

    async def join(self, request: web.Request) -> web.Response:
        phone, given = phone_of(self._phones, request), await asked(request)
        people.join(self._world, phone, self._chat(given))
        return web.json_response({"ok": True})

    async def leave(self, request: web.Request) -> web.Response:
        phone, given = phone_of(self._phones, request), await asked(request)
        people.leave(self._world, phone, self._chat(given))
        return web.json_response({"ok": True})

    async def deactivate(self, request: web.Request) -> web.Response:
        """The person deletes the Telegram account: bots are told nothing until they write."""
        people.deactivate(self._world, phone_of(self._phones, request))
        return web.json_response({"ok": True})

    async def tap(self, request: web.Request) -> web.Response:
        """An inline button with callback `data` under the message `id`. Answers with the query's id."""
        phone, given = phone_of(self._phones, request), await asked(request)
        bot, room = self._room(phone, given)
        tapped = people.tap(self._world, phone, bot, room, (int(given["id"]), str(given["data"])))
        return web.json_response({"id": tapped})

    async def react(self, request: web.Request) -> web.Response:
        phone, given = phone_of(self._phones, request), await asked(request)
        bot, room = self._room(phone, given)
        people.react(self._world, phone, bot, room, (int(given["id"]), str(given.get("emoji", ""))))
        return web.json_response({"ok": True})

    async def edit(self, request: web.Request) -> web.Response:
        """The person changes the `text` of the own message `id`."""
        phone, given = phone_of(self._phones, request), await asked(request)
        bot, room = self._room(phone, given)
        people.edit(self._world, phone, bot, room, (int(given["id"]), str(given["text"])))
        return web.json_response({"ok": True})

    def open(self, phone: Phone, given: Json) -> None:
        """A phone that is new has started the bot it was made for."""
        bot = self._world.bot_named(given.get("started_bot", ""))
        if bot:
            self._world.private(bot, phone).started = True

    def say(self, phone: Phone, given: Json) -> str:
        """A text, or a picture (`photo`: base64) with it; `reply_to` a message. Returns the message's id."""
        upload = None
        if "photo" in given:
            upload = Upload(str(given.get("name", "photo.jpg")), "image/jpeg", b64decode(given["photo"]))
        bot, room = self._room(phone, given)
        content = people.content_of(self._world, given, upload)
        content["reply_to"] = int(given.get("reply_to") or 0)
        if isinstance(room, Shared):
            return str(people.write_in(self._world, phone, room, content).number)
        assert bot is not None
        return str(people.write_to(self._world, phone, bot, content).number)

    def block(self, phone: Phone, given: Json, *, blocked: bool) -> None:
        people.block(self._world, phone, self._bot({"bot": given["to"]}), blocked=blocked)

    def read(self, phone: Phone, given: Json) -> None:
        chat = phone.chats.get(("telegram", str(given["to"])))
        if chat:
            chat.unread = 0
            self._phones.changed(phone, chat)

    def _bot(self, given: Json) -> Bot:
        bot = self._world.bot_named(str(given["bot"]))
        if bot is None:
            raise web.HTTPNotFound(text="no such bot")
        return bot

    def _chat(self, given: Json) -> Shared:
        room = self._world.shared_named(str(given.get("chat") or given["channel"]))
        if room is None:
            raise web.HTTPNotFound(text="no such chat")
        return room

    def _room(self, phone: Phone, given: Json) -> tuple[Bot | None, Room]:
        """The chat that `to` names: a bot's username, a shared chat's id or username."""
        found = people.room_of(self._world, phone, str(given["to"]))
        if found is None:
            raise web.HTTPNotFound(text="no such bot or chat")
        return found

    def directory(self) -> list[Json]:
        bots = [
            {"app": "telegram", "key": b.username, "title": said(b, "name", LANGUAGE), "kind": "bot",
             "description": said(b, "description", LANGUAGE), "commands": menu(b, LANGUAGE)}
            for b in self._world.bots.values()
        ]  # fmt: skip
        shared = [
            {"app": "telegram", "key": str(room.id), "title": room.title, "username": room.username,
             "owner": room.owner, "kind": "channel" if room.channel else "group"}
            for room in self._world.shared.values() if not room.moved_to and not room.deleted
        ]  # fmt: skip
        return [*bots, *shared]
