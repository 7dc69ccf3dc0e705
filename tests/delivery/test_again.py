"""Published again, corrected back, resent: who has which words, and what counts of an older attempt."""

from dataclasses import replace

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.account.resend import resend
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Accepted, Status
from barqia.delivery.models import Delivery
from barqia.delivery.sending.intents import Intent, LaneHold, begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import recover
from barqia.desk.words import Illustration, Slot, Words
from barqia.subscribers.models import Lane
from barqia.wire.models import Release
from barqia.wire.pictures import store
from delivery.hand import NOW, correct, hold, plan_all, publish, reader, send, states
from pictures import drawn


def test_after_a_correction_that_was_cut_off_publishing_again_corrects(telegram: Lane) -> None:
    for chat in (1, 2):
        reader(telegram, chat)
    item, _release = publish("نص قديم")
    plan_all()
    send(telegram)
    correct(item, "نص صحيح")
    plan_all()
    desk.unpublish(None, item, item.sequence)  # before any edit went
    item.refresh_from_db()
    plan_all()
    desk.publish(None, item, item.sequence)
    plan_all()
    assert [call.op for call in send(telegram, NOW + 5000)] == ["edit", "edit"]


def test_publishing_the_same_words_again_changes_no_phone(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    send(telegram)
    desk.unpublish(None, item, item.sequence)
    item.refresh_from_db()
    desk.save(None, Words("عنوان", "نص"), Slot(("politics",)), item, item.sequence)
    item.refresh_from_db()
    desk.publish(None, item, item.sequence)
    plan_all()
    assert not send(telegram, NOW + 5000)
    reader(telegram, 2)
    assert Delivery.objects.count() == 1


def _resent(lane: Lane) -> tuple[Intent, LaneHold, Intent]:
    """The intent of a sender that died, and, after an editor's word, the one that sends it again."""
    reader(lane, "967700000001")
    publish()
    plan_all()
    (first,) = begin(hold(lane), 1, NOW + 1000).intents
    recover(NOW + 1500)
    resend(None, Release.objects.get().pk, "unknown")
    held = hold(lane)
    Delivery.objects.update(not_before_ms=0, expires_ms=now_ms() + NOW)
    (second,) = begin(held, 1, NOW + 2000).intents
    return first, held, second


def test_a_late_failure_of_the_first_attempt_does_not_undo_the_second(whatsapp: Lane) -> None:
    first, held, second = _resent(whatsapp)
    late = Status("f", "w1", "failed", NOW + 3000, tag=first.attempt_id, reason="refused", code="131000")
    receipts.record(whatsapp.pk, late, NOW + 3000)
    assert Delivery.objects.get().state == "handing"
    commit(held, [Result(second, second.call, Accepted("w2"), NOW + 3100)], NOW + 3100)
    receipts.record(whatsapp.pk, late, NOW + 3200)
    receipts.record(whatsapp.pk, Status("d", "w2", "delivered", NOW + 3300, tag=second.attempt_id), NOW + 3300)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.sent_twice) == ("delivered", False)


def test_a_first_attempt_that_went_after_all_is_sent_twice(whatsapp: Lane) -> None:
    first, held, second = _resent(whatsapp)
    receipts.record(whatsapp.pk, Status("d", "w1", "delivered", NOW + 3000, tag=first.attempt_id), NOW + 3000)
    commit(held, [Result(second, second.call, Accepted("w2"), NOW + 3100)], NOW + 3100)
    assert Delivery.objects.get().sent_twice


def test_what_a_status_tells_of_before_it_is_sent_again_is_not_sent_again(whatsapp: Lane) -> None:
    reader(whatsapp, "967700000001")
    _item, release = publish()
    plan_all()
    (first,) = begin(hold(whatsapp), 1, NOW + 1000).intents
    recover(NOW + 1500)
    resend(None, release.pk, "unknown")
    assert Delivery.objects.get().state == "planned"
    receipts.record(whatsapp.pk, Status("d", "w1", "delivered", NOW + 1600, tag=first.attempt_id), NOW + 1600)
    assert states() == [("delivered", "")]
    assert not send(whatsapp, NOW + 9000)


def test_a_correction_of_the_picture_alone_reaches_who_has_the_text(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    send(telegram)
    picture = Illustration(store(drawn(), "a.jpg").pk, "جسر الوادي")
    for shown in (picture, replace(picture, caption="الجسر الجديد"), None):
        desk.correct(None, item, item.sequence, Words("عنوان", "نص", picture=shown))
        item.refresh_from_db()
        plan_all()
        assert [call.op for call in send(telegram, NOW + 5000)] == ["edit"], shown
