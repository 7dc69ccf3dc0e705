"""Every lane kind carries what delivery promises, over the loop's own code, with its provider's own words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from barqia import desk
from barqia.delivery.costs.preview import preview
from barqia.delivery.lane import Call
from barqia.delivery.models import Delivery
from barqia.delivery.planning import digest
from barqia.delivery.planning.answers import answer
from barqia.delivery.sending.intents import LaneHold, begin
from barqia.delivery.sending.outcomes import commit
from barqia.delivery.sending.recovery import recover
from barqia.delivery.sending.under_way import UnderWay
from barqia.delivery.transport.http import Answer, Lost, NotSent
from barqia.desk.words import Slot, Words
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import HOUR, NOW, correct, hold, plan_all, publish, reader, states
from lanes.contract import Table, found_kind

if TYPE_CHECKING:
    from barqia.wire.models import Newsroom

KINDS = sorted(settings.BARQIA_LANE_KINDS)


class Provider:
    """Answers calls at once, in the provider's words: `answers` says how, None where it accepts."""

    def __init__(self, table: Table, answers: Callable[[Call], Answer | None]) -> None:
        self.calls: list[Call] = []
        self._table, self._answers = table, answers

    def start(self, call: Call, done: Callable[[Answer], object]) -> None:
        self.calls.append(call)
        done(self._answers(call) or self._table.accepted(1000 + len(self.calls)))


async def no_file(digest: str) -> bytes:
    raise AssertionError(digest)


class One:
    """A lane of one kind, with as many recipients as wanted."""

    def __init__(self, name: str) -> None:
        from barqia.project.commands.lanes import make

        self.kind, self.table = found_kind(name)
        self.lane = make(name, name, name, dict(self.table.settings), dict(self.table.secrets))
        self.now = NOW

    def reader(self, number: int = 1) -> Recipient:
        return reader(self.lane, self.table.address(number))

    def send(self, answers: Callable[[Call], Answer | None] = lambda _call: None, turns: int = 50) -> list[Call]:
        """All that is due a minute later, or `turns` groups of it; the calls made."""
        self.now += 60_000
        provider, held = Provider(self.table, answers), hold(self.lane)
        for _turn in range(turns):
            if not self._group(held, provider):
                break
        return provider.calls

    def _group(self, held: LaneHold, provider: Any) -> bool:
        group = begin(held, 10, self.now)
        calls = UnderWay(held.config, provider, lambda: self.now, lambda: None, lambda: True, no_file)
        for intent in group.intents:
            calls.start(intent)
        commit(held, calls.take(), self.now)
        return not group.idle

    def says(self, call: Call) -> str:
        return self.table.opened(call) if call.body else ""


@pytest.fixture(params=KINDS)
def one(request: pytest.FixtureRequest, newsroom: "Newsroom") -> One:
    return One(request.param)


def _published(one: One, text: str = "نص") -> Any:
    item, _release = publish(text)
    plan_all()
    return item


def test_a_reader_who_leaves_after_planning_gets_nothing(one: One) -> None:
    leaves = one.reader()
    _published(one)
    Recipient.objects.filter(pk=leaves.pk).update(status="unsubscribed")
    assert not one.send()
    assert states() == [("skipped", "opted_out")]


def test_an_editor_sees_before_how_many_it_reaches(one: One) -> None:
    one.reader()
    item = _published(one)
    one.send()
    (seen,) = preview(item, "correct").lanes
    assert (seen.in_place, seen.new) == ((1, 0) if one.kind.edits_in_place else (0, 1))


def test_a_correction_reaches_who_was_sent_it(one: One) -> None:
    one.reader()
    item = _published(one)
    one.send()
    correct(item, "نص صحيح", "سقط رقم")
    plan_all()
    (call,) = one.send()
    assert call.in_place == one.kind.edits_in_place
    assert "صحيح" in one.says(call)
    assert "سقط رقم" in one.says(call)


def test_a_kill_reaches_who_was_sent_it_and_no_words_do(one: One) -> None:
    one.reader()
    item = _published(one, "كلام لا يقال")
    one.send()
    desk.kill(None, item, item.sequence, "خطأ في الخبر")
    plan_all()
    (call,) = one.send()
    assert call.in_place == one.kind.edits_in_place
    assert "كلام لا يقال" not in one.says(call)
    assert call.op == "delete" or "خطأ في الخبر" in one.says(call)
    assert states()[-1][0] in {"handed", "delivered"}


def test_a_killed_item_that_was_not_sent_goes_to_nobody(one: One) -> None:
    one.reader()
    item = _published(one)
    desk.kill(None, item, item.sequence, "خطأ")
    plan_all()
    assert not one.send()


def test_where_there_is_a_digest_it_is_one_message_and_a_kill_reaches_it(one: One) -> None:
    """A lane without digests gives each item as it comes, whatever a row says."""
    someone = one.reader()
    Recipient.objects.filter(pk=someone.pk).update(digest=True)
    texts = ["فتح السوق أبوابه", "وصلت السفينة إلى الميناء", "عاد القطار إلى خطه"]
    items = [_published(one, text) for text in texts]
    at = one.kind.terms(one.lane.settings).digest_at
    if at is None:
        assert len(one.send()) == 3
        return
    assert not one.send()
    one.now = digest.next_ms(at, "Asia/Damascus", NOW + HOUR)
    (call,) = one.send()
    assert [text in one.says(call) for text in texts] == [True] * 3
    assert {state for state, _reason in states()} <= {"handed", "delivered"}
    desk.kill(None, items[1], items[1].sequence, "خطأ في الخبر")
    plan_all(one.now)
    (kill,) = one.send()
    assert kill.op == "delete" or "خطأ في الخبر" in one.says(kill)


def test_a_lost_answer_is_unknown_unless_the_receiver_knows_a_message_again(one: One) -> None:
    one.reader()
    _published(one)
    (call,) = one.send(lambda _call: Lost("cut"), turns=1)
    if not call.may_be_repeated:
        assert states() == [("unknown", "cut")]
        assert not one.send()
        return
    assert states() == [("planned", "")]
    (again,) = one.send()
    assert _identity(again) == _identity(call)


def _identity(call: Call) -> list[str]:
    return sorted(value for name, value in call.headers.items() if name.endswith("-id"))


def test_what_a_dead_sender_left_is_unknown_unless_the_receiver_knows_a_message_again(one: One) -> None:
    one.reader()
    _published(one)
    held = hold(one.lane)
    (intent,) = begin(held, 10, NOW + 1000).intents
    recover(NOW + 2000)
    repeats = intent.call.may_be_repeated
    assert states() == [("planned", "") if repeats else ("unknown", "sender_died")]


def test_a_call_that_was_not_sent_is_made_again(one: One) -> None:
    one.reader()
    _published(one)
    one.send(lambda _call: NotSent("unreachable"), turns=1)
    assert states() == [("planned", "")]
    assert len(one.send()) == 1


def test_throttling_postpones_and_never_fails(one: One) -> None:
    one.reader()
    _published(one)
    for _ in range(3):
        one.send(lambda _call: one.table.throttled, turns=1)
        assert states() == [("planned", "")]
    one.now += HOUR
    one.send()
    assert states()[0][0] in {"handed", "delivered"}


def test_a_provider_that_is_not_well_is_tried_again(one: One) -> None:
    one.reader()
    _published(one)
    one.send(lambda _call: one.table.failing, turns=1)
    if one.table.failing is not None:
        assert states() == [("planned", "")]
        one.now += HOUR
        one.send()
    assert states()[0][0] in {"handed", "delivered"}


def test_a_reader_who_blocked_us_is_unsubscribed_and_the_lane_goes_on(one: One) -> None:
    blocks, other = one.reader(1), one.reader(2)
    _published(one)
    answers = iter([one.table.blocked])
    one.send(lambda _call: next(answers, None))
    blocks.refresh_from_db()
    other.refresh_from_db()
    assert (blocks.status, other.status) == ("blocked", "active")
    assert blocks.status_reason
    assert Lane.objects.get().alert == ""
    (first, _reason), (second, _none) = states()
    assert first == "failed"
    assert second in {"handed", "delivered"}


def test_a_fault_of_the_identity_stops_the_lane_and_what_waits_waits(one: One) -> None:
    if one.table.lane_fault is None:
        return
    one.reader()
    _published(one)
    one.send(lambda _call: one.table.lane_fault)
    assert Lane.objects.get().alert
    assert states() == [("planned", "")]
    Lane.objects.update(alert="")
    assert len(one.send()) == 1


def test_a_test_send_goes_to_the_newsrooms_own_and_says_so(one: One) -> None:
    own = one.reader(1)
    one.reader(2)
    Recipient.objects.filter(pk=own.pk).update(own=True)
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",), 5))
    desk.test(None, item, 0)
    plan_all()
    (call,) = one.send()
    assert "تجربة" in one.says(call)
    assert Delivery.objects.get().recipient_id == own.pk


def test_a_half_sent_dispatch_is_resumed_where_it_was(one: One) -> None:
    one.reader()
    _published(one, one.table.long or "قصير")
    first = one.send(turns=1)
    rest = one.send()
    parts = [call.part for call in (*first, *rest)]
    assert parts == list(range(len(parts)))
    assert (len(parts) > 1) == bool(one.table.long)
    delivery = Delivery.objects.get()
    assert delivery.parts_out == delivery.parts_total == len(parts)
    assert delivery.state in {"handed", "delivered"}


def test_an_answer_goes_to_who_asked_also_when_they_left(one: One) -> None:
    asks = one.reader()
    Recipient.objects.update(status="unsubscribed")
    answer(one.lane.pk, asks.pk, "ألغي اشتراكك", at_ms=NOW)
    if not one.table.inbound:
        assert not one.send(), "nobody writes to this lane, so nothing is answered over it"
        return
    (call,) = one.send()
    assert "ألغي اشتراكك" in one.says(call)
