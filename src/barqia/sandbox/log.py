"""The request log: one JSON object a line, in the order the providers acted; it outlives whoever called."""

import json
import time
from pathlib import Path
from typing import Any, TextIO

KEPT = 20_000


class RequestLog:
    """Numbered entries in memory (the newest) and, where a path is given, in a file."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        if path:
            # what no UTF-8 can carry becomes \\udXXX, which JSON reads: no entry is lost for its letters
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        self._entries: list[dict[str, Any]] = []
        self._count = 0

    def write(self, **entry: Any) -> None:
        self._count += 1
        numbered = {"n": self._count, "at_ms": time.time_ns() // 1_000_000, **entry}
        self._entries.append(numbered)
        if len(self._entries) > 2 * KEPT:
            del self._entries[:KEPT]
        if self._file:
            self._file.write(json.dumps(numbered, ensure_ascii=False) + "\n")

    def after(self, number: int) -> list[dict[str, Any]]:
        return [entry for entry in self._entries if entry["n"] > number]

    def close(self) -> None:
        if self._file:
            self._file.close()
