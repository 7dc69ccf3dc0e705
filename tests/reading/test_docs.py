"""The examples of docs/reading.md are true."""

import re
from pathlib import Path

import pytest

from barqia.reading import read

DOCS = (Path(__file__).parents[2] / "docs" / "reading.md").read_text("utf-8")
EXAMPLES = re.findall(r"```reading\n(.*?)```", DOCS, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example(example: str) -> None:
    text, *expected = (line.replace("⏎", "\n\n") for line in example.strip().split("\n"))
    found = [
        f"= {text[slice(*s.cue)]} | {s.speaker} | {s.kind} | {text[slice(*s.content)]}" for s in read(text).statements
    ]
    assert found == expected


def test_the_examples_are_there() -> None:
    assert len(EXAMPLES) >= 8
