"""What the phones show of Telegram."""

from typing import Any

from barqia.sandbox.phones import Bubble, Chat, Phone, Phones
from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Message, Private, Room, Shared

TYPING_MS = 5_000
NONE: dict[str, str] = {}


class Screens:
    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    def chat(self, phone: Phone, bot: Bot | None, room: Room) -> Chat:
        """The chat on this phone; opened where it is not yet."""
        if isinstance(room, Shared):
            key, title = str(room.id), room.title
            kind = "channel" if room.channel else "group"
        else:
            assert bot is not None
            key, title, kind = bot.username, bot.name, "bot"
        return phone.chats.setdefault(("telegram", key), Chat("telegram", key, title, kind))

    def of(self, bot: Bot | None, room: Room) -> list[tuple[Phone, Chat]]:
        """The screens that show this chat."""
        people = list(room.members.values()) if isinstance(room, Shared) else [room.phone]
        return [(phone, self.chat(phone, bot, room)) for phone in people]

    def show(self, bot: Bot | None, room: Room, message: Message) -> None:
        """A new message appears."""
        for phone, screen in self.of(bot, room):
            self.show_on(phone, screen, message)

    def show_on(self, phone: Phone, screen: Chat, message: Message) -> None:
        if board := message.keyboard:
            screen.rows, screen.once, screen.placeholder = board.rows, board.once, board.placeholder
        screen.typing = 0
        self._phones.show(phone, screen, self._bubble(phone, message))

    def _bubble(self, phone: Phone, message: Message) -> Bubble:
        bubble = Bubble(
            number=self._phones.next_number(),
            id=str(message.number),
            mine=message.author == phone.telegram_id,
            text="",
            at_ms=message.sent_ms,
            silent=message.silent,
            service=bool(message.service),
        )
        _fill(bubble, phone, message)
        return bubble

    def refresh(self, bot: Bot | None, room: Room, message: Message) -> None:
        """A message was edited, deleted or reacted to: its bubble changes in place."""
        for phone, screen in self.of(bot, room):
            if bubble := screen.find(str(message.number)):
                _fill(bubble, phone, message)
                self._phones.changed(phone, screen, bubble)

    def tick(self, bot: Bot, room: Private, number: int) -> None:
        screen = self.chat(room.phone, bot, room)
        if bubble := screen.find(str(number)):
            bubble.ticks = 2
            self._phones.changed(room.phone, screen, bubble)

    def typing(self, bot: Bot, room: Room, now_ms: int) -> None:
        for phone, screen in self.of(bot, room):
            screen.typing = now_ms + TYPING_MS
            self._phones.changed(phone, screen)

    def notice(self, phone: Phone, screen: Chat, notice: dict[str, Any]) -> None:
        """The answer to a tap: a line over the chat, or a window."""
        screen.notice = {**notice, "number": self._phones.changes + 1}
        self._phones.changed(phone, screen)


def _fill(bubble: Bubble, phone: Phone, message: Message) -> None:
    """What of a message changes while it stands."""
    json = message.json
    reply, sender = json.get("reply_to_message") or {}, json.get("sender_chat") or json.get("from") or {}
    bubble.text, bubble.entities = message.text, message.entities
    bubble.quoted = reply.get("text") or reply.get("caption") or ""
    bubble.sender = sender.get("title") or sender.get("first_name") or ""
    bubble.edited, bubble.deleted = "edit_date" in json, message.deleted
    bubble.keyboard = json.get("reply_markup", {}).get("inline_keyboard", ())
    bubble.media = _media(message)
    bubble.preview = _preview(message)
    bubble.protected = json.get("has_protected_content", False)
    bubble.forwarded = _origin(json.get("forward_origin"))
    bubble.reactions = _reactions(message.reactions, phone.telegram_id) if message.reactions else NONE


def _reactions(given: dict[int, str], mine: int) -> dict[str, str]:
    theirs = [emoji for user, emoji in given.items() if user != mine]
    return {"mine": given.get(mine, ""), "theirs": " ".join(theirs)}


def _media(message: Message) -> dict[str, Any] | None:
    if not message.file:
        return None
    document = message.json.get("document")
    kind, name = ("document", document["file_name"]) if document else ("image", "")
    url = f"/sandbox/telegram/files/{message.file}"
    above = bool(message.json.get("show_caption_above_media"))
    return {"kind": kind, "name": name, "url": url, "above": above, "hidden": "has_media_spoiler" in message.json}


def _preview(message: Message) -> dict[str, Any] | None:
    """The first link's card, where it is wanted."""
    chosen = message.json.get("link_preview_options", {})
    if chosen.get("is_disabled") or "text" not in message.json:
        return None
    url = chosen.get("url") or first_url(message)
    if not url:
        return None
    return {"url": url, "large": bool(chosen.get("prefer_large_media")), "above": bool(chosen.get("show_above_text"))}


def first_url(message: Message) -> str:
    units = message.text.encode("utf-16-le")
    for entity in message.entities:
        if entity["type"] == "text_link" and entity["url"].startswith("http"):
            return str(entity["url"])
        if entity["type"] == "url":
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            return units[start:end].decode("utf-16-le")
    return ""


def _origin(origin: dict[str, Any] | None) -> str:
    if not origin:
        return ""
    chat = origin.get("chat") or origin.get("sender_user") or {}
    return str(chat.get("title") or chat.get("first_name") or origin.get("sender_user_name") or "")
