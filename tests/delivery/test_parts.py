"""Dispatches of several parts: each part an intent of its own, and the whole never more than its parts."""

import json

from django.db import transaction

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.lane import Accepted, Call, Outcome, Refused, Reply, Status, Throttled, Unclear
from barqia.delivery.models import Delivery, Part
from barqia.delivery.sending.intents import Intent, LaneHold, begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import recover
from barqia.lanes.telegram.replies import outcome
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import HOUR, LONG, NOW, accepted, correct, hold, plan_all, publish, reader, send, states

MISSING = Reply(400, {}, b'{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}')


def _first_part(lane: Lane) -> tuple[LaneHold, Intent]:
    """A long dispatch whose first part is out and whose second is `handing`."""
    reader(lane, "967700000001")
    publish(LONG)
    plan_all()
    held = hold(lane)
    (first,) = begin(held, 5, NOW + 1000).intents
    assert first.more
    commit(held, [Result(first, first.call, Accepted("w0"), NOW + 1100)], NOW + 1100)
    (second,) = begin(held, 5, NOW + 1200).intents
    assert (second.call.part, states()) == (1, [("handing", "")])
    return held, second


def _delivered(lane: Lane, tag: int, provider_id: str = "w0") -> None:
    with transaction.atomic():
        receipts.record(lane.pk, Status("u", provider_id, "delivered", NOW + 1300, tag=tag), NOW + 1300)


def test_a_receipt_of_the_first_part_does_not_end_the_delivery(whatsapp: Lane) -> None:
    held, second = _first_part(whatsapp)
    _delivered(whatsapp, second.attempt_id - 1 - 64 * 512)
    _delivered(whatsapp, 0)
    assert states() == [("handing", "")]
    commit(held, [Result(second, second.call, Throttled(16_000, False, "131056"), NOW + 1400)], NOW + 1400)
    assert [call.part for call in send(whatsapp, NOW + 60_000)] == [1, 2]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.parts_out, delivery.parts_total) == ("delivered", 3, 3)


def test_a_sender_that_dies_between_parts_leaves_the_part_under_way_unknown(whatsapp: Lane) -> None:
    held, second = _first_part(whatsapp)
    recover(NOW + 2000)
    assert states() == [("unknown", "sender_died")]
    _delivered(whatsapp, second.attempt_id, "w1")
    assert [call.part for call in send(whatsapp, NOW + 3000)] == [2], "the status tells, and the rest follows"
    del held


def test_a_part_whose_answer_was_lost_stays_unknown_whatever_is_told_of_another(whatsapp: Lane) -> None:
    held, second = _first_part(whatsapp)
    commit(held, [Result(second, second.call, Unclear("cut"), NOW + 1250)], NOW + 1250)
    _delivered(whatsapp, 0)
    assert states() == [("unknown", "cut")]
    assert not send(whatsapp, NOW + 60_000), "the second part would be there twice"
    _delivered(whatsapp, second.attempt_id, "w1")
    assert [call.part for call in send(whatsapp, NOW + 90_000)] == [2]


def test_a_correction_waits_for_the_call_under_way_and_stops_the_other_parts(whatsapp: Lane) -> None:
    held, second = _first_part(whatsapp)
    _delivered(whatsapp, 0)
    item = desk.correct(None, _item(), 1, desk.words.Words("عنوان", "صحيح")).dispatch
    plan_all(NOW + 1500)
    assert not begin(held, 5, NOW + 1500).intents
    commit(held, [Result(second, second.call, Accepted("w1"), NOW + 1600)], NOW + 1600)
    assert states()[0] == ("skipped", "superseded")
    (call,) = send(whatsapp, NOW + 3000)
    assert json.loads(call.body)["context"]["message_id"] == "w0"
    assert item.correction_sequence == 1


def _item() -> "desk.correct.Dispatch":  # type: ignore[name-defined]
    from barqia.wire.models import Dispatch

    return Dispatch.objects.get()


def test_a_reader_who_leaves_between_parts_gets_no_more(telegram: Lane) -> None:
    reader(telegram, 1)
    publish(LONG)
    plan_all()

    def leave(call: Call) -> Outcome | None:
        if call.part == 1:
            Recipient.objects.update(status="unsubscribed")
        return None

    assert [call.part for call in send(telegram, answers=leave)] == [0, 1]
    assert states() == [("skipped", "opted_out")]
    assert Delivery.objects.get().parts_out == 2


def test_a_kill_that_is_throttled_midway_deletes_every_part(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish(LONG)
    plan_all()
    sent = {accepted(call, Delivery.objects.get().pk).provider_id for call in send(telegram)}
    desk.kill(None, item, 1, "خطأ")
    plan_all()
    deleted = []

    def throttled_once(call: Call) -> Outcome | None:
        deleted.append(call.provider_id)
        return Throttled(1000, False, "429") if len(deleted) == 2 else None

    send(telegram, NOW + 3000, throttled_once)
    send(telegram, NOW + 10_000)
    assert set(deleted) <= sent
    assert not Part.objects.filter(provider_id__in=sent, gone=False).exists(), "nothing of it is left on the phone"
    assert states()[1] == ("delivered", "")


def test_after_two_days_a_kill_edits_all_that_is_left_also_where_a_reader_deleted_one(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish(LONG)
    plan_all()
    send(telegram)
    desk.kill(None, item, 1, "خطأ")
    late = NOW + 50 * HOUR
    plan_all(late)
    calls = send(telegram, late, lambda call: outcome(call, MISSING) if call.part == 0 else None)
    assert [(call.op, call.part) for call in calls] == [("edit", 0), ("edit", 1), ("edit", 2)]
    assert states()[1] == ("delivered", "")


def test_a_part_the_reader_deleted_does_not_keep_the_others_uncorrected(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish(LONG)
    plan_all()
    send(telegram)
    correct(item, LONG + " جديد")
    plan_all()
    calls = send(telegram, NOW + 3000, lambda call: outcome(call, MISSING) if call.part == 0 else None)
    assert [call.part for call in calls] == [0, 1, 2]
    assert states()[1] == ("delivered", "")


def test_a_correction_of_nothing_that_is_left_failed(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    plan_all()
    send(telegram)
    correct(item, "جديد")
    plan_all()
    send(telegram, NOW + 3000, lambda call: outcome(call, MISSING))
    assert states()[1] == ("failed", "message_gone")


def test_a_part_that_failed_later_ends_the_delivery(whatsapp: Lane) -> None:
    held, second = _first_part(whatsapp)
    failed = Status("f", "w0", "failed", NOW + 1300, reason="undeliverable", code="131026")
    receipts.record(whatsapp.pk, failed, NOW + 1300)
    commit(held, [Result(second, second.call, Accepted("w1"), NOW + 1400)], NOW + 1400)
    assert not send(whatsapp, NOW + 3000)
    assert states() == [("failed", "part_failed")]


def test_a_refused_part_fails_the_delivery(whatsapp: Lane) -> None:
    held, second = _first_part(whatsapp)
    commit(held, [Result(second, second.call, Refused("undeliverable", "131026"), NOW + 1400)], NOW + 1400)
    assert states() == [("failed", "undeliverable")]


def test_the_window_that_closes_between_parts_ends_the_dispatch_there(whatsapp: Lane) -> None:
    Lane.objects.update(settings={**whatsapp.settings, "template": "news"})
    held, second = _first_part(whatsapp)
    commit(held, [Result(second, second.call, Throttled(1000, False, "131056"), NOW + 1400)], NOW + 1400)
    Recipient.objects.update(last_inbound_ms=NOW - 30 * HOUR)
    assert not send(whatsapp, NOW + 9000)
    assert states() == [("skipped", "window_closed")]
