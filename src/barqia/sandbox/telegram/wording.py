"""A text or a caption: what a request says, as the message will show it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from barqia.sandbox.telegram.chats import Json
from barqia.sandbox.telegram.cleaning import cleaned, trimmed
from barqia.sandbox.telegram.entities import Entity, as_json, beside, order, tidy
from barqia.sandbox.telegram.errors import Unparsed, bad
from barqia.sandbox.telegram.html import KINDS, linked, parse_html
from barqia.sandbox.telegram.links import automatic
from barqia.sandbox.telegram.markdown import parse_markdown, parse_markdown_v2
from barqia.sandbox.telegram.params import nested, string
from barqia.sandbox.telegram.world import Telegram

TEXT_LIMIT, CAPTION_LIMIT, RAW_LIMIT = 4096, 1024, 32_768
PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
STYLES = frozenset(KINDS.values()) | {"expandable_blockquote", "custom_emoji"}


@dataclass(frozen=True, slots=True)
class Words:
    """Cleaned text, its entities, and these as JSON where that hangs on nobody's being known."""

    text: str
    entities: tuple[Entity, ...]
    shown: list[Json] | None

    def fields(self, telegram: Telegram, *, caption: bool = False) -> Json:
        """As fields of a Message."""
        text, entities = ("caption", "caption_entities") if caption else ("text", "entities")
        shown = as_json(self.text, list(self.entities), telegram.user) if self.shown is None else self.shown
        return {text: self.text, **({entities: shown} if shown else {})}


def text_of(params: Json) -> Words:
    """Raises ApiError for what the parser refuses; `check` is for later."""
    raw = string(params, "text")
    if not raw:
        raise bad("message text is empty")
    return _read(params, raw, "entities")


def caption_of(params: Json) -> Words:
    return _read(params, string(params, "caption"), "caption_entities")


def check_text(words: Words) -> None:
    """What the server counts once everything else is right."""
    if not words.text.strip():
        raise bad("text must be non-empty")
    if len(words.text) > TEXT_LIMIT:
        raise bad("message is too long")


def check_caption(words: Words) -> None:
    if len(words.text) > CAPTION_LIMIT:
        raise bad("message caption is too long")


def _read(params: Json, raw: str, field: str) -> Words:
    mode = string(params, "parse_mode").lower() or "none"
    given = nested(params, field) if mode == "none" else None
    if not given:
        return _standing(raw, mode)
    _may_be_parsed(raw, mode)
    return _words(raw, _given(given, raw))


def _may_be_parsed(raw: str, mode: str) -> None:
    if len(raw.encode()) > RAW_LIMIT:
        raise bad("text is too long")
    if mode not in PARSERS and mode != "none":
        raise bad("unsupported parse_mode")


# a mailing brings one text a hundred thousand times
@lru_cache(maxsize=256)
def _standing(raw: str, mode: str) -> Words:
    _may_be_parsed(raw, mode)
    try:
        text, styles = PARSERS[mode](raw) if mode in PARSERS else (raw, [])
    except Unparsed as error:
        raise bad(f"can't parse entities: {error}") from None
    return _words(text, styles)


def _words(text: str, styles: list[Entity]) -> Words:
    text, styles = cleaned(text, styles)
    text, styles = trimmed(text, tidy(styles))
    entities = sorted([*styles, *beside(automatic(text, styles), styles)], key=order)
    mentions = any(entity.kind == "text_mention" for entity in entities)
    return Words(text, tuple(entities), None if mentions else as_json(text, entities, lambda _id: None))


def _given(rows: Any, text: str) -> list[Entity]:
    """Entities given as JSON, from UTF-16 offsets to code points."""
    if not isinstance(rows, list):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    at = {}
    units = 0
    for position, character in enumerate(text):
        at[units] = position
        units += 2 if character > "\uffff" else 1
    at[units] = len(text)
    found: list[Entity] = []
    for row in rows:
        if not isinstance(row, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        start, length = row.get("offset"), row.get("length")
        if not isinstance(start, int) or not isinstance(length, int):
            raise bad("can't parse MessageEntity: offset and length must be of type Number")
        end = at.get(start + length, len(text))
        found += _entity(row, at.get(start, len(text)), end)
    return [entity for entity in found if entity.end > entity.start]


def _entity(row: Json, start: int, end: int) -> list[Entity]:
    """Nothing for a kind that a sender cannot give: the server finds those by itself."""
    kind = str(row.get("type"))
    if kind == "text_link":
        return linked(Entity(kind, start, end), str(row.get("url", "")))
    if kind == "text_mention":
        return [Entity(kind, start, end, str(int(row["user"]["id"])))]
    carried = {"custom_emoji": "custom_emoji_id", "pre": "language", "date_time": "unix_time"}.get(kind, "")
    if kind == "date_time":
        return [Entity(kind, start, end, str(int(row[carried])), str(row.get("date_time_format", "")))]
    return [Entity(kind, start, end, str(row.get(carried, "")))] if kind in STYLES else []
