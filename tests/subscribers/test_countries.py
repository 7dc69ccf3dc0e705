"""The country a number or a user id tells, kept in plain on the recipient."""

import pytest

from barqia.subscribers import countries, recipients
from barqia.subscribers.countries import country_of
from barqia.subscribers.imports import import_csv
from barqia.subscribers.models import Lane, Recipient

NUMBERS = [
    ("963944000111", "SY"),
    ("+967770000001", "YE"),
    ("201001234567", "EG"),
    ("9647701234567", "IQ"),
    ("970599123456", "PS"),
    ("12025550123", "US"),
    ("14165550123", "CA"),
    ("18765551234", "JM"),
    ("77011234567", "KZ"),
    ("79161234567", "RU"),
    ("212661234567", "MA"),
    ("447400123456", "GB"),
    ("447911123456", "GG"),
    ("15550001111", "US"),
    ("88213130242", "ZZ"),
    ("0944000111", "ZZ"),
    ("999", "ZZ"),
    ("لا رقم", "ZZ"),
]


@pytest.mark.parametrize(("number", "country"), NUMBERS)
def test_a_number_tells_its_country(number: str, country: str) -> None:
    assert country_of("whatsapp", number, None) == country


@pytest.mark.parametrize(
    ("user_id", "country"),
    [("YE.abc1", "YE"), ("SY.1", "SY"), ("abc", "ZZ"), ("YEM.1", "ZZ"), ("ye.1", "ZZ"), ("", "ZZ")],
)
def test_a_user_id_has_it_before_its_dot(user_id: str, country: str) -> None:
    assert country_of("whatsapp", None, user_id) == country


def test_a_chat_id_is_no_number() -> None:
    assert country_of("telegram", "963944000111", None) == ""


def test_it_is_written_when_a_reader_is_first_seen_and_changes_with_the_number(whatsapp: Lane) -> None:
    reader = recipients.known(whatsapp, None, "YE.1")
    assert reader.country == "YE"
    recipients.known(whatsapp, "201001234567", "YE.1")
    assert Recipient.objects.get().country == "EG"
    recipients.known(whatsapp, None, "SA.9")
    recipients.moved(whatsapp, ("201001234567", None), ("966500000001", "SA.9"))
    assert Recipient.objects.get(pk=reader.pk).country == "SA"


def test_an_import_writes_it(whatsapp: Lane, telegram: Lane) -> None:
    head = "lane,address,sections,consent_source"
    import_csv([head, "whatsapp,+963 944 000 222,,list", "telegram,963944000222,,list"])
    assert set(Recipient.objects.values_list("lane__name", "country")) == {("whatsapp", "SY"), ("telegram", "")}


def test_readers_of_before_are_given_theirs_in_slices(whatsapp: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countries, "SLICE", 2)
    for number in range(5):
        recipients.known(whatsapp, f"96777000000{number}", None)
    recipients.known(whatsapp, None, "EG.1")
    Recipient.objects.update(country="")
    told: list[int] = []
    assert countries.fill(told.append) == 6
    assert told == [2, 4, 6]
    assert sorted(Recipient.objects.values_list("country", flat=True)) == ["EG", *["YE"] * 5]
    assert countries.fill() == 0
