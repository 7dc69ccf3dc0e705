"""One word, however it is spelt: folding for comparison, with the way back to the text as written.

Folded away: hamza and madda on alef, alef maqsura, ta marbuta, hamza carriers, tatweel, vowel marks,
presentation forms and ligatures, Arabic-Indic and Persian digits, direction marks, letter case.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

LETTERS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ۀ": "ه", "ە": "ه",
        "ؤ": "و", "ئ": "ي", "ک": "ك", "ڪ": "ك", "ھ": "ه", "ہ": "ه",
    }
)  # fmt: skip
WORDS = re.compile(r"[^\W_]+")
TATWEEL = "ـ"
ZERO_WIDTH = frozenset("\u00ad\u061c\u200b\u200c\u200d\u2060\ufeff")
DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DROPPED = ZERO_WIDTH | DIRECTION | {TATWEEL}


@dataclass(frozen=True)
class Folded:
    """A text folded, and as it is written."""

    text: str
    written: str

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where each character of the folded text begins in the original; worked out when it is first asked for."""
        if FOLDS.odd.isdisjoint(self.written):
            return range(len(self.written))
        return [at for at, character in enumerate(self.written) for _ in FOLDS[ord(character)]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span `[start, end)` of a folded one; dropped marks after its last letter belong to it."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.written)
            return at, at
        last = self.starts[end - 1]
        after = bisect_left(self.starts, last + 1, lo=end - 1)
        return self.starts[start], self.starts[after] if after < len(self.starts) else len(self.written)


class _Folds(dict[int, str]):
    """What each code point folds to, for `str.translate`; worked out when it is first met.

    `odd` are those met that fold to none or several characters."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        if len(folded) != 1:
            self.odd.add(chr(code))
        return folded


def _folded(character: str) -> str:
    if character in DROPPED or unicodedata.category(character) == "Mn":
        return ""
    plain = unicodedata.normalize("NFKD", character) if _is_compatibility(character) else character
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn" and c not in DROPPED)
    digit = unicodedata.decimal(plain, None) if len(plain) == 1 else None
    return str(digit) if digit is not None else plain.translate(LETTERS).lower()


def _is_compatibility(character: str) -> bool:
    return unicodedata.decomposition(character).startswith("<") and not character.isspace()


FOLDS = _Folds()


def fold_word(word: str) -> str:
    """A word folded, without the way back. Linear, and fast."""
    return word.translate(FOLDS)


def fold(text: str) -> Folded:
    """Fold a text, keeping where each character came from. Linear in its length."""
    return Folded(text.translate(FOLDS), text)


def key(text: str) -> str:
    """The words of a text folded, one blank between them: equal for one word however it is spelt.

    Punctuation, quotation marks, symbols and emoji are no part of it.
    """
    return " ".join(WORDS.findall(text.translate(FOLDS)))
