"""Equal readings however badly the same text is written."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from barqia.reading import read
from barqia.text import key
from reading.noise import NOISES, with_flattened_quotes, wrapped

TEXTS = [path.read_text("utf-8") for path in sorted((Path(__file__).parent / "corpus").glob("*.txt"))]


def essence(text: str) -> dict[str, Any]:
    """What a reading says, its words folded: equal for one text however it is written."""
    reading = read(text)
    dateline = reading.dateline
    return {
        "dateline": dateline and (key(dateline.place), key(dateline.agency or "")),
        "statements": [
            (key(s.cue_lemma), s.kind, s.direct, key(s.speaker or ""), key(s.title or ""), key(text[slice(*s.content)]))
            for s in reading.statements
        ],
        "names": [
            [key(name.name) for name in kind] for kind in (reading.persons, reading.organisations, reading.places)
        ],
        "boilerplate": len(reading.boilerplate),
        "topics": reading.topics,
    }


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(TEXTS), st.lists(st.sampled_from(NOISES), min_size=1, max_size=4, unique=True))
def test_spelling_and_typing_change_nothing(text: str, noises: list[Callable[[str], str]]) -> None:
    noisy = text
    for noise in noises:
        noisy = noise(noisy)
    assert essence(noisy) == essence(text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(40, 120))
def test_hard_wraps_at_any_width_change_nothing(text: str, width: int) -> None:
    """A line that by chance ends where the wrap does cannot be told from a wrapped one."""
    rows = wrapped(text, width).split("\n")
    ends = {row for line in text.split("\n") for row in wrapped(line, width).split("\n")[-1:]}
    assume(not any(a in ends and len(a) + 1 + len(b.split(" ")[0]) > width for a, b in pairwise(rows)))
    assert essence(wrapped(text, width)) == essence(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS))
def test_marks_that_all_point_one_way_are_read_by_their_place(text: str) -> None:
    assert essence(with_flattened_quotes(text))["statements"] == essence(text)["statements"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS))
def test_windows_line_ends_and_a_mark_in_front_change_nothing(text: str) -> None:
    assert essence("\ufeff" + text.replace("\n", "\r\n")) == essence(text)
