"""Words with their places in the text."""

import re
from dataclasses import dataclass

from barqia.text.normal import fold_character

# A word: letters, digits, marks on letters, tatweel and what joins them without a blank.
WORD = re.compile(r"[\w\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d\u200e\u200f\u061c]+")


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
    found = (
        Word(m.start(), m.end(), m.group(), "".join(map(fold_character, m.group())))
        for m in WORD.finditer(text, start, stop)
    )
    return [word for word in found if word.folded]
