"""Styles, links and finds over a text: how they may lie within each other, and how the Bot API writes them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
CODE = frozenset({"code", "pre"})
# what lies outermost of those that cover the same
PRIORITY = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 10, "code": 20, "text_link": 49, "text_mention": 49, "bold": 90,
    "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}  # fmt: skip
MOST = 100


@dataclass(slots=True)
class Entity:
    """A style over `[start, end)` in code points; `url` is what it leads to or carries."""

    kind: str
    start: int
    end: int
    url: str = ""
    format: str = ""


def order(entity: Entity) -> tuple[int, int, int]:
    return entity.start, -entity.end, PRIORITY.get(entity.kind, 50)


def tidy(entities: Iterable[Entity]) -> list[Entity]:
    """As the server keeps them: links and quotes do not cross, code holds nothing, styles are cut at others."""
    found = sorted((entity for entity in entities if entity.end > entity.start), key=order)
    styles = [entity for entity in found if entity.kind in SPLITTABLE]
    quotes = _apart([entity for entity in found if entity.kind in QUOTES])
    others = _apart([entity for entity in found if entity.kind not in SPLITTABLE and entity.kind not in QUOTES])
    kept = sorted([*(entity for entity in others if not _crosses(entity, quotes)), *quotes], key=order)
    return sorted([*kept, *_cut(styles, kept)], key=order)


def _apart(entities: list[Entity]) -> list[Entity]:
    """Of those that overlap, the first."""
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return kept


def _crosses(entity: Entity, quotes: list[Entity]) -> bool:
    """Whether it overlaps a quote without lying in it."""
    around = next((quote for quote in quotes if quote.end > entity.start), None)
    if around is None:
        return False
    return around.end < entity.end or entity.start < around.start < entity.end


def _cut(styles: list[Entity], others: list[Entity]) -> list[Entity]:
    """Styles, one of a kind merged, cut at every edge of another entity and where another style begins."""
    cutter = _Cutter(styles)
    within: list[Entity] = []

    def go_to(position: float) -> None:
        while within and position >= within[-1].end:
            inner = within.pop()
            cutter.up_to(inner.end, keep=inner.kind not in CODE)
        cutter.up_to(position, keep=True)

    for other in others:
        go_to(other.start)
        within.append(other)
    go_to(float("inf"))
    return cutter.made


class _Cutter:
    def __init__(self, styles: list[Entity]) -> None:
        self._coming = list(reversed(styles))
        self._open: dict[str, Entity] = {}
        self.made: list[Entity] = []

    def up_to(self, position: float, *, keep: bool) -> None:
        """Emit what lies before this position, or drop it."""
        before = len(self.made)
        while self._coming and self._coming[-1].start < position:
            style = self._coming.pop()
            known = self._open.get(style.kind)
            if known and style.start <= known.end:
                known.end = max(known.end, style.end)
            else:
                self._flush(style.start)
                self._open[style.kind] = replace(style)
        self._flush(position)
        if not keep:
            del self.made[before:]

    def _flush(self, position: float) -> None:
        for kind, style in list(self._open.items()):
            if style.start < position:
                end = int(min(style.end, position))
                self.made.append(Entity(kind, style.start, end))
                style.start = end
            if style.end <= position:
                del self._open[kind]


def beside(found: list[Entity], taken: list[Entity]) -> list[Entity]:
    """What the server found by itself, where no link, code or edge of a quote is in the way."""
    solid = [entity for entity in taken if entity.kind not in SPLITTABLE and entity.kind not in QUOTES]
    quotes = [entity for entity in taken if entity.kind in QUOTES]
    free = [f for f in found if not any(f.start < s.end and s.start < f.end for s in solid)]
    return [entity for entity in free if not _crosses(entity, quotes)]


def as_json(text: str, entities: list[Entity], user: Callable[[int], dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Entities with offsets and lengths in UTF-16 units; a mention of nobody known is lost."""
    units: Sequence[int] = range(len(text) + 1)
    if max(text, default="") > "\uffff":
        units = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    found = []
    for entity in entities:
        start, end = units[entity.start], units[entity.end]
        row: dict[str, Any] = {"type": entity.kind, "offset": start, "length": end - start}
        if entity.kind == "text_mention":
            row["user"] = user(int(entity.url))
            if row["user"] is None:
                continue
        found.append(row | _carried(entity))
    return found[:MOST]


def _carried(entity: Entity) -> dict[str, Any]:
    if entity.kind == "text_link":
        return {"url": entity.url}
    if entity.kind == "custom_emoji":
        return {"custom_emoji_id": entity.url}
    if entity.kind == "pre" and entity.url:
        return {"language": entity.url}
    if entity.kind == "date_time":
        return {"unix_time": int(entity.url), **({"date_time_format": entity.format} if entity.format else {})}
    return {}
