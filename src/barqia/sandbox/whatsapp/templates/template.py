"""One template in one language."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Json = dict[str, Any]
# positional {{1}} and named {{headline}}
VARIABLE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")


@dataclass(slots=True, eq=False)
class Template:
    """`components` as they were given; `rated` is when its quality was last told, in seconds, `pauses` how often it was
    paused for it.

    `held` has what waits while a new template is paced, None where it is not.
    """

    id: str
    name: str
    language: str
    category: str = "MARKETING"
    components: list[Json] = field(default_factory=list)
    named: bool = False
    status: str = "APPROVED"
    quality: str = "UNKNOWN"
    rated: int = 0
    rejected_reason: str = "NONE"
    previous_category: str = ""
    life_seconds: int = 0
    pauses: int = 0
    unpause_ms: int = 0
    edits_ms: deque[int] = field(default_factory=deque)
    held: list[Callable[[int], None]] | None = None

    def part(self, kind: str) -> Json:
        """A component by its type, empty where there is none."""
        return next((part for part in self.components if str(part.get("type", "")).upper() == kind), {})

    @property
    def body(self) -> str:
        return str(self.part("BODY").get("text", ""))

    @property
    def buttons(self) -> list[Json]:
        found: list[Json] = self.part("BUTTONS").get("buttons", [])
        return found

    def as_json(self) -> Json:
        about: Json = {"id": self.id, "name": self.name, "language": self.language, "status": self.status}
        about |= {"category": self.category, "parameter_format": "NAMED" if self.named else "POSITIONAL"}
        about |= {"components": self.components, "rejected_reason": self.rejected_reason}
        if self.previous_category:
            about["previous_category"] = self.previous_category
        if self.life_seconds:
            about["message_send_ttl_seconds"] = self.life_seconds
        return about


def variables(text: str) -> list[str]:
    """The names or numbers of a text's variables, each once, in their order."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


# a mailing fills one template a hundred thousand times
@lru_cache(maxsize=256)
def filled(text: str, values: tuple[tuple[str, str], ...]) -> str:
    """The text with its variables; what looks like one in a value stays as it is."""
    given = dict(values)
    return VARIABLE.sub(lambda found: given[found[1]], text)
