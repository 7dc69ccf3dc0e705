"""Answers that come after the lane was taken, and commits that were not confirmed: recorded, never lost, never twice."""

import pytest

from barqia.delivery import receipts
from barqia.delivery.account import board
from barqia.delivery.lane import Accepted, Status, Throttled
from barqia.delivery.models import Attempt, Delivery, Part
from barqia.delivery.pacing.pace import Bucket
from barqia.delivery.sending.intents import Intent, LaneHold, begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import last_attempt, recent_starts, recover
from barqia.subscribers.models import Lane
from delivery.hand import NOW, hold, plan_all, publish, reader, states

pytestmark = pytest.mark.django_db
THROTTLED = Throttled(1000, whole_lane=False, code="429")


@pytest.fixture
def begun(telegram: Lane) -> tuple[LaneHold, Intent]:
    """A call that is under way."""
    reader(telegram, 1)
    publish()
    plan_all()
    held = hold(telegram)
    (intent,) = begin(held, 10, NOW).intents
    return held, intent


def answer(
    held: LaneHold, intent: Intent, outcome: Accepted | Throttled | None = None, provider_id: str = "m1"
) -> None:
    said = outcome or Accepted(provider_id, delivered=True)
    commit(held, [Result(intent, intent.call, said, NOW + 2000)], NOW + 2000)


def test_who_lost_the_lane_still_says_what_its_calls_came_to(telegram: Lane, begun: tuple[LaneHold, Intent]) -> None:
    newer = hold(telegram)
    assert begin(begun[0], 10, NOW + 1000).lost, "and begins nothing"
    assert begin(newer, 10, NOW + 1000).intents == ()
    answer(*begun)
    assert states() == [("delivered", "")]
    assert Part.objects.get().provider_id == "m1"


def test_after_its_deadline_it_is_unknown_and_an_answer_still_settles_it(
    telegram: Lane, begun: tuple[LaneHold, Intent]
) -> None:
    hold(telegram)
    assert recover(NOW + 40_000, telegram.pk, last_attempt(telegram.pk)) == 1
    assert states() == [("unknown", "sender_died")]
    answer(*begun)
    assert states() == [("delivered", "")]


def test_what_the_new_holder_began_itself_is_left_alone(telegram: Lane) -> None:
    for chat in (1, 2):
        reader(telegram, chat)
    publish()
    plan_all()
    begin(hold(telegram), 1, NOW)
    newer, after = hold(telegram), last_attempt(telegram.pk)
    begin(newer, 1, NOW + 1000)
    assert recover(NOW + 40_000, telegram.pk, after) == 1
    assert states() == [("unknown", "sender_died"), ("handing", "")]


def test_an_answer_to_what_was_planned_again_ends_it(telegram: Lane, begun: tuple[LaneHold, Intent]) -> None:
    _resend(telegram)
    assert states()[0][0] == "planned"
    answer(*begun)
    assert states() == [("delivered", "")]


def test_a_newer_attempt_decides_and_two_messages_are_said_to_be_two(
    telegram: Lane, begun: tuple[LaneHold, Intent]
) -> None:
    _resend(telegram)
    newer = hold(telegram)
    (again,) = begin(newer, 10, NOW + 41_000).intents
    answer(*begun, outcome=THROTTLED)
    assert states()[0][0] == "handing", "an older attempt plans nothing again while a newer one is under way"
    answer(newer, again, provider_id="m2")
    assert Delivery.objects.get().sent_twice is False
    assert states() == [("delivered", "")]


def test_two_messages_of_one_delivery_are_marked(telegram: Lane, begun: tuple[LaneHold, Intent]) -> None:
    _resend(telegram)
    newer = hold(telegram)
    (again,) = begin(newer, 10, NOW + 41_000).intents
    answer(newer, again, provider_id="m2")
    answer(*begun)
    assert Delivery.objects.get().sent_twice
    assert states() == [("delivered", "")]


def test_a_commit_that_is_made_again_does_nothing_twice(telegram: Lane, begun: tuple[LaneHold, Intent]) -> None:
    """The first one was carried out and not confirmed; the delivery has begun anew since."""
    held, intent = begun
    answer(held, intent, THROTTLED)
    (again,) = begin(held, 10, NOW + 4000).intents
    held.in_doubt = True
    answer(held, intent, THROTTLED)
    assert states() == [("handing", "")], "its new call is under way"
    held.in_doubt = False
    answer(held, again)
    assert states() == [("delivered", "")]
    assert Attempt.objects.count() == 2


def test_a_status_before_the_late_answer(whatsapp: Lane) -> None:
    reader(whatsapp, "967744000222")
    publish()
    plan_all()
    held = hold(whatsapp)
    (intent,) = begin(held, 10, NOW).intents
    hold(whatsapp)
    receipts.record(whatsapp.pk, Status("u", "wamid", "read", NOW + 500, tag=intent.attempt_id), NOW + 500)
    answer(held, intent, Accepted("wamid"))
    assert states() == [("read", "")]
    assert not Delivery.objects.get().sent_twice


def test_a_new_holder_counts_what_the_last_one_began(telegram: Lane, begun: tuple[LaneHold, Intent]) -> None:
    ((count, at_ms),) = recent_starts(telegram.pk, NOW - 1000)
    assert (count, at_ms) == (1, NOW)
    bucket = Bucket(1, NOW - 5000)
    bucket.remember(count, at_ms)
    assert bucket.available(NOW + 500) == 0, "its own tokens are there, and the lane's second is spent"
    assert bucket.available(NOW + 1100) == 1


def _resend(lane: Lane) -> None:
    """The lane was taken, its call is unknown, an editor has it sent again."""
    hold(lane)
    recover(NOW + 40_000, lane.pk, last_attempt(lane.pk))
    board._settle([Delivery.objects.get().pk], resend=True)
    Delivery.objects.update(not_before_ms=0)
