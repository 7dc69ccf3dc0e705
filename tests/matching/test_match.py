"""Which interests a text meets, and why."""

import pytest

from barqia.matching import Interest, match
from barqia.reading import read

TEXT = 'موسكو-برقية\nقال وزير النقل سامر العلي إن الخط إلى دمشق يعود، و"السوق القديم" باق.\n'
READING = read(TEXT)


@pytest.mark.parametrize(
    ("interest", "why"),
    [
        (Interest("everything", ""), ""), (Interest("section", "politics"), "politics"), (Interest("section", "sport"), None),
        (Interest("person", "العلي"), "سامر العلي"), (Interest("person", "سامر"), "سامر العلي"), (Interest("person", "علي"), None),
        (Interest("place", "موسكو"), "موسكو"), (Interest("phrase", "السوق القديـم"), "السوق القديـم"),
        (Interest("phrase", "سوق القديم"), None), (Interest("phrase", ""), None),
    ],
)  # fmt: skip
def test_an_interest_is_met_by_whole_words_however_they_are_spelt(interest: Interest, why: str | None) -> None:
    found = match(READING, TEXT, ["politics"], [interest])
    assert [one.why for one in found] == ([] if why is None else [why])


def test_a_kind_nobody_knows_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="colour"):
        match(READING, TEXT, [], [Interest("colour", "red")])
