"""The judge's log: every call a provider received and every webhook it brought, one JSON object a line, in order.

It outlives whoever called. In memory the newest lines stand as they are written, so that a long run costs no more.
"""

import json
from collections import deque
from pathlib import Path
from typing import Any, TextIO

KEPT = 20_000
# words are cut here: a mailing repeats them a million times, and the phones have them whole
WORDS = 240
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def short(value: Any) -> Any:
    """The same JSON, its long strings cut."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= WORDS else value[:WORDS] + "…"
    if kind is dict:
        return {name: short(inner) for name, inner in value.items()}
    return [short(inner) for inner in value] if kind is list else value


class RequestLog:
    """Numbered lines in memory (the newest 20,000) and, where a path is given, in a file (all)."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        if path:
            # what no UTF-8 can carry becomes \\udXXX, which JSON reads: no entry is lost for its letters
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._count = 0

    def write(self, **entry: Any) -> None:
        """One line, without what is None."""
        self._count += 1
        line = _encode({"n": self._count, **{name: value for name, value in entry.items() if value is not None}}) + "\n"
        self._lines.append(line)
        if self._file:
            self._file.write(line)

    def after(self, number: int) -> str:
        """The lines with higher numbers, as far as they are kept."""
        first = self._count - len(self._lines)
        return "".join(line for at, line in enumerate(self._lines, first + 1) if at > number)

    def close(self) -> None:
        if self._file:
            self._file.close()
