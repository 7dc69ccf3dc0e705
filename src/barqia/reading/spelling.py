"""A name as it is written in full: one line, without tatweel, a final ى that stands for ي mended."""

from functools import lru_cache

from barqia.reading.lists import listed

# A final ى is right in few words; elsewhere in old wire copy it stands for ي.
TRUE_ALEF = listed("true_alef", folded=False)
DROPPED = dict.fromkeys(map(ord, 'ـ"“”«»'))
AROUND = " ،,\"“”«»()[]:؛-–—.'"


@lru_cache(maxsize=20_000)
def spelled(text: str) -> str:
    """The words of a name or title, one blank between them, without quotation marks."""
    return " ".join(_mended(word) for word in text.translate(DROPPED).split()).strip(AROUND)


def _mended(word: str) -> str:
    if word.endswith("ى") and len(word) > 2 and word not in TRUE_ALEF:
        return f"{word[:-1]}ي"
    return word
