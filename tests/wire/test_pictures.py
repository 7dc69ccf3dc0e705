"""A picture as an editor hands it in: two sizes, upright, nothing of the camera's, and bad files in words."""

from pathlib import Path

import pytest
from django.utils import translation

from barqia.errors import InputError
from barqia.wire.models import Picture
from barqia.wire.pictures import sizes, store, store_file
from pictures import drawn, opened, turned

pytestmark = pytest.mark.django_db


def test_a_large_picture_is_kept_in_two_sizes() -> None:
    made = sizes(drawn((4000, 3000)), "a.jpg")
    assert (made.width, made.height) == (1600, 1200)
    assert opened(made.large).size == (1600, 1200)
    assert opened(made.small).size == (720, 540)


def test_a_small_one_is_not_blown_up() -> None:
    assert opened(sizes(drawn((300, 200)), "a.jpg").large).size == (300, 200)


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken() -> None:
    large = opened(sizes(turned(), "a.jpg").large)
    assert large.size == (400, 800)
    assert not dict(large.getexif())


def test_what_is_transparent_stands_on_white() -> None:
    seen = opened(sizes(drawn((40, 40), "PNG", "RGBA", "#00000000"), "a.png").large).getpixel((20, 20))
    assert seen == (255, 255, 255)


def test_the_same_picture_is_stored_once() -> None:
    assert store(drawn(), "a.jpg").pk == store(drawn(), "b.jpg").pk
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no picture"),
        (b"<svg/>", "no picture"),
        (drawn()[:300], "no picture"),
        (drawn((2000, 20)), "long and thin"),
        (b"\xff" * ((20 << 20) + 1), "larger than"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_by_name(data: bytes, says: str) -> None:
    with translation.override("en"), pytest.raises(InputError, match=says) as refused:
        store(data, "صورة.jpg")
    assert "صورة.jpg" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jpg"):
        store_file(tmp_path / "none.jpg")
