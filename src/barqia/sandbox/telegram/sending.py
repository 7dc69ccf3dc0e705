"""Messages sent: texts, pictures, documents, albums, and those passed on."""

from dataclasses import dataclass
from typing import Any

from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json, Keyboard, Message, Room, Shared
from barqia.sandbox.telegram.errors import ApiError, bad
from barqia.sandbox.telegram.files import File, document_json, photo_json
from barqia.sandbox.telegram.keyboards import markup
from barqia.sandbox.telegram.media import document_of, name_of, photo_of
from barqia.sandbox.telegram.params import boolean, chat_of, integer, may_post, nested, nested_object, reach
from barqia.sandbox.telegram.people import quoted
from barqia.sandbox.telegram.rates import pay
from barqia.sandbox.telegram.wording import caption_of, check_caption, check_text, text_of
from barqia.sandbox.telegram.world import Result, Telegram

PREVIEW = ("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")
MOST_IN_ALBUM = 10
ALBUM_KINDS = frozenset({"photo", "document", "video", "audio", "live_photo"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What all kinds of messages have: where to, how, in answer to what."""

    room: Room
    keyboard: Keyboard | None
    extra: Json
    silent: bool
    paid: bool


def _letter(telegram: Telegram, bot: Bot, params: Json, right: str = "can_send_messages") -> Letter:
    reply = nested_object(params, "reply_parameters", "reply parameters")
    shown, keyboard = markup(params)
    room = chat_of(telegram, bot, params, write=True)
    may_post(room, bot, right)
    extra: Json = _answered(reply, room)
    if boolean(params, "protect_content"):
        extra["has_protected_content"] = True
    if shown:
        extra["reply_markup"] = shown
    silent, paid = boolean(params, "disable_notification"), boolean(params, "allow_paid_broadcast")
    return Letter(room, keyboard, extra, silent, paid)


def _answered(reply: Json, room: Room) -> Json:
    if not reply:
        return {}
    message = room.messages.get(integer(reply, "message_id"))
    if message is None or message.deleted:
        if boolean(reply, "allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    answered: Json = {"reply_to_message": quoted(message)}
    quote = str(reply.get("quote") or "")
    if quote:
        at = message.text.find(quote)
        if at < 0:
            raise bad("QUOTE_TEXT_INVALID")
        position = len(message.text[:at].encode("utf-16-le")) // 2
        answered["quote"] = {"text": quote, "position": position, "is_manual": True}
    return answered


def _put(telegram: Telegram, bot: Bot, letter: Letter, content: Json, file: str = "") -> Json:
    room = letter.room
    room.last_id += 1
    shown: Json = {"message_id": room.last_id}
    if isinstance(room, Shared) and room.channel:
        shown["sender_chat"] = room.as_json()
    else:
        shown["from"] = bot.as_json()
    shown |= {"chat": room.as_json(), "date": telegram.clock.now()}
    extra = letter.extra
    order = {name: extra[name] for name in ("reply_to_message", "quote", "has_protected_content") if name in extra}
    shown |= order | content
    if "reply_markup" in extra:
        shown["reply_markup"] = extra["reply_markup"]
    message = Message(shown, telegram.clock.now_ms(), bot.id, letter.keyboard, letter.silent, file=file)
    telegram.put(bot, room, message)
    return shown


async def send_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    words = text_of(params)
    preview = preview_of(params)
    letter = _letter(telegram, bot, params)
    check_text(words)
    reach(letter.room)
    pay(telegram, bot, letter.room, paid=letter.paid)
    return _put(telegram, bot, letter, words.fields(telegram) | preview), None


def preview_of(params: Json) -> Json:
    """`link_preview_options` as a message shows them: what is not the default."""
    given = nested_object(params, "link_preview_options", "link preview options")
    if not given and boolean(params, "disable_web_page_preview"):
        given = {"is_disabled": True}
    chosen = {name: given[name] for name in PREVIEW if given.get(name)}
    return {"link_preview_options": chosen} if chosen else {}


async def send_photo(telegram: Telegram, bot: Bot, params: Json) -> Result:
    words = caption_of(params)
    letter = _letter(telegram, bot, params, "can_send_photos")
    check_caption(words)
    file = await photo_of(telegram, params, "photo")
    reach(letter.room)
    pay(telegram, bot, letter.room, paid=letter.paid)
    content: Json = {"photo": photo_json(file)}
    if words.text:
        content |= words.fields(telegram, caption=True)
    content |= shown_how(params)
    return _put(telegram, bot, letter, content, file.key), None


def shown_how(params: Json) -> Json:
    content = {}
    if boolean(params, "show_caption_above_media"):
        content["show_caption_above_media"] = True
    if boolean(params, "has_spoiler"):
        content["has_media_spoiler"] = True
    return content


async def send_document(telegram: Telegram, bot: Bot, params: Json) -> Result:
    words = caption_of(params)
    letter = _letter(telegram, bot, params, "can_send_documents")
    check_caption(words)
    file = await document_of(telegram, params, "document")
    reach(letter.room)
    pay(telegram, bot, letter.room, paid=letter.paid)
    content: Json = {"document": document_json(file, name_of(params, "document", file))}
    if words.text:
        content |= words.fields(telegram, caption=True)
    return _put(telegram, bot, letter, content, file.key), None


async def send_media_group(telegram: Telegram, bot: Bot, params: Json) -> Result:
    items = nested(params, "media")
    if not isinstance(items, list):
        raise bad("can't parse media JSON object")
    kinds = [_album_kind(item) for item in items]
    _one_album(items, kinds)
    letter = _letter(telegram, bot, {k: v for k, v in params.items() if k != "reply_markup"}, "can_send_photos")
    reach(letter.room)
    made = [await _album_item(telegram, params, item, number) for number, item in enumerate(items, 1)]
    pay(telegram, bot, letter.room, len(made), paid=letter.paid)
    telegram.albums += 1
    group = {"media_group_id": str(13_000_000_000_000_000 + telegram.albums)}
    return [_put(telegram, bot, letter, group | content, file.key) for content, file in made], None


def _album_kind(item: Any) -> str:
    if not isinstance(item, dict):
        raise bad("can't parse InputMedia: expected an Object")
    kind = str(item.get("type", "")).lower()
    if kind not in ALBUM_KINDS:
        raise bad(f'type "{kind}" can\'t be used in sendMediaGroup')
    return kind


def _one_album(items: list[Json], kinds: list[str]) -> None:
    if not items:
        raise bad("there are no messages to send")
    if len(items) > MOST_IN_ALBUM:
        raise bad("too many messages to send as an album")
    for alone in ("document", "audio"):
        if alone in kinds and set(kinds) != {alone}:
            raise bad(f"{alone} can't be mixed with other media types")
    if len({boolean(item, "show_caption_above_media") for item in items}) > 1:
        raise bad("parameter show_caption_above_media must be the same for all messages")


async def _album_item(telegram: Telegram, params: Json, item: Json, number: int) -> tuple[Json, File]:
    words = caption_of(item)
    try:
        check_caption(words)
        content, file = await media_json(telegram, params, item)
    except ApiError as error:
        why = error.description.removeprefix("Bad Request: ")
        raise bad(f'failed to send message #{number} with the error message "{why}"') from None
    return content | (words.fields(telegram, caption=True) if words.text else {}) | shown_how(item), file


async def media_json(telegram: Telegram, params: Json, item: Json) -> tuple[Json, File]:
    """An InputMedia as fields of a Message, without its caption."""
    if "media" not in item:
        raise bad("can't parse InputMedia: media not found")
    given = {**params, "media": item["media"]}
    if item.get("type") == "photo":
        file = await photo_of(telegram, given, "media")
        return {"photo": photo_json(file)}, file
    file = await document_of(telegram, given, "media")
    return {"document": document_json(file, name_of(given, "media", file))}, file


async def forward_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    return _pass_on(telegram, bot, params, origin=True), None


async def copy_message(telegram: Telegram, bot: Bot, params: Json) -> Result:
    return {"message_id": _pass_on(telegram, bot, params, origin=False)["message_id"]}, None


CARRIED = ("text", "entities", "photo", "document", "caption", "caption_entities", "link_preview_options")


def _pass_on(telegram: Telegram, bot: Bot, params: Json, *, origin: bool) -> Json:
    source = chat_of(telegram, bot, params, "from_chat_id")
    letter = _letter(telegram, bot, params)
    message = source.messages.get(integer(params, "message_id"))
    if message is None or message.deleted:
        raise bad(f"message to {'forward' if origin else 'copy'} not found")
    if message.json.get("has_protected_content") or message.service:
        raise bad(f"message can't be {'forwarded' if origin else 'copied'}")
    content = {name: message.json[name] for name in CARRIED if name in message.json}
    if not origin and "caption" in params and "text" not in content:
        words = caption_of(params)
        check_caption(words)
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= words.fields(telegram, caption=True) if words.text else {}
    reach(letter.room)
    pay(telegram, bot, letter.room, paid=letter.paid)
    return _put(telegram, bot, letter, (_origin(message) if origin else {}) | content, message.file)


def _origin(message: Message) -> Json:
    json = message.json
    if "forward_origin" in json:
        return {"forward_origin": json["forward_origin"]}
    if "sender_chat" in json:
        about = {"type": "channel", "chat": json["sender_chat"], "message_id": json["message_id"]}
    else:
        about = {"type": "user", "sender_user": json["from"]}
    return {"forward_origin": about | {"date": json["date"]}}
