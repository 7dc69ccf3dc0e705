"""Planner, loop, receipts and desk in any order, held against a provider that knows what it was asked for.

The machine draws what editors, readers, the sender and the providers do next. After every step: states moved as the
table says, the sum is the audience, what is `handing` is what is under way, what counts as sent is on the phone.
"""

import json
import random
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.account import board
from barqia.delivery.account.resend import Left, resend
from barqia.delivery.lane import Accepted, Outcome, Refused, Status, Throttled, Transient, Unclear
from barqia.delivery.models import Delivery, Mailing
from barqia.delivery.planning import plan
from barqia.delivery.sending.intents import Intent, LaneHold, begin
from barqia.delivery.sending.outcomes import RESEND_URGENCY, Result, commit
from barqia.delivery.sending.recovery import recover
from barqia.delivery.sql import rows, run
from barqia.delivery.states import may_become
from barqia.delivery.stories import release_content
from barqia.desk.words import Slot, Words
from barqia.errors import WrongState
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Release, State
from delivery.hand import LONG, NOW, hold, reader

CONCURRENCY, READERS, ITEMS = 3, 3, 5
OUT = {"handed", "delivered", "read"}
ANSWERS = ("accepted",) * 6 + ("throttled", "lane throttled", "transient", "refused", "went", "lost")
VERBS = ("publish", "publish", "correct", "correct", "correct", "correct", "kill", "unpublish")
ON_AIR = (State.PUBLISHED, State.CORRECTED)
STATES = {"publish": (State.UNPUBLISHED,), "correct": ON_AIR, "kill": ON_AIR, "unpublish": ON_AIR}
HANDS = ("pause", "go on", "go on", "go on", "resend", "resend", "resend failed", "give up", "cancel")
STATUSES = ("sent", "delivered", "read", "failed")
some = st.integers(0, 99)
some_slices = st.integers(2, 6)
some_answers = st.lists(st.tuples(some, st.sampled_from(ANSWERS)), min_size=2, max_size=8)


class UnderWay(NamedTuple):
    intent: Intent
    held: LaneHold


class Told(NamedTuple):
    """A WhatsApp message that stands, of which a status may speak; `part` is (delivery, part number)."""

    tag: int
    provider_id: str
    part: tuple[int, int]


def _part(intent: Intent) -> tuple[int, int]:
    return intent.delivery_id, intent.call.part


def _log_moves() -> None:
    """Let the database itself write down every change of a delivery's state."""
    run("CREATE TABLE moves (delivery bigint, old text, new text)", [])
    noted = "INSERT INTO moves VALUES (OLD.id, OLD.state, NEW.state);"
    when = "AFTER UPDATE ON delivery_delivery FOR EACH ROW WHEN (OLD.state<>NEW.state)"
    if connection.vendor == "postgresql":
        run(f"CREATE FUNCTION note_move() RETURNS trigger AS $$BEGIN {noted} RETURN NEW; END$$ LANGUAGE plpgsql", [])
        run(f"CREATE TRIGGER note_move {when} EXECUTE FUNCTION note_move()", [])
    else:
        run(f"CREATE TRIGGER note_move {when} BEGIN {noted} END", [])


class Newsroom(RuleBasedStateMachine):
    """Two lanes with three readers each, at most three dispatches; the provider's side is in plain Python."""

    def __init__(self, lanes: list[Lane], clock: dict[str, int]) -> None:
        super().__init__()
        release_content.cache_clear()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        _log_moves()
        self.lanes, self.clock = lanes, clock
        self.clock["now"] = NOW
        self.readers = [
            reader(lane, f"96770000000{n}" if lane.kind == "whatsapp" else n)
            for lane in lanes
            for n in range(1, 1 + READERS)
        ]
        self.items: list[Dispatch] = []
        self.holds = {lane.pk: hold(lane) for lane in lanes}
        self.flight: dict[int, list[UnderWay]] = {lane.pk: [] for lane in lanes}
        # what the providers did: {delivery: {part: times sent, or changed}}, and which release each phone saw last
        self.sent: dict[int, Counter[int]] = defaultdict(Counter)
        self.changed: dict[int, set[int]] = defaultdict(set)
        self.shown: dict[tuple[int, Any], int] = {}
        self.told: list[Told] = []
        # by (delivery, part): known to be out; out or not, nobody knows; and which of these may be made again
        self.out: set[tuple[int, int]] = set()
        self.doubtful: set[tuple[int, int]] = set()
        self.again: set[tuple[int, int]] = set()
        self.newest: dict[tuple[int, int], int] = {}
        self.failed: set[str] = set()
        self.messages = 0
        self.publish(long=True, urgency=1)
        self.publish(long=False, urgency=5)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)

    @property
    def now(self) -> int:
        return self.clock["now"]

    def _pass(self, ms: int = 2000) -> None:
        self.clock["now"] += ms

    # editors

    @rule(verb=st.sampled_from(VERBS), which=some, long=st.booleans(), urgency=st.sampled_from([1, 5]))
    def edit(self, verb: str, which: int, long: bool, urgency: int) -> None:
        if verb == "publish" and len(self.items) < ITEMS:
            self.publish(long, urgency)
        elif item := self._item(which, *STATES[verb]):
            if verb == "correct":
                text = f"{LONG if long else 'نص'} صحيح {item.sequence}"
                desk.correct(None, item, item.sequence, Words(f"عنوان {item.sequence}", text), "")
            elif verb == "kill":
                desk.kill(None, item, item.sequence, "خطأ")
            else:
                {"publish": desk.publish, "unpublish": desk.unpublish}[verb](None, item, item.sequence)

    def publish(self, long: bool, urgency: int) -> None:
        item = desk.save(None, Words(f"عنوان {len(self.items)}", LONG if long else "نص"), Slot(("politics",), urgency))
        desk.publish(None, item, 0)
        self.items.append(item)

    def _item(self, which: int, *states: State) -> Dispatch | None:
        for item in self.items:
            item.refresh_from_db()
        found = [item for item in self.items if item.state in states]
        return found[which % len(found)] if found else None

    def _release(self, which: int) -> int | None:
        found = list(Mailing.objects.order_by("pk").values_list("pk", flat=True))
        return found[which % len(found)] if found else None

    @rule(which=some, hand=st.sampled_from(HANDS))
    def lay_a_hand_on(self, which: int, hand: str) -> None:
        """An editor pauses a mailing, lets it go on, cancels it, or decides on what is unknown."""
        release = self._release(which)
        if release is None:
            return
        if hand in {"pause", "go on"}:
            board.pause(None, release, hand == "pause")
        elif hand == "cancel":
            board.cancel(None, release)
        elif hand == "give up":
            board.give_up(None, release)
        else:
            self._send_again(release, "failed" if hand == "resend failed" else "unknown")

    def _send_again(self, release: int, left: Left) -> None:
        """What an editor has sent again may go, also what is in doubt."""
        chosen = set(Delivery.objects.filter(source_kind=1, source_id=release, state=left).values_list("pk", flat=True))
        with suppress(WrongState):
            resend(None, release, left)
            self.again |= {part for part in self.doubtful if part[0] in chosen}

    # readers

    @rule(which=some, leaves=st.sampled_from([True, False, False, False]))
    def leave_or_come_back(self, which: int, leaves: bool) -> None:
        one = self.readers[which % len(self.readers)]
        recipients.hold_lane(one.lane_id)
        Recipient.objects.filter(pk=one.pk).update(status="unsubscribed" if leaves else "active")
        (interests.forget_all if leaves else interests.ask_everything)(one)

    # the sender

    def plan_slices(self, slices: int) -> None:
        plan.start(self.now)
        for _ in range(slices):
            plan.plan_slice(2, self.now)

    # two rules, for hypothesis leaves out some of them in every run
    @rule(slices=some_slices, answers=some_answers)
    def work_on_telegram(self, slices: int, answers: list[tuple[int, str]]) -> None:
        self._work(0, slices, answers)

    @rule(slices=some_slices, answers=some_answers)
    def work_on_whatsapp(self, slices: int, answers: list[tuple[int, str]]) -> None:
        self._work(1, slices, answers)

    def _work(self, lane: int, slices: int, answers: list[tuple[int, str]]) -> None:
        """Some planning, and groups that end with some of their calls under way."""
        self.plan_slices(slices)
        self.begin_a_group(lane)
        for which, answer in answers:
            self.answer(lane, which, answer)
            self.begin_a_group(lane)

    def begin_a_group(self, lane: int) -> None:
        self._pass()
        held = self.holds[self.lanes[lane].pk]
        flight = self.flight[held.config.id]
        while (room := CONCURRENCY - len(flight)) > 0:
            group = begin(held, room, self.now)
            assert not group.lost
            for intent in group.intents:
                self._may_begin(intent)
                self.newest[_part(intent)] = intent.attempt_id
                flight.append(UnderWay(intent, held))
            if group.idle:
                return

    def _may_begin(self, intent: Intent) -> None:
        """Not overtaken, not to who has left, unless in place, and nothing again that is out, or may be for all we know."""
        delivery = Delivery.objects.get(pk=intent.delivery_id)
        newer = Mailing.objects.filter(dispatch_id=delivery.dispatch_id, pk__gt=delivery.source_id, supersedes=True)
        assert not newer.exists(), "an older revision began after a newer one"
        active = Recipient.objects.get(pk=intent.recipient_id).status == "active"
        assert active or intent.call.in_place, "something new to one who left"
        if not intent.call.in_place:
            assert _part(intent) not in self.out, "made again, though it was known to be out"
            assert _part(intent) not in self.doubtful or _part(intent) in self.again, "in doubt, and made again"

    def answer(self, lane: int, which: int, answer: str) -> None:
        flight = self.flight[self.lanes[lane].pk]
        if not flight:
            return
        intent, held = flight.pop(which % len(flight))
        self._pass(10)
        outcome = self._outcome(intent, held, answer)
        commit(held, [Result(intent, intent.call, outcome, self.now)], self.now)

    def _outcome(self, intent: Intent, held: LaneHold, answer: str) -> Outcome:
        match answer:
            case "accepted":
                self._is_out(_part(intent))
                return Accepted(self._act(intent, held), delivered=held.config.kind == "telegram")
            case "throttled" | "lane throttled":
                return Throttled(1500, whole_lane=answer != "throttled", code="429")
            case "transient":
                return Transient("unreachable")
            case "refused":
                return Refused("undeliverable", "400")
        if answer == "went":
            self._act(intent, held)
        if intent.call.in_place:
            return Transient("cut")
        self._in_doubt(intent, held)
        return Unclear("cut")

    def _is_out(self, part: tuple[int, int]) -> None:
        self.out.add(part)
        self.doubtful.discard(part)
        self.again.discard(part)

    def _in_doubt(self, intent: Intent, held: LaneHold) -> None:
        """Nobody knows whether this call came to something: it is made again where the lane is set to it, or by an editor."""
        part = _part(intent)
        if part not in self.out:
            self.doubtful.add(part)
            self.again.discard(part)
            if held.resend_flash and intent.urgency <= RESEND_URGENCY:
                self.again.add(part)

    @rule(lane=st.integers(0, 1), went=st.integers(0, 2**CONCURRENCY - 1))
    def sender_dies(self, lane: int, went: int) -> None:
        """Of the calls under way those went whose bit is set."""
        mine = self.lanes[lane]
        for place, (intent, held) in enumerate(self.flight[mine.pk]):
            if went >> place & 1:
                self._act(intent, held)
            if not intent.call.in_place:
                self._in_doubt(intent, held)
        self.flight[mine.pk].clear()
        self._pass()
        recover(self.now, mine.pk)
        self.holds[mine.pk] = hold(mine)

    # the providers

    def _act(self, intent: Intent, held: LaneHold) -> str:
        """The message's id, after the provider did what the call asks for."""
        delivery = Delivery.objects.get(pk=intent.delivery_id)
        key = intent.recipient_id, delivery.dispatch_id
        assert self.shown.get(key, 0) <= delivery.source_id, "an older revision reached a phone after a newer one"
        self.shown[key] = delivery.source_id
        if intent.call.in_place:
            self.changed[delivery.pk].add(intent.call.part)
            return intent.call.provider_id or ""
        self._require_words(delivery, intent)
        self.sent[delivery.pk][intent.call.part] += 1
        self.messages += 1
        provider_id = f"m{self.messages}" if held.config.kind == "whatsapp" else str(self.messages)
        if held.config.kind == "whatsapp":
            self.told.append(Told(intent.attempt_id, provider_id, _part(intent)))
        return provider_id

    def _require_words(self, delivery: Delivery, intent: Intent) -> None:
        release = Release.objects.select_related("revision").get(pk=delivery.source_id)
        if intent.call.part == 0:
            words = json.dumps(json.loads(intent.call.body), ensure_ascii=False)
            assert release.revision.headline in words, "other words than those released"

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 9999), status=st.sampled_from(STATUSES))
    def late_status(self, which: int, status: str) -> None:
        """Of any message there is, in any order, as often as it comes."""
        self._tell(self.told[which % len(self.told)], status)

    @precondition(lambda self: any(told.part in self.doubtful for told in self.told))
    @rule(which=st.integers(0, 9999), status=st.sampled_from(STATUSES))
    def late_status_of_what_is_in_doubt(self, which: int, status: str) -> None:
        found = [told for told in self.told if told.part in self.doubtful]
        self._tell(found[which % len(found)], status)

    @precondition(lambda self: any(told.part in self.out for told in self.told))
    @rule(which=st.integers(0, 9999))
    def late_failure_of_one_of_several_parts(self, which: int) -> None:
        found = [told for told in self.told if told.part in self.out and self._parts(told.part[0]) > 1]
        if found:
            self._tell(found[which % len(found)], "failed")

    def _tell(self, told: Told, status: str) -> None:
        """What the status says is believed at once."""
        self._pass(10)
        before = Delivery.objects.get(pk=told.part[0])
        said = Status(
            "u", told.provider_id, status, self.now, tag=told.tag, reason="undeliverable" * (status == "failed")
        )  # type: ignore[arg-type]
        assert receipts.record(self.lanes[1].pk, said, self.now)
        after = Delivery.objects.get(pk=told.part[0])
        if status == "failed":
            self._failed(told, before, after)
        elif told.provider_id not in self.failed:
            self._is_out(told.part)
            whole = sum(part[0] == before.pk for part in self.out) >= before.parts_total
            if whole and before.state in {"planned", "claimed", "handing", "unknown"}:
                assert after.state in OUT | {"failed"}, f"all of it is out, and it is {after.state}"

    def _failed(self, told: Told, before: Delivery, after: Delivery) -> None:
        """Of account is only what the newest attempt at this very part came to."""
        self.failed.add(told.provider_id)
        if self.newest[told.part] != told.tag:
            return
        if before.state in {"handed", "delivered"}:
            assert after.state == "failed", f"a part failed, and it is {after.state}"
        if before.state not in {"planned", "claimed"} or told.part in self.out:
            self.out.discard(told.part)
            self.doubtful.discard(told.part)

    def _parts(self, delivery: int) -> int:
        return Delivery.objects.get(pk=delivery).parts_total

    # what always holds

    @invariant()
    def states_move_as_the_table_says(self) -> None:
        for delivery, old, new in rows("SELECT delivery, old, new FROM moves", []):
            assert may_become(old, new), f"{delivery}: {old} -> {new}"

    @invariant()
    def handing_is_what_is_under_way(self) -> None:
        for lane, flight in self.flight.items():
            handing = Delivery.objects.filter(lane_id=lane, state="handing").values_list("pk", flat=True)
            under_way = {one.intent.delivery_id for one in flight}
            assert set(handing) <= under_way
            assert len(flight) <= CONCURRENCY

    @invariant()
    def the_sum_is_the_audience(self) -> None:
        for release, account in board.accounts([*Mailing.objects.values_list("pk", flat=True)]).items():
            assert account.adds_up, release
            assert account.audience == Delivery.objects.filter(source_kind=1, source_id=release).count()
        doubled = "SELECT 1 FROM delivery_delivery GROUP BY source_kind, source_id, recipient_id HAVING count(*)>1"
        assert not rows(doubled, [])

    @invariant()
    def what_counts_as_sent_is_on_the_phone(self) -> None:
        for one in Delivery.objects.filter(state__in=OUT):
            there = set(self.sent[one.pk]) | self.changed[one.pk]
            assert len(there) >= one.parts_total > 0, f"lost: {one.state}, {there} of {one.parts_total}"
            seen = self.shown[one.recipient_id, one.dispatch_id]
            if seen != one.source_id:
                assert seen > one.source_id, "a copy that counts as sent is not the one that came last"

    @invariant()
    def what_may_be_out_is_not_skipped(self) -> None:
        skipped = Delivery.objects.filter(state="skipped", pk__in={delivery for delivery, _ in self.doubtful})
        assert not skipped.exists(), "a kill would not reach it"

    @invariant()
    def what_a_status_tells_of_is_not_skipped_unsent(self) -> None:
        assert not Delivery.objects.filter(state="skipped", reason="nothing_to_do").exists()


@pytest.mark.parametrize("resend_flash", [False, True])
def test_the_newsroom_keeps_its_promises(
    telegram: Lane, whatsapp: Lane, resend_flash: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": NOW}
    monkeypatch.setattr(board, "now_ms", lambda: clock["now"])
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    Lane.objects.update(resend_flash=resend_flash)
    bounded = settings(
        max_examples=25, stateful_step_count=40, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(lambda: Newsroom([telegram, whatsapp], clock), settings=bounded)
