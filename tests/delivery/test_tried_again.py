"""What surely did not arrive and may pass is tried again: at once or later, never beyond its life, never in a loop."""

import pytest

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.lane import Call, Effect, Outcome, Refused, Status, Throttled, Transient
from barqia.delivery.models import Delivery, Part, Receipt
from barqia.delivery.planning import plan
from barqia.subscribers.models import Lane
from delivery.hand import HOUR, NOW, correct, plan_all, publish, reader, send, states

DAY = 24 * HOUR
CAPPED = Throttled(DAY, False, "131049", 2, "capped")
PAIR = Throttled(4000, False, "131056", 4)
CLOSED = Refused("window_closed", "131047", Effect.WINDOW_CLOSED)
MEDIA = Transient("131053", 3, "media")


@pytest.fixture
def lane(whatsapp: Lane) -> Lane:
    """With a template; one reader whose window is open."""
    whatsapp.settings["template"] = "news"
    whatsapp.save()
    reader(whatsapp, "967700000001")
    return whatsapp


def _kinds(calls: list[Call]) -> list[str]:
    return ["template" if call.opens else "text" for call in calls]


def _fails(outcome: Outcome) -> Status:
    """The same as a status of the one message there is."""
    part = Part.objects.get()
    again = outcome if isinstance(outcome, Throttled | Transient) else None
    effect = outcome.effect if isinstance(outcome, Refused) else Effect.NONE
    assert isinstance(outcome, Throttled | Transient | Refused)
    return Status("u", part.provider_id, "failed", NOW, None, outcome.reason, outcome.code, effect, again)


def _say(lane: Lane, status: Status, now: int = NOW + 2000) -> None:
    assert receipts.record(lane.pk, status, now)


def test_a_window_that_is_closed_after_all_gets_the_template(lane: Lane) -> None:
    publish()
    plan_all()
    made = send(lane, answers=lambda call: None if call.opens else CLOSED)
    assert _kinds(made) == ["text", "template"]
    assert states() == [("delivered", "")]


def test_without_a_template_it_is_skipped(lane: Lane) -> None:
    Lane.objects.update(settings={**lane.settings, "template": ""})
    publish()
    plan_all()
    assert _kinds(send(lane, answers=lambda _call: CLOSED)) == ["text"]
    assert states() == [("skipped", "window_closed")]


def test_a_status_that_says_so_later_does_the_same_once(lane: Lane) -> None:
    publish()
    plan_all()
    send(lane)
    _say(lane, _fails(CLOSED))
    assert _kinds(send(lane, NOW + 3000)) == ["template"]
    assert states() == [("delivered", "")]
    assert not Delivery.objects.get().sent_twice
    _say(lane, _fails(CLOSED), NOW + 4000)
    assert send(lane, NOW + 5000) == []
    assert states() == [("failed", "window_closed")]


@pytest.mark.parametrize("late", [False, True])
def test_marketing_held_back_is_not_tried_beyond_the_news_life(lane: Lane, late: bool) -> None:
    publish()
    plan_all()
    if late:
        send(lane)
        _say(lane, _fails(CAPPED))
    else:
        send(lane, answers=lambda _call: CAPPED)
    assert states() == [("failed", "capped")]
    assert send(lane, NOW + 3 * DAY) == []


def test_a_kill_lives_longer_and_is_tried_later_each_time(lane: Lane) -> None:
    item, _release = publish()
    plan_all()
    send(lane)
    desk.kill(None, item, item.sequence, "خطأ")
    plan_all(NOW + 2000)
    hours = range(1, 8 * 24, 2)
    tried = [hour // 24 for hour in hours if send(lane, NOW + hour * HOUR, answers=lambda _call: CAPPED)]
    # after a day, then after two; four more would be beyond its week
    assert tried == [0, 1, 3]
    assert states()[-1] == ("failed", "capped")


def test_a_pair_that_is_too_quick_waits_four_to_the_power(lane: Lane) -> None:
    publish()
    plan_all()
    waits, now = [], NOW + 1000
    for _ in range(4):
        send(lane, now, answers=lambda _call: PAIR)
        at = Delivery.objects.values_list("not_before_ms", flat=True).get()
        waits.append((at - now) // 1000)
        now = at
    assert waits == [4, 16, 64, 256]


def test_a_picture_that_cannot_be_fetched_is_tried_a_few_times(lane: Lane) -> None:
    publish()
    plan_all()
    made = []
    for minute in range(1, 60):
        made += send(lane, NOW + minute * 60_000, answers=lambda _call: MEDIA)
    assert len(made) == 3
    assert states() == [("failed", "media")]


def test_a_late_throttle_slows_the_lane_and_the_message_goes_again(lane: Lane) -> None:
    publish()
    plan_all()
    send(lane)
    _say(lane, _fails(Throttled(5000, True, "130429")))
    lane.refresh_from_db()
    assert lane.paused_until_ms == NOW + 7000
    assert send(lane, NOW + 3000) == []
    assert len(send(lane, NOW + 8000)) == 1
    assert states() == [("delivered", "")]


def test_the_same_status_again_plans_it_once(lane: Lane) -> None:
    publish()
    plan_all()
    send(lane)
    failed = _fails(Transient("131000"))
    _say(lane, failed)
    assert states() == [("planned", "")]
    Receipt.objects.all().delete()
    receipts.record(lane.pk, failed, NOW + 3000)
    assert len(send(lane, NOW + 10_000)) == 1


def test_what_was_overtaken_is_not_tried_again(lane: Lane) -> None:
    item, _release = publish()
    plan_all()
    send(lane)
    failed = _fails(Transient("131000"))
    correct(item, "نص صحيح")
    plan.start(NOW + 1500)
    _say(lane, failed)
    assert states()[0] == ("failed", "provider_error")
