"""Who is there, counted and exported: readers, groups and channels; and what an export brings back."""

import csv

import pytest

from barqia.errors import InputError
from barqia.subscribers import interests
from barqia.subscribers.counts import Kind, by_interest, by_lane
from barqia.subscribers.exports import export_csv
from barqia.subscribers.imports import import_csv
from barqia.subscribers.lanes import add_channel
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.subscribers.recipients import consent, known


@pytest.fixture
def there(telegram: Lane) -> Lane:
    add_channel(telegram, "@news")
    for address, kind, status in (
        ("1", "reader", "active"),
        ("2", "reader", "unsubscribed"),
        ("-5", "group", "active"),
    ):
        one = known(telegram, address, None)
        one.kind, one.status = kind, status
        one.save()
        consent(one, Consent.Action.SUBSCRIBE, source="word")
        interests.ask_section(one, "politics")
    return telegram


def test_groups_and_channels_are_counted_beside_the_readers(there: Lane) -> None:
    assert by_lane() == {there.name: {"active": 1, "unsubscribed": 1}}
    assert by_lane(Kind.GROUP) == by_lane(Kind.CHANNEL) == {there.name: {"active": 1}}
    assert by_interest() == {("section", "politics"): 2}


def test_groups_and_channels_are_exported_as_what_they_are(there: Lane) -> None:
    found = {row["address"]: (row["kind"], row["status"], row["sections"]) for row in csv.DictReader(export_csv())}
    assert found == {
        "@news": ("channel", "active", ""),
        "1": ("reader", "active", "politics"),
        "2": ("reader", "unsubscribed", "politics"),
        "-5": ("group", "active", "politics"),
    }


def test_an_export_brings_back_readers_and_groups_and_nobody_who_had_left(there: Lane) -> None:
    lines = list(export_csv())
    Recipient.objects.all().delete()
    result = import_csv(lines)
    assert (result.added, result.opted_out) == (2, 1)
    assert set(Recipient.objects.values_list("kind", "status")) == {("reader", "active"), ("group", "active")}


def test_who_gets_a_digest_comes_back_as_such(mail: Lane) -> None:
    for address, digest in (("daily@reader.example", True), ("now@reader.example", False)):
        one = known(mail, address, None)
        one.status, one.digest = "active", digest
        one.save()
        consent(one, Consent.Action.SUBSCRIBE, source="link")
    lines = list(export_csv())
    Recipient.objects.all().delete()
    import_csv(lines)
    assert list(Recipient.objects.order_by("pk").values_list("digest", flat=True)) == [True, False]
    # who is there already is left as they are by a list that does not say, and set by one that does
    import_csv(["lane,address,sections,consent_source", "mail,daily@reader.example,,list"])
    assert Recipient.objects.filter(digest=True).count() == 1
    import_csv(["lane,address,sections,consent_source,digest", "mail,daily@reader.example,,list,"])
    assert not Recipient.objects.filter(digest=True).exists()
    with pytest.raises(InputError, match="digest"):
        import_csv(["lane,address,sections,consent_source,digest", "mail,a@reader.example,,list,weekly"])
