"""What a menu's line carries and a tap brings back: one change, and to which decision it belongs.

`<stops>+s:politics`, ASCII, at most 64 bytes as Telegram asks. `stops` is how often the reader had opted out when the
menu was drawn: one that is older than the last opt-out subscribes nobody.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

CHOICE = re.compile(r"([0-9]{1,6})([+-])([esp]):([A-Za-z0-9_-]{0,40})")
MORE = re.compile(r"more:([0-9]{1,4})")


class Of(StrEnum):
    EVERYTHING = "e"
    SECTION = "s"
    PERSON = "p"


@dataclass(frozen=True, slots=True)
class Change:
    """Ask for (`add`) or leave one interest; `what` is a section's slug or a person's code."""

    stops: int
    add: bool
    of: Of
    what: str = ""

    def __str__(self) -> str:
        return f"{self.stops}{'+' if self.add else '-'}{self.of}:{self.what}"


def change(choice: str) -> Change | None:
    """The change a tap asks for; None where it asks none."""
    read = CHOICE.fullmatch(choice)
    return Change(int(read[1]), read[2] == "+", Of(read[3]), read[4]) if read else None


def page(choice: str) -> int:
    """From which line on the menu is wanted; 0 for its beginning."""
    read = MORE.fullmatch(choice)
    return int(read[1]) if read else 0
