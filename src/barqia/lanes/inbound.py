"""What is asked of every value that a provider brings and that is kept: its type, its size, that it can be written.

Each raises `TypeError` or `ValueError`, which makes of its update a `Broken` one.
"""

LONGEST_ID = 180
# the year 9999, in seconds
LATEST = 253_402_300_799


def text_id(value: object) -> str:
    """An id that is text: not empty, not endless."""
    if not isinstance(value, str):
        raise TypeError("an id is text")
    value.encode()
    if not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise ValueError("an id is neither empty nor endless")
    return value


def number_id(value: object) -> int:
    """An id that is a number of 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("an id is a number")
    if not -(2**63) <= value < 2**63 - 1:
        raise ValueError("an id has 64 bits")
    return value


def milliseconds(seconds: object) -> int:
    """A time given in seconds since 1970, as a number or as its digits."""
    if not isinstance(seconds, int | str) or isinstance(seconds, bool):
        raise TypeError("a time is a number of seconds")
    value = int(seconds)
    if not 0 <= value <= LATEST:
        raise ValueError("a time is none")
    return value * 1000
