"""The intent to send: who may go, tested in the statement that commits it; what overtakes what."""

import pytest

from barqia import desk
from barqia.delivery import handout, plan
from barqia.delivery.attempts import AttemptIds
from barqia.delivery.intents import Group, LaneHold, begin
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.models import Delivery
from barqia.delivery.pace import Bucket, Intervals
from barqia.delivery.recovery import last_attempt
from barqia.desk.words import Slot, Words
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Release


def _reader(lane: Lane, chat: int) -> Recipient:
    recipient = recipients.known(lane, str(chat), None)
    recipient.status = Recipient.Status.ACTIVE
    recipient.save()
    interests.ask_everything(recipient)
    return recipient


def _publish(urgency: int = 5) -> tuple[Dispatch, Release]:
    item = desk.save(None, Words(f"عنوان {urgency}", "نص"), Slot(("politics",), urgency))
    release = desk.publish(None, item, 0)
    item.refresh_from_db()
    return item, release


def _plan(now: int = 1000) -> None:
    plan.start(now)
    while plan.plan_slice(100, now) is not None:
        pass


def _hold(lane: Lane) -> LaneHold:
    ids = AttemptIds(lambda: 1_800_000_000_000, lane.pk, last_attempt(lane.pk))
    return LaneHold(lane_config(lane), handout.hold(lane.pk), Intervals(0), ids)


def _begin(lane: Lane, room: int = 10, now: int = 2000) -> Group:
    lane.refresh_from_db()
    return begin(_hold(lane), room, now)


def _reasons() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in Delivery.objects.values_list("state", "reason"):
        found[row] = found.get(row, 0) + 1
    return found


def test_a_reader_who_leaves_after_planning_gets_nothing(telegram: Lane) -> None:
    stays, leaves = _reader(telegram, 1), _reader(telegram, 2)
    _publish()
    _plan()
    Recipient.objects.filter(pk=leaves.pk).update(status="unsubscribed")
    group = _begin(telegram)
    assert [intent.recipient_id for intent in group.intents] == [stays.pk]
    assert _reasons() == {("handing", ""): 1, ("skipped", "opted_out"): 1}


def test_an_edit_in_place_reaches_who_left_a_deletion_too(telegram: Lane) -> None:
    leaves = _reader(telegram, 1)
    item, _release = _publish()
    _plan()
    _sent(telegram)
    Recipient.objects.filter(pk=leaves.pk).update(status="unsubscribed")
    desk.kill(None, item, 1, "خطأ")
    _plan(3000)
    (intent,) = _begin(telegram, now=4000).intents
    assert [call.op for call in intent.calls] == ["delete"]
    Delivery.objects.filter(state="handing").update(state="claimed")
    Recipient.objects.filter(pk=leaves.pk).update(status="blocked")
    assert _begin(telegram, now=5000).intents == ()


def _sent(lane: Lane) -> None:
    """Everything that is due goes out, as Telegram accepts it."""
    from barqia.delivery.lane import Accepted
    from barqia.delivery.outcomes import Result, commit

    hold = _hold(lane)
    group = begin(hold, 100, 2000)
    results = [Result(i, i.calls[0], Accepted("7", delivered=True), 2001) for i in group.intents]
    commit(hold, results, 2001)


def test_a_flash_goes_before_what_was_planned_earlier(telegram: Lane) -> None:
    _reader(telegram, 1)
    _publish(5)
    _plan()
    _item, flash = _publish(1)
    _plan()
    (intent,) = _begin(telegram, room=1).intents
    assert Delivery.objects.get(pk=intent.delivery_id).source_id == flash.pk


def test_a_correction_stops_what_was_not_sent(telegram: Lane) -> None:
    _reader(telegram, 1)
    item, _release = _publish()
    _plan()
    desk.correct(None, item, 1, Words("عنوان", "نص جديد"))
    _plan(1500)
    assert _reasons() == {("skipped", "superseded"): 1, ("planned", ""): 1}
    (intent,) = _begin(telegram).intents
    assert [call.op for call in intent.calls] == ["send"]


def test_a_killed_item_goes_to_nobody_new(telegram: Lane) -> None:
    _reader(telegram, 1)
    item, _release = _publish()
    _plan()
    desk.kill(None, item, 1, "خطأ")
    _plan(1500)
    assert _begin(telegram).intents == ()
    assert _reasons() == {("skipped", "superseded"): 1}


def test_news_has_a_life(telegram: Lane) -> None:
    _reader(telegram, 1)
    _publish()
    _plan()
    assert _begin(telegram, now=1000 + 25 * 3600 * 1000).intents == ()
    assert _reasons() == {("skipped", "expired"): 1}


def test_a_lane_taken_by_another_sends_nothing(telegram: Lane) -> None:
    _reader(telegram, 1)
    _publish()
    _plan()
    old = _hold(telegram)
    handout.hold(telegram.pk)
    assert begin(old, 10, 2000).lost
    assert _reasons() == {("planned", ""): 1}


def test_a_paused_lane_and_one_with_an_alert_stand_still(telegram: Lane) -> None:
    _reader(telegram, 1)
    _publish()
    _plan()
    for change in (
        {"paused": True},
        {"paused": False, "alert": "identity: 401"},
        {"alert": "", "paused_until_ms": 9000},
    ):
        Lane.objects.filter(pk=telegram.pk).update(**change)
        assert _begin(telegram).idle


def test_a_blocked_channel_stops_its_lane(telegram: Lane) -> None:
    from barqia.subscribers.lanes import add_channel

    channel = add_channel(telegram, "-1001")
    recipients.block(channel, "no_access")
    telegram.refresh_from_db()
    assert telegram.alert == "no_access: channel"


@pytest.mark.parametrize(("rate", "after_ms", "tokens"), [(10, 100, 1), (10, 50, 0), (1000, 100, 100), (10, 60_000, 2)])
def test_a_bucket_keeps_its_rate_and_starts_empty(rate: float, after_ms: int, tokens: int) -> None:
    bucket = Bucket(rate, 0)
    assert bucket.available(0) == 0
    assert bucket.available(after_ms) == tokens
