"""Whom readers can follow: found by the words they write, or by the code that a link carries.

A person's code is twelve hexadecimal digits of a hash of the folded name: the same in every installation, for ever,
and nothing but letters that a deep link of Telegram may carry.
"""

from functools import lru_cache
from hashlib import blake2b

from barqia.subscribers.models import Interest
from barqia.text import key
from barqia.wire.persons import known_persons

PERSON = Interest.Kind.PERSON
CODE_BYTES = 6
LONGEST_NAME = 120


@lru_cache(maxsize=4096)
def code_of(folded: str) -> str:
    return blake2b(folded.encode(), digest_size=CODE_BYTES).hexdigest()


def name_of(folded: str) -> str:
    """As the readings write it; folded as it is, where no dispatch of late has it."""
    return known_persons().get(folded, folded)


def found(words: str) -> list[str]:
    """The folded names that contain these words, the most often named first; the name itself alone, where it is one."""
    names = dict.fromkeys([*known_persons(), *_followed()])
    wanted = key(words)
    if wanted in names:
        return [wanted]
    return [name for name in names if wanted and f" {wanted} " in f" {name} "]


def by_code(code: str) -> str | None:
    """The folded name with this code: one that the dispatches name, or that somebody follows or has a link to."""
    return next((name for name in (*known_persons(), *_followed()) if code_of(name) == code), None)


def _followed() -> list[str]:
    return list(Interest.objects.filter(kind=PERSON).order_by("pk").values_list("key", flat=True))


def keep(words: str) -> str:
    """The code of a name, kept so that a link to it is understood also when no dispatch names it any more."""
    folded = key(words)[:LONGEST_NAME]
    Interest.objects.get_or_create(kind=PERSON, key=folded)
    return code_of(folded)
