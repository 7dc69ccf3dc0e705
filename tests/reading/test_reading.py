"""What a dispatch says, read from its text."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barqia.reading import Reading, read

SHARED = Path(__file__).parents[3] / "shared"
REAL = SHARED / "dispatches" / "sana-moscow.txt"
OWN = Path(__file__).parents[2] / "src" / "barqia" / "project" / "demo" / "harbour.txt"
needs_shared = pytest.mark.skipif(not REAL.exists(), reason="the real dispatch is kept outside the project")


@needs_shared
def test_the_real_dispatch() -> None:
    text = REAL.read_text("utf-8")
    reading = read(text)
    assert reading.dateline is not None
    assert (reading.dateline.place, reading.dateline.agency) == ("موسكو", "سانا")
    assert reading.dateline.span == (0, 10)
    assert len(reading.boilerplate) == 1
    assert text[reading.boilerplate[0][0] :].startswith("تابعوا")
    assert len(reading.statements) == 18
    assert {(s.speaker, s.title) for s in reading.statements} == {("سيرغي لافروف", "وزير الخارجية الروسي")}
    assert [s.content for s in reading.statements] == CONTENTS


CONTENTS = [
    (49, 109), (116, 177), (252, 472), (487, 659), (673, 834), (848, 1031), (1038, 1124), (1139, 1214), (1221, 1366), (1380, 1545), (1559, 1608), (1615, 1686), (1714, 1748), (1755, 2108), (2122, 2328), (2335, 2396), (2410, 2474), (2481, 2576),
]  # fmt: skip


def test_the_demo_dispatch_names_its_three_speakers() -> None:
    text = OWN.read_text("utf-8").partition("\n\n")[2]
    reading = read(text)
    assert reading.dateline is not None
    assert (reading.dateline.place, reading.dateline.agency) == ("رأس اللؤلؤ", "برقية")
    assert {s.speaker for s in reading.statements} == {"نادر الصفواني", "هالة البرقاوي", "مروان الزاهد"}
    quoted = next(s for s in reading.statements if s.direct)
    assert "السوق القديم" in text[slice(*quoted.content)], "quotations that nest are one quotation"


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    reading = read(
        "دمشق-برقية\nقال الوزير سامي الحلبي إن المشروع الجديد الذي بدأ العمل فيه\nمنذ عامين سينتهي هذا العام.\n"
    )
    assert len(reading.paragraphs) == 1


def test_a_text_with_nothing_in_it_has_a_reading() -> None:
    for text in ("", "   ", "\n\n", "؟", "\ufeff\r\n"):
        reading = read(text)
        assert reading.dateline is None
        assert reading.statements == ()


def test_spans_count_code_points_of_the_text_as_given() -> None:
    text = OWN.read_text("utf-8").partition("\n\n")[2]
    as_windows = "\ufeff" + text.replace("\n", "\r\n")
    plain, marked = read(text), read(as_windows)
    assert [text[slice(*s.content)].split() for s in plain.statements] == [
        as_windows[slice(*s.content)].split() for s in marked.statements
    ]


def test_a_reading_survives_its_json() -> None:
    reading = read(OWN.read_text("utf-8"))
    assert Reading.from_json(json.loads(json.dumps(reading.as_json()))) == reading


WORDS = [
    "قال",
    "وقالت",
    "أكد",
    "أن",
    "إن",
    "“",
    "”",
    "«",
    "»",
    "،",
    ".",
    "\n",
    "الوزير",
    "سامي",
    "الحلبي",
    "مشيرا",
    "إلى",
    "بأن",
    "و",
    "ف",
    "دمشق",
    "-",
    "برقية",
    ":",
    "؟",
    "(",
    ")",
    "12",
    "\u200f",
    "ـ",
    "hello",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60), st.sampled_from([" ", "", "\n"]))
def test_any_text_has_a_reading_whose_spans_lie_in_it(words: list[str], between: str) -> None:
    text = between.join(words)
    reading = read(text)
    spans = [*reading.paragraphs, *reading.boilerplate, *(s.cue for s in reading.statements)]
    spans += [s.content for s in reading.statements] + [s.source for s in reading.statements if s.source]
    spans += [name.span for name in (*reading.persons, *reading.organisations, *reading.places)]
    assert all(0 <= start <= end <= len(text) for start, end in spans)


def test_random_characters_have_a_reading() -> None:
    chance = random.Random(7)
    for _ in range(50):
        read("".join(chr(chance.choice([chance.randrange(32, 0x700), 0x201C, 10])) for _ in range(400)))
