"""Telephone numbers stand left to right also within Arabic, where their hyphens and plus sign would turn them round.

After an Arabic letter digits are Arabic numbers to the bidirectional algorithm (UAX 9, W2), and a hyphen between
two of them joins nothing (W4): 0944-000-111 is shown as 111-000-0944. A span of years, 2019-2024, is rightly read
from right to left and stays as it is.
"""

import re

LRI, PDI = "\u2066", "\u2069"
TELEPHONE = re.compile(r"(?<![\w/.,:-])(?:\+\d[\d]*|0\d+)(?:[-. ]\d{2,7}){1,6}(?![\w/-])|(?<![\w+])\+\d{6,15}(?!\w)")


def telephones(text: str) -> list[tuple[int, int]]:
    """The spans of the telephone numbers in a text: begun with + or 0, in groups, or + and digits alone."""
    return [match.span() for match in TELEPHONE.finditer(text)]


def isolated(text: str) -> str:
    """The text with its telephone numbers isolated, for a chat app that sets it from right to left."""
    return TELEPHONE.sub(lambda match: f"{LRI}{match.group()}{PDI}", text)
