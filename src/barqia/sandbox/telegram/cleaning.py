"""What the server does to a text before it counts it."""

import re
from dataclasses import replace

from barqia.sandbox.telegram.entities import Entity, order

DROPPED = frozenset("\r\u0333\u033f\u030a" + "".join(map(chr, range(0x2028, 0x202F))))
MARKS = frozenset("\u200e\u200f")
ODD = re.compile(r"[\x00-\x09\x0b-\x1f\u0333\u033f\u030a\u200e\u200f\u2028-\u202e]")
ZERO_WIDTH_NON_JOINER = "\u200c"
# links and code may cover blanks alone, other styles not
HIDDEN = frozenset({"text_link", "text_mention", "code", "pre"})


def cleaned(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Control characters become blanks, direction overrides go, of a run of marks the last is left."""
    if not ODD.search(text):
        return text, entities
    out: list[str] = []
    where: list[int] = []
    for character in text:
        where.append(len(out))
        if character in DROPPED:
            continue
        out.append(" " if character < " " and character != "\n" else character)
    where.append(len(out))
    for position in range(len(out) - 1):
        if out[position] in MARKS and out[position + 1] in MARKS:
            out[position] = ZERO_WIDTH_NON_JOINER
    moved = [replace(entity, start=where[entity.start], end=where[entity.end]) for entity in entities]
    return "".join(out), moved


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without blanks at the end, and at the beginning up to the first entity; styles over blanks alone go."""
    kept = [e for e in entities if e.kind in HIDDEN or text[e.start : e.end].strip(" \n")]
    end = len(text.rstrip(" \n"))
    first = min((entity.start for entity in kept), default=end)
    start = min(len(text) - len(text.lstrip(" \n")), first)
    moved = [replace(e, start=e.start - start, end=min(e.end, end) - start) for e in kept]
    return text[start:end], sorted((e for e in moved if e.end > e.start), key=order)
