"""Words with their places in the text."""

import re
from dataclasses import dataclass

from barqia.text.normal import fold_word

# A word: letters, digits, marks on letters, tatweel and what joins them without a blank.
WORD_CHARACTERS = r"\w\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d\u200e\u200f\u061c"
WORD = re.compile(f"[{WORD_CHARACTERS}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `[start, end)`, as written and folded."""

    start: int
    end: int
    text: str
    folded: str


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of `text[start:end]` in order; a word of direction marks alone is none."""
    stop = len(text) if end is None else end
    found = (Word(m.start(), m.end(), m.group(), fold_word(m.group())) for m in WORD.finditer(text, start, stop))
    return [word for word in found if word.folded]
