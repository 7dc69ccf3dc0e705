"""Sending again what failed, or what nobody can vouch for: only that, once, and never what was overtaken."""

import pytest

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.account import board
from barqia.delivery.account.resend import again, resend
from barqia.delivery.lane import Accepted, Refused, Status
from barqia.delivery.models import Delivery, Mailing
from barqia.delivery.sending.intents import begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import recover
from barqia.errors import WrongState
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import AuditEntry, Release
from delivery.hand import LONG, NOW, correct, hold, plan_all, publish, reader, send, states


def test_a_status_that_comes_after_an_editors_word_ends_it(whatsapp: Lane) -> None:
    reader(whatsapp, "967700000001")
    publish()
    plan_all()
    (first,) = begin(hold(whatsapp), 1, NOW + 1000).intents
    recover(NOW + 1500)
    resend(None, Release.objects.get().pk, "unknown")
    status = Status("d", "w1", "delivered", NOW + 3000, tag=first.attempt_id)
    receipts.record(whatsapp.pk, status, NOW + 3000)
    Delivery.objects.update(not_before_ms=0)
    assert not send(whatsapp, NOW + 4000)
    assert states() == [("delivered", "")]


def _failed(lane: Lane, *reasons: str) -> Release:
    """A mailing that failed for these reasons, one reader each."""
    for number, _reason in enumerate(reasons):
        reader(lane, f"96770000000{number}")
    _item, release = publish()
    plan_all()
    left = list(reasons)
    send(lane, answers=lambda _call: Refused(left.pop(0), "400"))
    return release


def test_only_what_failed_goes_again_and_what_is_in_vain_is_counted(whatsapp: Lane) -> None:
    release = _failed(whatsapp, "refused", "blocked", "no_such_chat", "window_closed", "opted_out")
    found = again(release.pk, "failed")
    assert found.count == 1
    assert dict(found.left_out) == {"blocked": 1, "no_such_chat": 1, "window_closed": 1, "opted_out": 1}
    assert resend(None, release.pk, "failed") == 1
    assert len(send(whatsapp, NOW + 5000)) == 1
    assert states() == [
        ("delivered", ""), ("failed", "blocked"), ("failed", "no_such_chat"), ("failed", "window_closed"),
        ("failed", "opted_out"),
    ]  # fmt: skip
    assert board.account(release.pk).adds_up
    assert AuditEntry.objects.get(verb="resend_failed").detail == {"release": release.pk, "deliveries": 1}


def test_the_same_click_twice_sends_once(whatsapp: Lane) -> None:
    release = _failed(whatsapp, "refused")
    seen = NOW + 1500
    assert resend(None, release.pk, "failed", seen) == 1
    assert resend(None, release.pk, "failed", seen) == 0
    send(whatsapp, NOW + 2000, answers=lambda _call: Refused("refused", "400"))
    assert resend(None, release.pk, "failed", seen) == 0, "it failed anew, after the editor looked"
    assert AuditEntry.objects.filter(verb="resend_failed").count() == 1


def test_who_opted_out_before_or_after_the_click_gets_nothing(whatsapp: Lane) -> None:
    release = _failed(whatsapp, "refused", "refused")
    first, second = Recipient.objects.order_by("pk")
    Recipient.objects.filter(pk=first.pk).update(status="unsubscribed")
    assert dict(again(release.pk, "failed").left_out) == {"opted_out": 1}
    assert resend(None, release.pk, "failed") == 1
    Recipient.objects.filter(pk=second.pk).update(status="unsubscribed")
    assert not send(whatsapp, NOW + 5000)
    assert states() == [("failed", "refused"), ("skipped", "opted_out")]


def test_old_news_and_a_lane_that_is_off_are_left_out(whatsapp: Lane) -> None:
    release = _failed(whatsapp, "refused", "refused")
    first = Delivery.objects.order_by("pk")[0].pk
    Delivery.objects.filter(pk=first).update(expires_ms=1)
    assert dict(again(release.pk, "failed").left_out) == {"expired": 1}
    board.lane_off(None, whatsapp.pk)
    assert dict(again(release.pk, "failed").left_out) == {"lane_off": 2}
    assert resend(None, release.pk, "failed") == 0


def test_a_mailing_that_ended_is_refused_by_name(whatsapp: Lane, english: None) -> None:
    release = _failed(whatsapp, "refused")
    board.cancel(None, release.pk)
    with pytest.raises(WrongState, match="cancelled"):
        resend(None, release.pk, "failed")
    Mailing.objects.update(state="planned")
    item = release.dispatch
    item.refresh_from_db()
    correct(item, "صحيح")
    with pytest.raises(WrongState, match="correct"):
        resend(None, release.pk, "failed")
    desk.kill(None, item, item.sequence, "خطأ")
    with pytest.raises(WrongState, match="kill"):
        resend(None, release.pk, "failed")
    assert states() == [("failed", "refused")]


def test_of_a_long_dispatch_only_the_part_that_failed_is_made_again(telegram: Lane) -> None:
    reader(telegram, 1)
    _item, release = publish(LONG)
    plan_all()
    send(telegram, answers=lambda call: Refused("refused", "400") if call.part == 1 else None)
    assert states() == [("failed", "refused")]
    resend(None, release.pk, "failed")
    assert [call.part for call in send(telegram, NOW + 5000)] == [1, 2]
    assert states() == [("delivered", "")]


def test_a_part_that_failed_by_a_late_status_is_made_again(whatsapp: Lane) -> None:
    reader(whatsapp, "967700000001")
    _item, release = publish(LONG)
    plan_all()
    first = send(whatsapp)
    delivery = Delivery.objects.get()
    failed = Status("f", str(1000 * delivery.pk + 1), "failed", NOW + 2000, reason="refused", code="131000")
    receipts.record(whatsapp.pk, failed, NOW + 2000)
    assert states() == [("failed", "refused")]
    resend(None, release.pk, "failed")
    assert [call.part for call in send(whatsapp, NOW + 5000)] == [1]
    assert len(first) > 2
    assert states() == [("delivered", "")]


def test_what_comes_late_of_the_message_that_failed_is_of_no_account(whatsapp: Lane) -> None:
    reader(whatsapp, "967700000001")
    _item, release = publish()
    plan_all()
    (first,) = begin(held := hold(whatsapp), 1, NOW + 1000).intents
    commit(held, [Result(first, first.call, Accepted("w1"), NOW + 1100)], NOW + 1100)
    failed = Status("f", "w1", "failed", NOW + 2000, tag=first.attempt_id, reason="refused", code="131000")
    receipts.record(whatsapp.pk, failed, NOW + 2000)
    resend(None, release.pk, "failed")
    receipts.record(whatsapp.pk, failed, NOW + 2100)
    receipts.record(whatsapp.pk, Status("s", "w1", "sent", NOW + 1500, tag=first.attempt_id), NOW + 2200)
    assert states() == [("planned", "")]
    assert len(send(whatsapp, NOW + 5000)) == 1
    assert states() == [("delivered", "")]
    assert not Delivery.objects.get().sent_twice


def test_only_the_unknown_go_again(whatsapp: Lane) -> None:
    release = _failed(whatsapp, "refused")
    reader(whatsapp, "967700000009")
    Delivery.objects.update(state="unknown", reason="sender_died")
    assert resend(None, release.pk, "failed") == 0
    assert resend(None, release.pk, "unknown") == 1
    assert len(send(whatsapp, NOW + 5000)) == 1
