"""What may be out already and is stopped before it is sent again: unknown, so that a kill and a correction reach it."""

import pytest

from barqia import desk
from barqia.delivery.account import board
from barqia.delivery.account.resend import resend
from barqia.delivery.lane import Call, Outcome, Unclear
from barqia.delivery.sending.intents import begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import recover
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Release
from delivery.hand import HOUR, NOW, correct, hold, plan_all, publish, reader, send, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def flash(whatsapp: Lane) -> tuple[Dispatch, Release]:
    """A flash to one reader, on a lane that sends a flash in doubt again."""
    whatsapp.resend_flash = True
    whatsapp.save()
    reader(whatsapp, "967770000222")
    made = publish(urgency=1)
    plan_all()
    return made


def lost(_call: Call) -> Outcome:
    return Unclear("cut")


def _kill(item: Dispatch) -> None:
    desk.kill(None, item, item.sequence, "خطأ")
    plan_all(NOW + 2000)


def test_a_kill_reaches_a_flash_whose_sender_died(whatsapp: Lane, flash: tuple[Dispatch, Release]) -> None:
    begin(hold(whatsapp), 10, NOW + 1000)
    _kill(flash[0])
    recover(NOW + 2000)
    assert states() == [("unknown", "not_sent_again"), ("planned", "")]
    assert len(send(whatsapp, NOW + 20_000)) == 1


def test_a_kill_reaches_a_flash_whose_answer_was_lost(whatsapp: Lane, flash: tuple[Dispatch, Release]) -> None:
    held = hold(whatsapp)
    (intent,) = begin(held, 10, NOW + 1000).intents
    _kill(flash[0])
    commit(held, [Result(intent, intent.call, Unclear("cut"), NOW + 2000)], NOW + 2000)
    assert states() == [("unknown", "not_sent_again"), ("planned", "")]
    assert len(send(whatsapp, NOW + 20_000)) == 1


def test_a_kill_reaches_what_was_to_be_sent_again(whatsapp: Lane, flash: tuple[Dispatch, Release]) -> None:
    whatsapp.resend_flash = False
    whatsapp.save()
    send(whatsapp, answers=lost)
    resend(None, flash[1].pk, "unknown")
    _kill(flash[0])
    assert states() == [("unknown", "not_sent_again"), ("planned", "")]


def test_a_correction_reaches_it_once(whatsapp: Lane, flash: tuple[Dispatch, Release]) -> None:
    send(whatsapp, answers=lost)
    assert states()[0][0] == "planned"
    correct(flash[0], "نص صحيح")
    plan_all(NOW + 2000)
    assert states() == [("unknown", "not_sent_again"), ("planned", "")]


def test_what_surely_never_went_is_skipped(whatsapp: Lane, flash: tuple[Dispatch, Release]) -> None:
    _kill(flash[0])
    assert states() == [("skipped", "superseded")]


@pytest.mark.parametrize("stop", ["cancel", "lane_off", "opt-out", "expiry"])
def test_whatever_stops_it(whatsapp: Lane, flash: tuple[Dispatch, Release], stop: str) -> None:
    send(whatsapp, answers=lost)
    if stop == "cancel":
        board.cancel(None, flash[1].pk)
    elif stop == "lane_off":
        board.lane_off(None, whatsapp.pk)
    elif stop == "opt-out":
        Recipient.objects.update(status="unsubscribed")
    now = NOW + (3 * HOUR if stop == "expiry" else 60_000)
    assert send(whatsapp, now) == []
    assert states() == [("unknown", "not_sent_again")]
