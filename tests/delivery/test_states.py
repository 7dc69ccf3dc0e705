"""What a delivery may become, as the design says; and what late statuses do to it."""

import itertools

import pytest

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.account import board
from barqia.delivery.lane import Effect, Status
from barqia.delivery.models import Attempt, Delivery, DeliveryState, Part
from barqia.delivery.planning import plan
from barqia.delivery.sending.attempts import AttemptIds
from barqia.delivery.sending.recovery import recover
from barqia.delivery.states import may_become
from barqia.desk.words import Slot, Words
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Release

ALLOWED = {
    ("planned", "claimed"), ("planned", "skipped"), ("planned", "handed"),
    ("planned", "unknown"), ("claimed", "unknown"),
    ("planned", "delivered"), ("planned", "read"), ("claimed", "handed"), ("claimed", "delivered"), ("claimed", "read"),
    ("failed", "planned"), ("claimed", "handing"), ("claimed", "planned"), ("claimed", "skipped"),
    ("claimed", "failed"), ("handing", "handed"), ("handing", "delivered"), ("handing", "read"), ("handing", "failed"),
    ("handing", "unknown"), ("handing", "planned"), ("handing", "skipped"), ("handed", "delivered"), ("handed", "read"),
    ("handed", "failed"), ("delivered", "read"), ("delivered", "failed"), ("unknown", "planned"), ("unknown", "handed"),
    ("unknown", "delivered"), ("unknown", "read"), ("unknown", "failed"), ("unknown", "skipped"),
    ("planned", "handed"), ("planned", "delivered"), ("planned", "read"),
    ("claimed", "handed"), ("claimed", "delivered"), ("claimed", "read"),
}  # fmt: skip


def test_the_table_of_moves() -> None:
    states = DeliveryState.values
    assert {pair for pair in itertools.product(states, states) if may_become(*pair)} == ALLOWED


def _reader(lane: Lane, address: str = "967700000001") -> Recipient:
    recipient = recipients.known(lane, address, None)
    recipient.status = Recipient.Status.ACTIVE
    recipient.save()
    interests.ask_everything(recipient)
    return recipient


def _planned(lane: Lane) -> Release:
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",)))
    release = desk.publish(None, item, 0)
    plan.start(1000)
    while plan.plan_slice(100, 1000) is not None:
        pass
    return release


@pytest.fixture
def delivery(whatsapp: Lane) -> Delivery:
    """One delivery that is handed, with its part and its attempt."""
    _reader(whatsapp)
    _planned(whatsapp)
    Delivery.objects.update(state="handed", parts_out=1, parts_total=1)
    found = Delivery.objects.get()
    common = {"lane_id": whatsapp.pk, "month": found.month, "delivery_id": found.pk}
    Part.objects.create(**common, number=0, provider_id="wamid.1", state="handed", sent_ms=1)
    Attempt.objects.create(pk=640, **common, part=0, started_ms=1, ended_ms=2, outcome="accepted")
    return found


def _status(name: str, **more: object) -> Status:
    return Status(**{"update_id": "u", "provider_id": "wamid.1", "status": name, "at_ms": 5, "tag": 640, **more})  # type: ignore[arg-type]


def test_statuses_in_any_order_end_in_the_latest(delivery: Delivery, whatsapp: Lane) -> None:
    for name in ("read", "sent", "delivered", "read"):
        assert receipts.record(whatsapp.pk, _status(name), 9)
    delivery.refresh_from_db()
    assert delivery.state == "read"


def test_a_late_failure_counts(delivery: Delivery, whatsapp: Lane) -> None:
    receipts.record(whatsapp.pk, _status("failed", reason="undeliverable", code="131026"), 9)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("failed", "undeliverable")


def test_a_status_of_nobody_is_no_delivery(whatsapp: Lane) -> None:
    assert not receipts.record(whatsapp.pk, _status("sent", tag=None, provider_id="wamid.x"), 9)


def test_what_a_dead_sender_left_is_unknown_and_a_status_settles_it(delivery: Delivery, whatsapp: Lane) -> None:
    Part.objects.all().delete()
    Attempt.objects.update(ended_ms=None)
    Delivery.objects.update(state="handing", parts_out=0)
    assert recover(10) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("unknown", "sender_died")
    receipts.record(whatsapp.pk, _status("delivered"), 20)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.parts_out) == ("delivered", 1)


def test_a_message_after_a_resend_is_sent_twice(delivery: Delivery, whatsapp: Lane) -> None:
    receipts.record(whatsapp.pk, _status("sent", provider_id="wamid.2"), 9)
    delivery.refresh_from_db()
    assert delivery.sent_twice


def test_an_opt_out_at_the_provider_unsubscribes(delivery: Delivery, whatsapp: Lane) -> None:
    receipts.record(whatsapp.pk, _status("failed", reason="stopped_marketing", effect=Effect.OPTED_OUT), 9)
    assert Recipient.objects.get().status == "blocked"


def test_the_account_adds_up_and_a_cancel_skips_the_rest(whatsapp: Lane) -> None:
    for number in range(5):
        _reader(whatsapp, f"96770000000{number}")
    release = _planned(whatsapp)
    account = board.account(release.pk)
    assert (account.audience, account.counts["planned"], account.adds_up) == (5, 5, True)
    assert board.cancel(None, release.pk) == 5
    account = board.account(release.pk)
    assert (account.counts["skipped"], account.cancelled, account.finished) == (5, True, True)


def test_who_subscribes_later_is_not_in_the_audience(whatsapp: Lane) -> None:
    _reader(whatsapp)
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",)))
    release = desk.publish(None, item, 0)
    _reader(whatsapp, "967700000009")
    plan.start(1000)
    while plan.plan_slice(100, 1000) is not None:
        pass
    assert board.account(release.pk).audience == 1


def test_a_reader_of_another_section_is_not_in_the_audience(whatsapp: Lane) -> None:
    recipient = _reader(whatsapp)
    interests.ask_section(recipient, "sport")
    assert board.account(_planned(whatsapp).pk).audience == 0


def test_attempt_ids_never_meet_another_lanes_and_rise_also_when_the_clock_falls_back() -> None:
    clock = [1_800_000_000_000]
    first, second = AttemptIds(lambda: clock[0], 1), AttemptIds(lambda: clock[0], 2)
    made = [ids.next() for ids in (first, second) for _ in range(300)]
    assert len({tag + part for tag in made for part in (0, 63)}) == 1200
    assert all(0 < tag < 1 << 63 for tag in made)
    clock[0] -= 60_000
    assert AttemptIds(lambda: clock[0], 1, after=made[299]).next() > made[299]
