"""The noise of real wire copy, as functions from a text to the same text written worse."""

import re
import unicodedata
from collections.abc import Callable

PRESENTATION = {
    letter: form
    for form in map(chr, range(0xFE80, 0xFEF5))
    if unicodedata.decomposition(form).startswith("<isolated>")
    for letter in [unicodedata.normalize("NFKD", form)]
    if len(letter) == 1
}


def without_hamza(text: str) -> str:
    return text.translate(str.maketrans("أإآؤئ", "اااوي"))


def with_alef_maqsura(text: str) -> str:
    """A final ي as ى, the Egyptian way."""
    return re.sub(r"ي(?!\w)", "ى", text)


def without_alef_maqsura(text: str) -> str:
    return text.replace("ى", "ي")


def with_ha(text: str) -> str:
    return text.replace("ة", "ه")


def with_tatweel(text: str) -> str:
    return re.sub(r"(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[ء-ي]{2})", "ـ", text)


def with_vowels(text: str) -> str:
    return re.sub(r"(?<=[بتجحدرسعفقلمنه])(?=[ء-ي])", "\u064e", text)


def with_straight_quotes(text: str) -> str:
    return re.sub(r"[“”«»„]", '"', text)


def with_flattened_quotes(text: str) -> str:
    """All marks pointing one way, as some keyboards leave them."""
    return re.sub(r"[“”«»„\"]", "”", text)


def with_arabic_digits(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def with_zero_width(text: str) -> str:
    return re.sub(r"(?<=\w) ", "\u200f ", text).replace("و", "و\u200c")


def in_presentation_forms(text: str) -> str:
    return "".join(PRESENTATION.get(character, character) for character in text)


NOISES: list[Callable[[str], str]] = [
    without_hamza,
    with_alef_maqsura,
    without_alef_maqsura,
    with_ha,
    with_tatweel,
    with_vowels,
    with_straight_quotes,
    with_arabic_digits,
    with_zero_width,
    in_presentation_forms,
]


def wrapped(text: str, width: int) -> str:
    """Every line hard-wrapped at a width, its own line ends kept."""
    return "\n".join(_wrapped_line(line, width) for line in text.split("\n"))


def _wrapped_line(line: str, width: int) -> str:
    rows: list[str] = [""]
    for word in line.split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append(word)
        else:
            rows[-1] = f"{rows[-1]} {word}" if rows[-1] else word
    return "\n".join(rows)
