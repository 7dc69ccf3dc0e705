"""Editors, readers, providers and the sender at the same moment: whoever comes second finds what the first one did."""

import importlib
from typing import Any

import pytest
from django.db import transaction

from atonce import at_once, in_the_middle
from barqia import desk
from barqia.delivery import handout, receipts
from barqia.delivery.account import board
from barqia.delivery.account.resend import resend
from barqia.delivery.lane import Accepted, Status, Throttled
from barqia.delivery.models import Chunk, Delivery, Mailing, Part
from barqia.delivery.pacing.gates import Gates
from barqia.delivery.planning import audience, plan
from barqia.delivery.sending import ending, intents, late
from barqia.delivery.sending.intents import begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.desk.words import Words
from barqia.errors import Stale, VerbRefused
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Release
from delivery.hand import LONG, NOW, correct, hold, plan_all, publish, reader, send, states

pytestmark = pytest.mark.django_db(transaction=True)
Patch = pytest.MonkeyPatch


def _under_way(lane: Lane, text: str = "نص", readers: int = 1) -> tuple[Any, Any, Release]:
    """(the lane's hold, the first intent, its release): one delivery is `handing`."""
    for number in range(readers):
        reader(lane, number + 1)
    _item, release = publish(text)
    plan_all()
    held = hold(lane)
    (intent,) = begin(held, 1, NOW + 1000).intents
    return held, intent, release


def _throttled(held: Any, intent: Any) -> None:
    commit(held, [Result(intent, intent.call, Throttled(10, False, "429"), NOW + 1100)], NOW + 1100)


def _leave(recipient: Recipient) -> None:
    recipients.block(recipient, "blocked")


def test_what_is_cancelled_while_its_answer_is_committed_is_not_planned_again(
    telegram: Lane, monkeypatch: Patch
) -> None:
    held, intent, release = _under_way(telegram)
    in_the_middle(
        monkeypatch, lambda: _throttled(held, intent), (ending, "rows"), lambda: board.cancel(None, release.pk)
    )  # fmt: skip
    assert states() == [("skipped", "cancelled")]


def test_what_is_corrected_while_its_answer_is_committed_does_not_go_out_again(
    telegram: Lane, monkeypatch: Patch
) -> None:
    held, intent, release = _under_way(telegram)
    correct(release.dispatch, "صحيح")
    in_the_middle(monkeypatch, lambda: _throttled(held, intent), (ending, "rows"), lambda: plan.start(NOW + 1100))
    assert states() == [("skipped", "superseded")]


def test_a_mailing_is_cancelled_while_a_slice_of_it_is_planned(telegram: Lane, monkeypatch: Patch) -> None:
    reader(telegram, 1)
    _item, release = publish()
    plan.start(NOW)
    in_the_middle(
        monkeypatch,
        lambda: plan.plan_slice(100, NOW),
        (audience, "matching"),
        lambda: board.cancel(None, release.pk),
    )
    assert states() in ([], [("skipped", "cancelled")])
    assert not Delivery.objects.filter(state="planned").exists()
    assert plan.plan_slice(100, NOW) is None


def test_a_mailing_is_paused_while_a_slice_of_it_is_planned(telegram: Lane, monkeypatch: Patch) -> None:
    reader(telegram, 1)
    _item, release = publish()
    plan.start(NOW)
    in_the_middle(
        monkeypatch,
        lambda: plan.plan_slice(100, NOW),
        (audience, "matching"),
        lambda: board.pause(None, release.pk, paused=True),
    )
    plan_all()
    assert set(Chunk.objects.values_list("paused", flat=True)) == {True}
    assert not send(telegram)


def test_a_chunk_is_closed_while_a_delivery_of_it_is_planned_again(telegram: Lane, monkeypatch: Patch) -> None:
    held, intent, release = _under_way(telegram)
    Delivery.objects.update(state="unknown")
    in_the_middle(
        monkeypatch,
        lambda: begin(held, 5, NOW + 2000),
        (intents, "rows"),
        lambda: resend(None, release.pk, "unknown"),
        call=2,
    )
    assert states() == [("planned", "")]
    assert [call.provider_id for call in send(telegram, NOW + 60_000)] == [intent.call.provider_id]
    assert states() == [("delivered", "")], "a chunk that was closed over it would have lost it"


def test_a_mailing_is_paused_while_a_reader_of_it_is_put_off(telegram: Lane, monkeypatch: Patch) -> None:
    recipient = reader(telegram, 1)
    _item, release = publish()
    plan_all()
    held = hold(telegram)
    held.gates = Gates(120_000)
    held.gates.sent(recipient.pk, "reader", NOW - 1000)
    in_the_middle(
        monkeypatch,
        lambda: begin(held, 5, NOW),
        (intents, "queued"),
        lambda: board.pause(None, release.pk, paused=True),
    )
    assert set(Chunk.objects.values_list("paused", flat=True)) == {True}


def test_who_leaves_while_a_group_is_committed_is_in_it_or_gets_nothing(telegram: Lane, monkeypatch: Patch) -> None:
    recipient = reader(telegram, 1)
    publish()
    plan_all()
    held = hold(telegram)
    left: list[list[tuple[str, str]]] = []

    def leave() -> None:
        _leave(recipient)
        left.append(states())

    group, _ = in_the_middle(monkeypatch, lambda: begin(held, 5, NOW + 1000), (intents, "_make_handing"), leave)
    if group.intents:
        assert left == [[("handing", "")]], "who had left when the group was committed is not in it"
    else:
        assert states() == [("skipped", "opted_out")]


def test_two_statuses_at_once_end_in_the_later_one(whatsapp: Lane, monkeypatch: Patch) -> None:
    held, intent, _release = _under_way(whatsapp)
    commit(held, [Result(intent, intent.call, Accepted("w0"), NOW + 1100)], NOW + 1100)

    def told(name: Any) -> None:
        with transaction.atomic():
            receipts.record(whatsapp.pk, Status(name, "w0", name, NOW + 1200, tag=intent.attempt_id), NOW + 1200)

    in_the_middle(monkeypatch, lambda: told("read"), (receipts, "_record_part"), lambda: told("delivered"))
    assert states() == [("read", "")]
    assert Part.objects.get().state == "read"


def test_a_status_comes_while_the_answer_is_committed(whatsapp: Lane, monkeypatch: Patch) -> None:
    held, intent, _release = _under_way(whatsapp)

    def told() -> None:
        with transaction.atomic():
            status = Status("u", "w0", "delivered", NOW + 1050, tag=intent.attempt_id)
            assert receipts.record(whatsapp.pk, status, NOW + 1050)

    answered = Result(intent, intent.call, Accepted("w0"), NOW + 1100)
    in_the_middle(
        monkeypatch, lambda: commit(held, [answered], NOW + 1100), (late, "mark_sent_twice"), told
    )  # fmt: skip
    assert states() == [("delivered", "")]
    assert Part.objects.count() == 1


def test_two_planners_at_once_plan_everyone_once(telegram: Lane) -> None:
    for number in range(250):
        reader(telegram, number + 1)
    _item, release = publish()

    def plans() -> None:
        plan.start(NOW)
        while plan.plan_slice(20, NOW) is not None or Mailing.objects.filter(state="planning").exists():
            pass

    at_once(plans, plans, plans)
    account = board.account(release.pk)
    assert (account.audience, account.counts["planned"], account.planned) == (250, 250, True)
    assert {call.body for call in send(telegram)}
    assert set(states()) == {("delivered", "")}


def test_a_lane_is_switched_off_while_its_groups_are_committed(telegram: Lane) -> None:
    for number in range(60):
        reader(telegram, number + 1)
    publish()
    plan_all()
    held = hold(telegram)

    def groups() -> int:
        made = 0
        for at in range(30):
            group = begin(held, 3, NOW + 1000 + at)
            made += len(group.intents)
            commit(
                held, [Result(i, i.call, Accepted(str(i.attempt_id), delivered=True), NOW) for i in group.intents], NOW
            )
        return made

    made, skipped = at_once(groups, lambda: board.lane_off(None, telegram.pk))
    assert made + skipped == 60
    assert {state for state, _reason in states()} <= {"delivered", "skipped"}


@pytest.mark.postgresql
def test_readers_subscribe_while_a_group_is_committed(telegram: Lane, monkeypatch: Patch) -> None:
    held = hold(telegram)
    done: list[int] = []

    def group() -> bool:
        with transaction.atomic():
            begin(held, 5, NOW)
            handout.take([telegram.pk], NOW)
            return bool(done)

    waited, _ = in_the_middle(
        monkeypatch, group, (handout, "take"), lambda: done.append(reader(telegram, 1).pk)
    )  # fmt: skip
    assert waited, "a reader's row only refers to the lane"


def test_two_editors_at_once_one_verb_each(telegram: Lane) -> None:
    reader(telegram, 1)
    item, _release = publish()
    seen = item.sequence

    def kills() -> str:
        try:
            return desk.kill(None, item, seen, "خطأ").verb
        except VerbRefused as refused:
            return type(refused).__name__

    def corrects() -> str:
        try:
            return desk.correct(None, item, seen, Words("عنوان", "صحيح")).verb
        except VerbRefused as refused:
            return type(refused).__name__

    came_to = set(at_once(kills, corrects))
    assert came_to in ({"kill", "WrongState"}, {"correct", Stale.__name__})
    item.refresh_from_db()
    assert item.sequence == seen + 1


def test_one_editor_clicks_twice(telegram: Lane) -> None:
    item = desk.save(None, Words("عنوان", "نص"), desk.words.Slot(("politics",)))
    one, two = at_once(lambda: desk.publish(None, item, 0).pk, lambda: desk.publish(None, item, 0).pk)
    assert one == two
    assert Release.objects.count() == 1


def test_a_new_item_is_saved_twice_at_once(newsroom: object, monkeypatch: Patch) -> None:
    room = importlib.import_module("barqia.desk.save")

    def saves() -> Any:
        return desk.save(None, Words("عنوان", "نص"), desk.words.Slot(("politics",)), intake_key="form-1").pk

    one, two = in_the_middle(monkeypatch, saves, (room, "_known"), saves)
    assert one == two
    assert Dispatch.objects.count() == 1


def test_a_correction_comes_while_the_first_text_is_planned(telegram: Lane, monkeypatch: Patch) -> None:
    for number in range(3):
        reader(telegram, number + 1)
    item, release = publish(LONG)
    plan.start(NOW)

    def overtakes() -> None:
        correct(item, "صحيح")
        plan.start(NOW + 1)

    in_the_middle(monkeypatch, lambda: plan.plan_slice(2, NOW), (audience, "matching"), overtakes)
    plan_all(NOW + 2)
    old = Delivery.objects.filter(source_id=release.pk)
    assert not old.filter(state__in=["planned", "claimed"]).exists()
    assert len(send(telegram)) == 3, "everyone gets the corrected text alone"


def test_two_clicks_at_once_send_the_failed_again_once(telegram: Lane) -> None:
    _held, _intent, release = _under_way(telegram, readers=3)
    Delivery.objects.update(state="failed", reason="refused")
    counts = at_once(*[lambda: resend(None, release.pk, "failed", 1 << 60)] * 2)
    assert sorted(counts) == [0, 3]
    assert len(send(telegram, NOW + 60_000)) == 3
