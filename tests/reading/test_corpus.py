"""Seventy dispatches of our own, in the manners of different agencies, each with its expected reading beside it."""

import json
from pathlib import Path

import pytest

from barqia.reading import read

CORPUS = Path(__file__).parent / "corpus"
TEXTS = sorted(CORPUS.glob("*.txt"))


def test_the_corpus_is_there() -> None:
    assert len(TEXTS) >= 70


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_dispatch_reads_as_expected(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert json.loads(json.dumps(read(path.read_text("utf-8")).as_json())) == expected
