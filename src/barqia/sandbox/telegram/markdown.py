"""The two Markdown parse modes, as the server parses them."""

from dataclasses import dataclass
from typing import NoReturn

from barqia.sandbox.telegram import addresses
from barqia.sandbox.telegram.entities import Entity
from barqia.sandbox.telegram.errors import Unparsed
from barqia.sandbox.telegram.html import BLANKS, linked, timed

RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
CODE = frozenset({"code", "pre"})
# the names that errors use
CALLED = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough", "code": "Code",
    "pre": "Pre", "spoiler": "Spoiler", "text_link": "TextUrl", "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}  # fmt: skip
TWICE = {"_": ("italic", "underline"), "|": ("", "spoiler"), "*": ("bold", "bold"), "~": ("strikethrough",) * 2}
OLD = {"_": "italic", "*": "bold", "`": "code", "[": "text_link"}


@dataclass(slots=True)
class _Open:
    kind: str
    start: int
    at: int
    out: int
    language: str = ""


def parse_markdown_v2(source: str) -> tuple[str, list[Entity]]:
    """The text without its marks, and its entities. Raises Unparsed."""
    return _Reader(source).read()


class _Reader:
    """One pass; `_open` are the entities that have begun, the innermost last."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._out: list[str] = []
        self._open: list[_Open] = []
        self._entities: list[Entity] = []
        self._length = 0
        self._quoting = False

    def read(self) -> tuple[str, list[Entity]]:
        at = 0
        while at < len(self._source):
            at = self._step(at)
        if self._quoting and self._open[-1].kind == "blockquote":
            self._finish(self._open.pop(), "")
        if self._open:
            self._unfinished(self._open[-1])
        return "".join(self._out), self._entities

    def _step(self, at: int) -> int:
        source, c = self._source, self._source[at]
        following = source[at + 1 : at + 2]
        if c == "\\" and "\0" < following <= "~":
            self._put(following)
            return at + 2
        inside = self._open[-1].kind if self._open else ""
        if c not in (("`",) if inside in CODE else RESERVED):
            self._put(c)
            return at + 1
        if self._ends(c, at):
            return self._end(c, at)
        return self._begin(c, at)

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._length += len(text)

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode())

    def _unfinished(self, opened: _Open) -> NoReturn:
        called = "PreCode" if opened.language else CALLED[opened.kind]
        raise Unparsed(f"Can't find end of {called} entity at byte offset {self._byte(opened.at)}")

    def _reserved(self, c: str) -> NoReturn:
        raise Unparsed(f"Character '{c}' is reserved and must be escaped with the preceding '\\'")

    def _ends(self, c: str, at: int) -> bool:
        """Whether this ends the innermost entity."""
        if not self._open:
            return False
        source, kind = self._source, self._open[-1].kind
        if self._quoting and (self._last_of_quote(at) or (kind != "spoiler" and self._folds(at))):
            return True
        if kind == "italic":
            return c == "_" and source[at + 1 : at + 2] != "_"
        marks = {
            "bold": "*", "code": "`", "pre": "```", "text_link": "]", "underline": "__", "strikethrough": "~",
            "spoiler": "||", "custom_emoji": "]",
        }  # fmt: skip
        return kind in marks and source.startswith(marks[kind], at)

    def _last_of_quote(self, at: int) -> bool:
        return self._source[at] == "\n" and self._source[at + 1 : at + 2] != ">"

    def _folds(self, at: int) -> bool:
        """Two bars at the end of a quote: it is shown folded."""
        after = at + 2
        return self._source.startswith("||", at) and (after == len(self._source) or self._last_of_quote(after))

    def _begin(self, c: str, at: int) -> int:
        source = self._source
        if c == "\n":
            self._put(c)
            return at + 1
        if c == "`":
            return self._code(at)
        if c == ">":
            return self._quote(at)
        if c == "[":
            return self._enter("text_link", at, 1)
        if c == "!" and source[at + 1 : at + 2] == "[":
            return self._enter("custom_emoji", at, 2)
        if c not in TWICE:
            self._reserved(c)
        double = source[at + 1 : at + 2] == c and c in "_|"
        kind = TWICE[c][double]
        if not kind:
            self._reserved(c)
        return self._enter(kind, at, 1 + double)

    def _enter(self, kind: str, at: int, width: int, language: str = "") -> int:
        self._open.append(_Open(kind, self._length, at, len(self._out), language))
        return at + width

    def _quote(self, at: int) -> int:
        """Where a line of the text begins, whatever marks have gone before: so `**>` begins a second quote at once."""
        if self._out and not self._out[-1].endswith("\n"):
            self._reserved(">")
        if self._quoting:
            return at + 1
        self._quoting = True
        return self._enter("blockquote", at, 1)

    def _code(self, at: int) -> int:
        if not self._source.startswith("```", at):
            return self._enter("code", at, 1)
        language, end = fence(self._source, at + 3)
        self._enter("pre", at, 3, language)
        return end

    def _end(self, c: str, at: int) -> int:
        opened = self._open.pop()
        if opened.kind != "blockquote" and (c == "\n" or (c == "|" and opened.kind != "spoiler")):
            self._unfinished(opened)
        if opened.kind in {"text_link", "custom_emoji"}:
            return self._address(opened, at)
        width = {"underline": 2, "spoiler": 2, "pre": 3}.get(opened.kind, 1)
        if opened.kind == "blockquote":
            self._quoting = False
            if c == "|":
                opened.kind, width = "expandable_blockquote", 3
            if c == "\n" or self._source[at + 2 : at + 3]:
                self._put("\n")
        self._finish(opened, opened.language)
        return at + width

    def _finish(self, opened: _Open, carried: str) -> None:
        end = self._length
        if end > opened.start:
            self._entities.append(Entity(opened.kind, opened.start, end, carried))

    def _address(self, opened: _Open, at: int) -> int:
        source, link = self._source, opened.kind == "text_link"
        entity = Entity(opened.kind, opened.start, self._length)
        if source[at + 1 : at + 2] != "(":
            if not link:
                raise Unparsed("The entity must contain a tg://emoji or tg://time URL")
            url, end = "".join(self._out[opened.out :]), at
        else:
            url, end = self._url(at + 2)
        if link:
            made = linked(entity, url)
        elif moment := addresses.time(url):
            made = timed(entity, *moment)
        else:
            entity.url = addresses.emoji(url)
            made = [entity]
        self._entities += [one for one in made if one.end > one.start]
        return end + 1

    def _url(self, at: int) -> tuple[str, int]:
        source, out, begun = self._source, list[str](), at
        while at < len(source) and source[at] != ")":
            if source[at] == "\\" and "\0" < source[at + 1 : at + 2] <= "~":
                at += 1
            out.append(source[at])
            at += 1
        if at >= len(source):
            raise Unparsed(f"Can't find end of a URL at byte offset {self._byte(begun)}")
        return "".join(out), at


def fence(source: str, at: int) -> tuple[str, int]:
    """The language after ``` and where the code begins: one line break is skipped."""
    end = at
    while end < len(source) and source[end] not in BLANKS and source[end] != "`":
        end += 1
    language = ""
    if end != at and end < len(source) and source[end] != "`":
        language, at = source[at:end], end
    if source[at : at + 1] in {"\n", "\r"} and at < len(source):
        pair = source[at : at + 2]
        at += 2 if pair in {"\n\r", "\r\n"} else 1
    return language, at


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """The first Markdown mode: nothing nests. Raises Unparsed."""
    out: list[str] = []
    entities: list[Entity] = []
    at = 0
    while at < len(source):
        c = source[at]
        if c == "\\" and source[at + 1 : at + 2] in OLD and at + 1 < len(source):
            c, at = source[at + 1], at + 1
        elif c in OLD:
            text, entity, at = _old(source, at, "".join(out))
            out.append(text)
            entities += entity
            continue
        out.append(c)
        at += 1
    return "".join(out), entities


def _old(source: str, at: int, done: str) -> tuple[str, list[Entity], int]:
    """One entity of the first Markdown: its text, what it is, and where the rest begins."""
    length = len(done)
    c, begun, language, pre = source[at], at, "", source.startswith("```", at)
    close = "```" if pre else {"[": "]"}.get(c, c)
    at += 1
    if pre:
        language, at = fence(source, at + 2)
    end = source.find(close, at)
    if end < 0:
        byte = len(source[:begun].encode())
        raise Unparsed(f"Can't find end of the entity starting at byte offset {byte}")
    text, after = source[at:end], end + len(close)
    entity = Entity("pre" if pre else OLD[c], length, length + len(text), language)
    if c == "[" and text:
        url = _as_address(source, done + text, begun + 1, end)
        if source[after : after + 1] == "(":
            stop = source.find(")", after)
            stop = len(source) if stop < 0 else stop
            url, after = source[after + 1 : stop], stop + 1
        return text, linked(entity, url), after
    return text, [entity] if text else [], after


def _as_address(source: str, done: str, begin: int, end: int) -> str:
    """A link's text as its address: the server reads it where it has written the text without marks already."""
    written = done.encode()
    buffer = written + source.encode()[len(written) :]
    return buffer[len(source[:begin].encode()) : len(source[:end].encode())].decode(errors="ignore")
