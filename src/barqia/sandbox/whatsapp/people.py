"""What is set for a person on WhatsApp: names, whether the phone is on, how messages to it end."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Person:
    """`hidden` people are known by their user id alone. With `fails`, every message fails afterwards with that code.

    `waiting` is what comes once the phone is `on` again; `blocks` are the numbers that he has blocked.
    """

    on: bool = True
    joined: bool = True
    hidden: bool = False
    receipts: bool = True
    username: str = ""
    fails: int = 0
    blocks: set[str] = field(default_factory=set)
    waiting: list[Callable[[], None]] = field(default_factory=list)


USUAL = Person()
