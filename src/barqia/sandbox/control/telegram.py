"""The control API's Telegram side: bots and channels, and what a phone does there."""

from aiohttp import web

from barqia.sandbox.control.asked import Json, asked, phone_of
from barqia.sandbox.phones import Phone, Phones
from barqia.sandbox.telegram.world import Bot, Telegram


class TelegramControl:
    def __init__(self, phones: Phones, world: Telegram) -> None:
        self._phones, self._world = phones, world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sandbox/telegram/bots", self.add_bot),
            web.post("/sandbox/telegram/bots/revoke", self.revoke),
            web.post("/sandbox/telegram/channels", self.add_channel),
            web.post("/sandbox/telegram/channels/kick", self.kick),
            web.post("/sandbox/phones/{phone}/join", self.join),
            web.post("/sandbox/phones/{phone}/deactivate", self.deactivate),
        ]

    async def add_bot(self, request: web.Request) -> web.Response:
        given = await asked(request)
        bot = self._world.add_bot(
            given["token"], given["username"], given["name"], given.get("rate", 30), given.get("chat_rate", 1)
        )
        return web.json_response(bot.as_json())

    async def add_channel(self, request: web.Request) -> web.Response:
        given = await asked(request)
        bot = self._bot(given)
        owner = self._phones.all.get(int(given.get("owner", 0)))
        channel = self._world.add_channel(
            given["title"], given["username"], {bot.id}, owner.telegram_id if owner else 0
        )
        return web.json_response(channel.as_json())

    async def revoke(self, request: web.Request) -> web.Response:
        """The bot's token is worth nothing any more: every call answers 401."""
        given = await asked(request)
        self._bot(given).revoked = bool(given.get("revoked", True))
        return web.json_response({"ok": True})

    async def kick(self, request: web.Request) -> web.Response:
        """Throw a bot out of a channel, or take it back as an administrator."""
        given = await asked(request)
        channel = self._world.channel_named(given["channel"])
        if channel is None:
            raise web.HTTPNotFound(text="no such channel")
        self._world.kick(self._bot(given), channel, kicked=bool(given.get("kicked", True)))
        return web.json_response({"ok": True})

    def _bot(self, given: Json) -> Bot:
        bot = self._world.bot_named(given["bot"])
        if bot is None:
            raise web.HTTPNotFound(text="no such bot")
        return bot

    async def join(self, request: web.Request) -> web.Response:
        phone, given = phone_of(self._phones, request), await asked(request)
        channel = self._world.channel_named(str(given["channel"]))
        if channel is None:
            raise web.HTTPNotFound(text="no such channel")
        self._world.join(phone, channel)
        return web.json_response({"ok": True})

    async def deactivate(self, request: web.Request) -> web.Response:
        """The person deletes the Telegram account: bots are told nothing until they write."""
        self._world.deactivate(phone_of(self._phones, request))
        return web.json_response({"ok": True})

    def open(self, phone: Phone, given: Json) -> None:
        """A phone that is new has started the bot it was made for."""
        bot = self._world.bot_named(given.get("started_bot", ""))
        if bot:
            self._world.private(bot, phone).started = True

    def say(self, phone: Phone, given: Json) -> str:
        """The message's id."""
        return str(self._world.say(phone, self._other(given), str(given["text"])).json["message_id"])

    def block(self, phone: Phone, given: Json, *, blocked: bool) -> None:
        self._world.block(phone, self._other(given), blocked=blocked)

    def read(self, phone: Phone, given: Json) -> None:
        chat = phone.chats.get(("telegram", str(given["to"])))
        if chat:
            chat.unread = 0
            self._phones.changed(phone, chat)

    def _other(self, given: Json) -> Bot:
        bot = self._world.bot_named(str(given["to"]))
        if bot is None:
            raise web.HTTPNotFound(text="no such bot")
        return bot

    def directory(self) -> list[Json]:
        bots = [
            {"app": "telegram", "key": b.username, "title": b.name, "kind": "bot"} for b in self._world.bots.values()
        ]
        channels = [
            {"app": "telegram", "key": str(c.id), "title": c.title, "kind": "channel", "username": c.username}
            for c in self._world.channels.values()
        ]
        return [*bots, *channels]
