"""Links and addresses that prove to be ours: what they name, and a MAC of it under the lane's key. No I/O, no clock.

A token is lower case letters, digits and `.~_-`: it stands in a web address and in the local part of a mail address,
where capitals may be lost on the way. One made for a purpose is none for another.
"""

from base64 import b32encode
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest

MAC_BYTES = 10
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Purpose(StrEnum):
    CONFIRM = "confirm"
    LEAVE = "unsubscribe"
    CHOOSE = "choose"
    BOUNCE = "bounce"


def signed(key: bytes, purpose: Purpose, *fields: str) -> str:
    """The fields and their MAC, with dots between: they have none themselves."""
    named = ".".join(fields)
    mac = blake2b(named.encode(), digest_size=MAC_BYTES, key=key, person=purpose.encode()).digest()
    return f"{named}.{b32encode(mac).decode().lower()}"


def opened(key: bytes, purpose: Purpose, token: str) -> tuple[str, ...] | None:
    """The fields of a token; None where it is not ours, or for another purpose."""
    *fields, _mac = token.lower().split(".")
    right = signed(key, purpose, *fields)
    return tuple(fields) if compare_digest(right.encode(), token.lower().encode("utf-8", "replace")) else None


def in_36(number: int) -> str:
    """A number that is not negative, in base 36; `int(it, 36)` reads it again."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def link(site: str, lane_id: int, key: bytes, purpose: Purpose, *fields: str) -> str:
    """The public page where a reader confirms, leaves or chooses."""
    return f"{site}/{purpose}/{lane_id}/{signed(key, purpose, *fields)}"
