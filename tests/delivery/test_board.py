"""An editor's hand on mailings: it counts before they begin, while calls are under way, and for what is unknown."""

import pytest

from barqia import desk
from barqia.delivery.account import board
from barqia.delivery.lane import Effect, Refused, Throttled, Unclear
from barqia.delivery.models import Delivery, Mailing
from barqia.delivery.planning import plan
from barqia.delivery.planning.answers import answer
from barqia.delivery.sending.intents import begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import recover
from barqia.subscribers.lanes import add_channel
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import NOW, hold, plan_all, publish, reader, send, states


def test_a_mailing_cancelled_before_it_began_goes_to_nobody(telegram: Lane) -> None:
    reader(telegram, 1)
    _item, release = publish()
    board.cancel(None, release.pk)
    plan_all()
    assert not send(telegram)
    assert board.account(release.pk).cancelled


def test_a_mailing_paused_before_it_began_waits(telegram: Lane) -> None:
    reader(telegram, 1)
    _item, release = publish()
    board.pause(None, release.pk, True)
    plan_all()
    assert not send(telegram)
    assert board.account(release.pk).stands_still
    board.pause(None, release.pk, False)
    assert len(send(telegram)) == 1


@pytest.mark.parametrize("hand", ["cancel", "pause"])
def test_what_a_provider_throttles_after_the_hand_does_not_go(telegram: Lane, hand: str) -> None:
    reader(telegram, 1)
    _item, release = publish()
    plan_all()
    held = hold(telegram)
    (intent,) = begin(held, 1, NOW + 1000).intents
    begin(held, 1, NOW + 1001)  # closes the chunk
    board.cancel(None, release.pk) if hand == "cancel" else board.pause(None, release.pk, True)
    commit(held, [Result(intent, intent.call, Throttled(1000, False, "429"), NOW + 1100)], NOW + 1100)
    assert not send(telegram, NOW + 5000)
    assert states() == [("skipped", "cancelled") if hand == "cancel" else ("planned", "")]


def test_a_refused_channel_gets_the_dispatch_once_its_lane_is_mended(telegram: Lane) -> None:
    add_channel(telegram, "-1001")
    publish()
    plan_all()
    send(telegram, answers=lambda _call: Refused("no_access", "Forbidden", Effect.BLOCKED))
    telegram.refresh_from_db()
    assert telegram.alert
    assert states() == [("planned", "")]
    board.pause_lane(None, telegram.pk, False)
    assert len(send(telegram, NOW + 600_000)) == 1


def test_a_template_that_fails_holds_its_lanes_part_of_the_mailing_and_nothing_else(
    whatsapp: Lane, telegram: Lane
) -> None:
    for number in range(3):
        reader(whatsapp, f"96770000000{number}")
        reader(telegram, number + 1)
    _item, release = publish()
    plan_all()
    send(whatsapp, answers=lambda _call: Refused("template", "132015", Effect.PAUSE_MAILING))
    whatsapp.refresh_from_db()
    assert not whatsapp.alert
    account = board.account(release.pk)
    assert (account.held, account.paused, account.counts["planned"]) == (True, False, 6)
    assert {lane.lane_name: lane.held for lane in account.lanes} == {"telegram": "", "whatsapp": "template: 132015"}
    assert not account.stands_still, "the other lane has something to send"
    assert len(send(telegram)) == 3
    assert board.account(release.pk).stands_still
    answer(whatsapp.pk, Recipient.objects.first().pk, "جواب", at_ms=NOW)  # type: ignore[union-attr]
    assert len(send(whatsapp)) == 1
    board.pause(None, release.pk, False)
    assert len(send(whatsapp, NOW + 600_000)) == 3


def test_what_is_planned_of_a_part_that_is_held_waits_with_it(whatsapp: Lane) -> None:
    for number in range(4):
        reader(whatsapp, f"96770000000{number}")
    _item, release = publish()
    plan.start(NOW)
    plan.plan_slice(2, NOW)
    send(whatsapp, answers=lambda _call: Refused("template", "132015", Effect.PAUSE_MAILING))
    plan_all()
    assert send(whatsapp, NOW + 600_000) == []
    board.pause(None, release.pk, False)
    assert len(send(whatsapp, NOW + 600_000)) == 4


def test_an_answer_nobody_can_vouch_for_is_settled_too(whatsapp: Lane) -> None:
    someone = reader(whatsapp, "967700000001")
    answer(whatsapp.pk, someone.pk, "جواب", at_ms=NOW)
    begin(hold(whatsapp), 1, NOW + 1000)
    recover(NOW + 2000)
    assert len(board.unknown_answers()) == 1
    assert board.settle_answers(None, resend=True) == 1
    assert len(send(whatsapp, NOW + 600_000_000)) == 0, "an answer has a life too"


def test_a_lane_that_is_switched_off_keeps_nobody_waiting_and_counts_who_a_kill_cannot_reach(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    send(telegram)
    second, _release = publish("آخر")
    plan_all()
    assert board.lane_off(None, telegram.pk) == 1
    desk.kill(None, item, 1, "خطأ")
    plan_all()
    assert states() == [("delivered", ""), ("skipped", "lane_off"), ("skipped", "lane_off")]
    board.lane_on(None, telegram.pk)
    assert second.pk


def test_what_a_dead_sender_left_of_deletions_is_done_again(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    send(telegram)
    desk.kill(None, item, 1, "خطأ")
    plan_all()
    begin(hold(telegram), 1, NOW + 2000)
    assert recover(NOW + 3000) == 0
    assert [call.op for call in send(telegram, NOW + 4000)] == ["delete"]


@pytest.mark.parametrize(("urgency", "resent"), [(1, True), (2, True), (3, False)])
def test_a_lane_set_to_resend_does_so_for_a_flash_alone(telegram: Lane, urgency: int, resent: bool) -> None:
    Lane.objects.update(resend_flash=True)
    reader(telegram, 1)
    publish(urgency=urgency)
    plan_all()
    held = hold(telegram)
    (intent,) = begin(held, 1, NOW + 1000).intents
    commit(held, [Result(intent, intent.call, Unclear("reset"), NOW + 1100)], NOW + 1100)
    assert states() == [("planned", "") if resent else ("unknown", "reset")]
    begin(held, 1, NOW + 60_000)
    recover(NOW + 61_000)
    assert states()[0][0] == ("planned" if resent else "unknown")


def test_a_mailing_is_begun_once_however_many_begin_it(telegram: Lane) -> None:
    reader(telegram, 1)
    _item, release = publish()
    plan_all()
    board.pause(None, release.pk, True)
    assert Mailing.objects.count() == Delivery.objects.count() == 1
