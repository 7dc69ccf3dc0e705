"""HTML parse mode, as the server parses it: same tags, same entities, same errors, byte offsets in UTF-8."""

import re
from dataclasses import dataclass
from typing import Any

from barqia.sandbox.telegram.errors import bad

SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "code": "code",
    "pre": "pre", "blockquote": "blockquote", "a": "text_link", "span": "spoiler",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ENTITY = re.compile(r"&(?:#(x[0-9a-fA-F]+|[0-9]+)|(lt|gt|amp|quot));?")
TAG = re.compile(r"<(/?)([^\s>/]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)(>?)", re.DOTALL)
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]*)))?")


@dataclass(slots=True)
class Entity:
    """A style over `[start, end)` in code points."""

    kind: str
    start: int
    end: int
    url: str = ""


@dataclass(slots=True)
class _Open:
    name: str
    kind: str
    start: int
    url: str


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text without tags and its entities in order. Raises ApiError "can't parse entities: …"."""
    out: list[str] = []
    entities: list[Entity] = []
    stack: list[_Open] = []
    at, length = 0, 0
    while at < len(source):
        character = source[at]
        if character == "&" and (found := ENTITY.match(source, at)):
            out.append(_decoded(found))
            length += 1
            at = found.end()
        elif character == "<":
            at = _tag(source, at, length, stack, entities)
        else:
            out.append(character)
            length += 1
            at += 1
    if stack:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    entities = [entity for entity in entities if entity.end > entity.start]
    text = "".join(out)
    for entity in entities:
        if entity.kind == "text_link" and not entity.url:
            entity.url = text[entity.start : entity.end]
    return text, sorted(entities, key=lambda entity: (entity.start, -entity.end))


def _decoded(found: re.Match[str]) -> str:
    number, name = found.groups()
    if name:
        return NAMED[name]
    code = int(number[1:], 16) if number.startswith("x") else int(number)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found.group()


def _offset(source: str, at: int) -> int:
    return len(source[:at].encode())


def _cannot(what: str) -> Exception:
    return bad(f"can't parse entities: {what}")


def _tag(source: str, at: int, length: int, stack: list[_Open], entities: list[Entity]) -> int:
    found = TAG.match(source, at)
    offset = _offset(source, at)
    if found is None:
        raise _cannot(f"Unclosed start tag at byte offset {offset}")
    closing, name, attributes, end = found.groups()
    name = name.lower()
    if closing:
        _close(name, end, offset, length, stack, entities)
        return found.end()
    full = name + ("/" if attributes.endswith("/") and end else "")
    if full not in SIMPLE and name != "tg-emoji":
        raise _cannot(f'Unsupported start tag "{full}" at byte offset {offset}')
    if not end:
        raise _cannot(f"Unclosed start tag at byte offset {offset}")
    stack.append(_opened(name, attributes, offset, length))
    return found.end()


def _opened(name: str, attributes: str, offset: int, length: int) -> _Open:
    values = {key.lower(): a or b or c for key, a, b, c in ATTRIBUTE.findall(attributes)}
    if name == "span" and values.get("class") != "tg-spoiler":
        raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    if name == "tg-emoji":
        if not values.get("emoji-id", "").isdigit():
            raise _cannot("Invalid custom emoji identifier specified")
        return _Open(name, "custom_emoji", length, values["emoji-id"])
    kind = "expandable_blockquote" if name == "blockquote" and "expandable" in values else SIMPLE[name]
    return _Open(name, kind, length, values.get("href", ""))


def _close(name: str, end: str, offset: int, length: int, stack: list[_Open], entities: list[Entity]) -> None:
    if not stack:
        raise _cannot(f"Unexpected end tag at byte offset {offset}")
    if not end:
        raise _cannot(f"Unclosed end tag at byte offset {offset}")
    opened = stack.pop()
    if name and name != opened.name:
        raise _cannot(f'Unmatched end tag at byte offset {offset}, expected "</{opened.name}>", found "</{name}>"')
    entities.append(Entity(opened.kind, opened.start, length, opened.url))


DROPPED = frozenset("\r\u0333\u033f\u030a" + "".join(map(chr, range(0x2028, 0x202F))))
MARKS = frozenset("\u200e\u200f")
ZERO_WIDTH_NON_JOINER = "\u200c"


def clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What the server does before it counts: control characters, direction overrides, blanks at the ends."""
    out: list[str] = []
    where: list[int] = []
    for position, character in enumerate(text):
        where.append(len(out))
        if character in DROPPED:
            continue
        following = text[position + 1 : position + 2]
        if character in MARKS and following in MARKS and following:
            out.append(ZERO_WIDTH_NON_JOINER)
        elif character < " " and character != "\n":
            out.append(" ")
        else:
            out.append(character)
    where.append(len(out))
    cleaned = "".join(out)
    start = len(cleaned) - len(cleaned.lstrip(" \n"))
    end = len(cleaned.rstrip())
    moved = [Entity(e.kind, max(where[e.start] - start, 0), min(where[e.end], end) - start, e.url) for e in entities]
    return cleaned[start:end], [entity for entity in moved if entity.end > entity.start]


AUTOMATIC = re.compile(
    r"(?P<url>(?:https?://|t\.me/|www\.)[^\s<>\u2068\u2069]+)|(?P<email>[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{4,31})|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)|(?P<bot_command>(?<![\w/])/[A-Za-z]\w{0,31})"
)


def automatic(text: str, taken: list[Entity]) -> list[Entity]:
    """Links, mentions, tags and commands that the server finds by itself."""
    found = []
    for match in AUTOMATIC.finditer(text):
        start, end = match.span()
        if not any(e.kind in {"text_link", "code", "pre"} and e.start < end and start < e.end for e in taken):
            found.append(Entity(match.lastgroup or "url", start, end))
    return found


def as_json(text: str, entities: list[Entity]) -> list[dict[str, Any]]:
    """Entities with offsets and lengths in UTF-16 units."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    found = []
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        row: dict[str, Any] = {
            "type": entity.kind,
            "offset": units[entity.start],
            "length": units[entity.end] - units[entity.start],
        }
        if entity.kind == "text_link":
            row["url"] = entity.url
        if entity.kind == "custom_emoji":
            row["custom_emoji_id"] = entity.url
        found.append(row)
    return found[:100]
