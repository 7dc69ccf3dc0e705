"""HTML parse mode, as the server parses it: same tags, same entities, same errors, byte offsets in UTF-8."""

import re
from dataclasses import dataclass
from typing import NoReturn

from barqia.sandbox.telegram import addresses
from barqia.sandbox.telegram.entities import Entity
from barqia.sandbox.telegram.errors import Unparsed

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link", "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([A-Za-z]*));?")
PLAIN = re.compile("[^&<]+")
BLANKS = " \t\n\r\v\0"
TAG_NAME = re.compile(rf"[^{BLANKS}>]*")
BLANK = re.compile(rf"[{BLANKS}]*")
ATTRIBUTE_NAME = re.compile(rf"[^{BLANKS}=>/\"']*")
TOKEN = re.compile(r"[A-Za-z0-9.-]*")
LANGUAGE = "language-"


@dataclass(slots=True)
class _Open:
    name: str
    values: dict[str, str]
    start: int
    at: int


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text without tags, and its entities as they were closed. Raises Unparsed."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._out: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        source, at = self._source, 0
        while at < len(source):
            if source[at] == "&":
                character, at = reference(source, at)
                self._put(character)
            elif source[at] == "<":
                at = self._close(at) if source[at + 1 : at + 2] == "/" else self._begin(at)
            else:
                plain = PLAIN.match(source, at)
                assert plain
                self._put(plain[0])
                at = plain.end()
        if self._open:
            raise Unparsed(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        for entity in self._entities:
            if entity.kind == "code":
                entity.url = ""
        return "".join(self._out), self._entities

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._length += len(text)

    def _fail(self, what: str, at: int) -> NoReturn:
        raise Unparsed(f"{what} at byte offset {len(self._source[:at].encode())}")

    def _begin(self, at: int) -> int:
        found = TAG_NAME.match(self._source, at + 1)
        assert found
        name = lowered(found[0])
        if found.end() == len(self._source):
            self._fail("Unclosed start tag", at)
        if name not in KINDS:
            self._fail(f'Unsupported start tag "{name}"', at)
        values, end = self._attributes(name, at, found.end())
        if name == "span" and values.get("class") != "tg-spoiler":
            self._fail('Tag "span" must have class "tg-spoiler"', at)
        self._open.append(_Open(name, values, self._length, len(self._out)))
        return end

    def _attributes(self, name: str, begun: int, at: int) -> tuple[dict[str, str], int]:
        """The tag's attributes, and where it ends."""
        source, values = self._source, dict[str, str]()
        while source[at : at + 1] != ">":
            at = _after(BLANK, source, at)
            if source[at : at + 1] == ">":
                break
            end = _after(ATTRIBUTE_NAME, source, at)
            attribute = source[at:end]
            if not attribute:
                self._fail(f'Empty attribute name in the tag "{name}"', begun)
            at = _after(BLANK, source, end)
            if source[at : at + 1] == "=":
                values[attribute], at = self._value(name, begun, at + 1)
            else:
                if at >= len(source):
                    self._fail(f'Unclosed start tag "{name}"', begun)
                values[attribute] = ""
            if at >= len(source):
                self._fail("Unclosed start tag", begun)
        return values, at + 1

    def _value(self, name: str, begun: int, at: int) -> tuple[str, int]:
        source = self._source
        at = _after(BLANK, source, at)
        if at >= len(source):
            self._fail(f'Unclosed start tag "{name}"', begun)
        if source[at] in "\"'":
            return self._quoted(source[at], at + 1)
        end = _after(TOKEN, source, at)
        if end < len(source) and source[end] not in BLANKS and source[end] != ">":
            self._fail("Unexpected end of name token", at)
        return lowered(source[at:end]), end

    def _quoted(self, mark: str, at: int) -> tuple[str, int]:
        source, out = self._source, list[str]()
        while at < len(source) and source[at] != mark:
            character, at = reference(source, at) if source[at] == "&" else (source[at], at + 1)
            out.append(character)
        return "".join(out), min(at + 1, len(source))

    def _close(self, at: int) -> int:
        source = self._source
        if not self._open:
            self._fail("Unexpected end tag", at)
        end = _after(TAG_NAME, source, at + 2)
        name = lowered(source[at + 2 : end])
        end = _after(BLANK, source, end)
        if source[end : end + 1] != ">":
            self._fail("Unclosed end tag", at)
        opened = self._open.pop()
        if name and name != opened.name:
            where = len(source[:at].encode())
            told = f'expected "</{opened.name}>", found "</{name}>"'
            raise Unparsed(f"Unmatched end tag at byte offset {where}, {told}")
        if self._length > opened.start:
            self._add(opened)
        return end + 1

    def _add(self, opened: _Open) -> None:
        kind, values, last = KINDS[opened.name], opened.values, self._entities[-1] if self._entities else None
        entity = Entity(kind, opened.start, self._length)
        same = last is not None and (last.start, last.end) == (entity.start, entity.end)
        language = values.get("class", "") if kind == "code" else ""
        if kind == "text_link":
            self._entities += linked(entity, values.get("href") or "".join(self._out[opened.at :]))
            return
        if kind == "custom_emoji":
            entity.url = addresses.emoji_id(values.get("emoji-id", ""))
        elif kind == "date_time":
            self._entities += timed(entity, values.get("unix", ""), values.get("format", ""))
            return
        elif kind == "blockquote" and "expandable" in values:
            entity.kind = "expandable_blockquote"
        elif kind == "code" and language.startswith(LANGUAGE):
            entity.url = language.removeprefix(LANGUAGE)
            if same and last and last.kind == "pre":
                last.url = entity.url
                return
        elif kind == "pre" and same and last and last.kind == "code" and last.url:
            last.kind = "pre"
            return
        self._entities.append(entity)


def linked(entity: Entity, href: str) -> list[Entity]:
    """A link, a mention of a person, or nothing where the address leads nowhere."""
    if number := addresses.person(href):
        entity.kind, entity.url = "text_mention", number
        return [entity]
    entity.kind, entity.url = "text_link", addresses.checked(href)
    return [entity] if entity.url else []


def timed(entity: Entity, unix: str, form: str) -> list[Entity]:
    """A time, or nothing where there is none; digits count until something else comes."""
    found = re.match("-?[0-9]+", unix)
    number = int(found[0][:12]) if found else 0
    if not 0 < number < 2**31:
        return []
    entity.kind, entity.url, entity.format = "date_time", str(number), form
    return [entity]


def reference(source: str, at: int) -> tuple[str, int]:
    """The character that stands here, decoded where it is a known reference, and where the next begins."""
    found = REFERENCE.match(source, at)
    assert found
    hexadecimal, decimal, name = found.groups()
    if name is not None:
        return (NAMED[name], found.end()) if name in NAMED else ("&", at + 1)
    digits = hexadecimal if hexadecimal is not None else decimal
    code = int(digits or "0", 16 if hexadecimal is not None else 10) if len(digits) < 12 else 0
    length = len(found[0].removesuffix(";"))
    if not 0 < code < 0x10FFFF or 0xD800 <= code < 0xE000 or length >= 10:
        return "&", at + 1
    return chr(code), found.end()


def lowered(text: str) -> str:
    """ASCII letters only, as the server lowers them."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def _after(pattern: re.Pattern[str], source: str, at: int) -> int:
    found = pattern.match(source, at)
    assert found
    return found.end()
