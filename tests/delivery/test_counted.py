"""The account of a verb before it goes is what planning then makes of it, also where an item comes back."""

import pytest

from barqia import desk
from barqia.delivery.costs.preview import Asked, preview
from barqia.delivery.models import Delivery, Reached
from barqia.desk.words import Slot, Words
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Draft, Release
from delivery.hand import HOUR, NOW, correct, plan_all, publish, reader, send

pytestmark = pytest.mark.django_db
Readers = list[Recipient]


@pytest.fixture
def readers(whatsapp: Lane) -> Readers:
    whatsapp.settings["template"] = "news"
    whatsapp.save()
    return [reader(whatsapp, f"96777000000{number}") for number in range(4)]


def _planned_of(release: Release) -> int:
    plan_all()
    return Delivery.objects.filter(source_id=release.pk).count()


def _unpublish(item: Dispatch) -> None:
    desk.unpublish(None, item, item.sequence)
    item.refresh_from_db()


def _sent(whatsapp: Lane, text: str = "نص") -> Dispatch:
    item, _release = publish(text)
    plan_all()
    send(whatsapp)
    item.refresh_from_db()
    return item


def test_what_is_published_again_unchanged_reaches_only_who_is_new(whatsapp: Lane, readers: Readers) -> None:
    item = _sent(whatsapp)
    _unpublish(item)
    reader(whatsapp, "967770000009")
    found = preview(item, "publish", NOW)
    assert found.audience == 1, "the others have these very words"
    assert _planned_of(desk.publish(None, item, item.sequence)) == 1


def test_what_is_published_again_in_other_words_follows_who_has_it(whatsapp: Lane, readers: Readers) -> None:
    item = _sent(whatsapp)
    _unpublish(item)
    desk.save(None, Words("عنوان", "نص آخر"), Slot(("politics",)), item, item.sequence)
    item.refresh_from_db()
    reader(whatsapp, "967770000009")
    assert preview(item, "publish", NOW).audience == 5
    assert _planned_of(desk.publish(None, item, item.sequence)) == 5


def test_a_correction_back_to_the_first_words_is_for_who_has_the_second(whatsapp: Lane, readers: Readers) -> None:
    item = _sent(whatsapp)
    readers[0].status = Recipient.Status.BLOCKED
    readers[0].save()
    correct(item, "نص ثان")
    plan_all()
    send(whatsapp)
    first = Asked(Draft(dispatch=item, headline="عنوان", text="نص"))
    found = preview(item, "correct", NOW, first)
    assert found.audience == 3
    assert not dict(found.lanes[0].excluded), "who left has the first words still"
    assert preview(item, "correct", NOW).audience == 3, "where no words are given, everybody who was sent any"
    assert _planned_of(correct(item, "نص")) == 3


def test_who_was_to_be_sent_and_was_not_gets_the_correction_as_news(whatsapp: Lane, readers: Readers) -> None:
    item, _release = publish()
    plan_all()
    others = Asked(Draft(dispatch=item, headline="عنوان", text="نص آخر"), ("sport",))
    assert preview(item, "correct", NOW, others).lanes[0].new == 4


def test_a_test_send_is_no_copy_that_a_first_publish_follows(whatsapp: Lane, readers: Readers) -> None:
    Recipient.objects.filter(pk=readers[0].pk).update(own=True)
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",)))
    desk.test(None, item, 0)
    plan_all()
    send(whatsapp)
    item.refresh_from_db()
    assert preview(item, "publish", NOW).audience == 4
    assert _planned_of(desk.publish(None, item, item.sequence)) == 4


def test_people_are_counted_by_window_and_by_who_was_written_to_today(whatsapp: Lane, readers: Readers) -> None:
    whatsapp.settings |= {"daily_limit": "250", "portfolio": "p"}
    whatsapp.save()
    Recipient.objects.filter(pk__in=[one.pk for one in readers[:3]]).update(last_inbound_ms=NOW - 25 * HOUR)
    Reached.objects.create(portfolio="p", lane_id=whatsapp.pk, recipient_id=readers[0].pk, at_ms=NOW - HOUR)
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",)))
    Reached.objects.bulk_create(
        Reached(portfolio="p", lane_id=99, recipient_id=10_000 + n, at_ms=NOW - HOUR) for n in range(249)
    )
    (lane,) = preview(item, "publish", NOW).lanes
    assert lane.forecast
    assert {(cell.country, cell.category): cell.people for cell in lane.forecast.cells} == {
        ("YE", "marketing"): 3,
        ("YE", "service"): 1,
    }
    assert lane.beyond == 2, "two of three are written to first, and there is no room"


def test_who_waits_for_the_digest_is_told_apart_and_takes_none_of_the_time(mail: Lane) -> None:
    for number in range(4):
        reader(mail, f"r{number}@reader.example")
    Recipient.objects.filter(pk__in=Recipient.objects.order_by("pk")[:3].values("pk")).update(digest=True)
    Lane.objects.update(rate=1)
    item, release = publish()
    (lane,) = preview(item, "publish", NOW).lanes
    assert (lane.new, lane.digest, lane.digest_at, lane.seconds) == (4, 3, "18:00", 1.0)
    assert _planned_of(release) == 4
    assert Delivery.objects.filter(mode="digest").count() == 3
    assert preview(item, "kill", NOW).lanes[0].digest == 0
