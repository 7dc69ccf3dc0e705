"""The intent to send: who may go, tested in the statement that commits it; what overtakes what."""

import pytest

from barqia import desk
from barqia.delivery import handout
from barqia.delivery.models import Delivery
from barqia.delivery.sending.intents import begin
from barqia.subscribers import recipients
from barqia.subscribers.lanes import add_channel
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import HOUR, LONG, NOW, correct, hold, plan_all, publish, reader, send, states


def test_a_reader_who_leaves_after_planning_gets_nothing(telegram: Lane) -> None:
    reader(telegram, 1)
    leaves = reader(telegram, 2)
    publish()
    plan_all()
    Recipient.objects.filter(pk=leaves.pk).update(status="unsubscribed")
    assert len(send(telegram)) == 1
    assert states() == [("delivered", ""), ("skipped", "opted_out")]


def test_a_deletion_in_place_reaches_who_left_but_not_who_blocked_us(telegram: Lane) -> None:
    leaves, blocks = reader(telegram, 1), reader(telegram, 2)
    item, _release = publish()
    plan_all()
    send(telegram)
    Recipient.objects.filter(pk=leaves.pk).update(status="unsubscribed")
    Recipient.objects.filter(pk=blocks.pk).update(status="blocked")
    desk.kill(None, item, 1, "خطأ")
    plan_all()
    (call,) = send(telegram)
    assert (call.op, b'"chat_id": 1' in call.body) == ("delete", True)


def test_a_correction_that_grew_edits_for_who_left_and_sends_them_nothing_new(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish("قصير")
    plan_all()
    send(telegram)
    Recipient.objects.update(status="unsubscribed")
    correct(item, LONG)
    plan_all()
    assert [call.op for call in send(telegram)] == ["edit"]
    assert states()[1] == ("skipped", "opted_out")


def test_a_flash_goes_before_what_was_planned_earlier(telegram: Lane) -> None:
    reader(telegram, 1)
    publish(urgency=5)
    plan_all()
    _item, flash = publish(urgency=1)
    plan_all()
    (intent,) = begin(hold(telegram), 1, NOW + 1000).intents
    assert Delivery.objects.get(pk=intent.delivery_id).source_id == flash.pk


def test_a_correction_stops_what_was_not_sent(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    correct(item, "نص جديد")
    plan_all()
    assert states() == [("skipped", "superseded"), ("planned", "")]
    assert [call.op for call in send(telegram)] == ["send"]


def test_a_killed_item_goes_to_nobody_new(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    desk.kill(None, item, 1, "خطأ")
    plan_all()
    assert not send(telegram)
    assert states() == [("skipped", "superseded")]


@pytest.mark.parametrize(("urgency", "hours"), [(5, 25), (1, 3)])
def test_news_has_a_life_also_once_it_is_claimed(telegram: Lane, urgency: int, hours: int) -> None:
    for chat in (1, 2, 3):
        reader(telegram, chat)
    publish(urgency=urgency)
    plan_all()
    begin(hold(telegram), 1, NOW + 1000)
    assert not send(telegram, NOW + hours * HOUR)
    assert states() == [("handing", ""), ("skipped", "expired"), ("skipped", "expired")]


def test_a_lane_taken_by_another_sends_nothing(telegram: Lane) -> None:
    reader(telegram, 1)
    publish()
    plan_all()
    old = hold(telegram)
    handout.hold(telegram.pk)
    assert begin(old, 10, NOW).lost
    assert states() == [("planned", "")]


def test_a_paused_lane_and_one_with_an_alert_stand_still(telegram: Lane) -> None:
    reader(telegram, 1)
    publish()
    plan_all()
    for change in (
        {"paused": True},
        {"paused": False, "alert": "identity: 401"},
        {"alert": "", "paused_until_ms": NOW + HOUR},
    ):
        Lane.objects.filter(pk=telegram.pk).update(**change)
        assert begin(hold(telegram), 10, NOW).idle


def test_a_blocked_channel_stops_its_lane(telegram: Lane) -> None:
    channel = add_channel(telegram, "-1001")
    recipients.block(channel, "no_access")
    telegram.refresh_from_db()
    assert telegram.alert == "no_access: channel"
