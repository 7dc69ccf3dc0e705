"""HTML parse mode, as the server parses it: same tags, same entities, same errors, byte offsets in UTF-8."""

import re
from dataclasses import dataclass, replace

from barqia.sandbox.telegram.errors import bad
from barqia.sandbox.telegram.links import Entity, linked, outside_code

SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "code": "code",
    "pre": "pre", "blockquote": "blockquote", "a": "text_link", "span": "spoiler",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ENTITY = re.compile(r"&(?:#(x[0-9a-fA-F]+|[0-9]+)|(lt|gt|amp|quot));?")
TAG = re.compile(r"<(/?)([^\s>/]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)(>?)", re.DOTALL)
PLAIN = re.compile("[^&<]+")
UNIX = re.compile(r"-?[0-9]{1,12}")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]*)))?")


@dataclass(slots=True)
class _Open:
    name: str
    kind: str
    start: int
    url: str = ""
    format: str = ""


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
            plain = PLAIN.match(source, at + 1)
            end = plain.end() if plain else at + 1
            out.append(source[at:end])
            length += end - at
            at = end
    if stack:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    text = "".join(out)
    entities = [checked for entity in entities if (checked := _checked(entity, text))]
    entities = outside_code(_languages(entities))
    return text, sorted(entities, key=lambda entity: (entity.start, -entity.end))


def _checked(entity: Entity, text: str) -> Entity | None:
    """Nothing where it covers nothing, or leads to no address."""
    if entity.end <= entity.start:
        return None
    if entity.kind != "text_link":
        return entity
    return linked(entity.start, entity.end, entity.url or text[entity.start : entity.end])


def _languages(entities: list[Entity]) -> list[Entity]:
    """`pre` around a `code` with a language is one entity, and no code keeps a language of its own."""
    spans = {(e.start, e.end): e for e in entities if e.kind == "pre"}
    kept = []
    for entity in entities:
        around = spans.get((entity.start, entity.end))
        if entity.kind == "code" and around:
            around.url = entity.url
        else:
            kept.append(replace(entity, url="") if entity.kind == "code" else entity)
    return kept


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
    if full not in SIMPLE and full not in {"tg-emoji", "tg-time"}:
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
    if name == "tg-time":
        if not UNIX.fullmatch(values.get("unix", "")):
            raise _cannot("Invalid Unix time specified")
        return _Open(name, "date_time", length, values["unix"], values.get("format", ""))
    if name == "code":
        return _Open(name, "code", length, values.get("class", "").partition("language-")[2])
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
    entities.append(Entity(opened.kind, opened.start, length, opened.url, opened.format))


DROPPED = frozenset("\r\u0333\u033f\u030a" + "".join(map(chr, range(0x2028, 0x202F))))
MARKS = frozenset("\u200e\u200f")
ODD = re.compile(r"[\x00-\x09\x0b-\x1f\u0333\u033f\u030a\u200e\u200f\u2028-\u202e]")
ZERO_WIDTH_NON_JOINER = "\u200c"


def clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What the server does before it counts: control characters, direction overrides, blanks at the ends."""
    cleaned, where = _without_odd(text) if ODD.search(text) else (text, range(len(text) + 1))
    start = len(cleaned) - len(cleaned.lstrip(" \n"))
    end = len(cleaned.rstrip())
    moved = [replace(e, start=max(where[e.start] - start, 0), end=min(where[e.end], end) - start) for e in entities]
    return cleaned[start:end], [entity for entity in moved if entity.end > entity.start]


def _without_odd(text: str) -> tuple[str, list[int]]:
    """The cleaned text, and where each character of the old one stands in it."""
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
    return "".join(out), where
