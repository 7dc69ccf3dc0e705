"""The gates in the loop: who is above a limit waits and never fails, and nobody else waits with them."""

from collections.abc import Sequence

import pytest

from barqia import desk
from barqia.delivery.costs.preview import preview
from barqia.delivery.lane import Accepted, Quota
from barqia.delivery.models import Chunk, Delivery, Portfolio, Reached
from barqia.delivery.pacing.gates import Gates
from barqia.delivery.sending.intents import LaneHold, begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import recent_sends
from barqia.subscribers.lanes import add_channel
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch
from delivery.hand import HOUR, LONG, NOW, hold, plan_all, publish, reader

DAY = 24 * HOUR


def _send(held: LaneHold, now: int) -> list[tuple[int, int]]:
    """All that may go at this moment, accepted; (recipient, source)."""
    made = []
    while not (group := begin(held, 100, now)).idle:
        for intent in group.intents:
            held.gates.sent(intent.recipient_id, intent.kind, now)
            delivery = Delivery.objects.get(pk=intent.delivery_id)
            made.append((intent.recipient_id, delivery.source_id))
            commit(held, [Result(intent, intent.call, Accepted(str(intent.attempt_id), delivered=True), now)], now)
    return made


def _with(lane: Lane, gates: Gates | None = None, quota: Quota | None = None) -> LaneHold:
    held = hold(lane)
    held.gates, held.quota = gates or Gates(0), quota
    return held


def test_a_flash_waits_for_no_other_readers_gate_and_is_not_passed_by_routine_news(telegram: Lane) -> None:
    readers = [reader(telegram, chat).pk for chat in range(1, 7)]
    held = _with(telegram, Gates(1000))
    _item, routine = publish()
    plan_all()
    group = begin(held, 3, NOW + 1000)
    for intent in group.intents:
        held.gates.sent(intent.recipient_id, intent.kind, NOW + 1000)
        commit(held, [Result(intent, intent.call, Accepted("7", delivered=True), NOW + 1000)], NOW + 1000)
    _item, flash = publish(urgency=1)
    plan_all()
    # three have just had the routine news; the other three get the flash at once, then their own gates are shut
    assert _send(held, NOW + 1100) == [(one, flash.pk) for one in readers[3:]]
    assert _send(held, NOW + 2000) == [(one, flash.pk) for one in readers[:3]]
    assert _send(held, NOW + 2100) == [(one, routine.pk) for one in readers[3:]]


def test_a_channel_has_twenty_a_minute_and_two_of_them_are_kept_for_a_flash(telegram: Lane) -> None:
    channel = add_channel(telegram, "-1001")
    reader(telegram, 1)
    for _ in range(25):
        publish()
    _item, flash = publish(urgency=1)
    plan_all()
    Delivery.objects.filter(source_id=flash.pk).update(not_before_ms=NOW + 2000)
    held = _with(telegram, Gates(0, crowd=(20, 60_000)))
    sent = [one for one, _source in _send(held, NOW + 1000)]
    assert (sent.count(channel.pk), len(sent)) == (18, 18 + 25), "readers do not wait for the channel"
    assert (channel.pk, flash.pk) in _send(held, NOW + 2000)
    later = Chunk.objects.filter(done=False)
    assert set(later.values_list("not_before_ms", flat=True)) == {NOW + 70_000}, "put off far, in chunks of their own"
    assert [one for one, _source in _send(held, NOW + 70_000)] == [channel.pk] * 7


def test_a_groups_minute_is_remembered_by_the_next_holder(telegram: Lane) -> None:
    channel = add_channel(telegram, "-1001")
    person = reader(telegram, 1)
    for _ in range(3):
        publish()
    plan_all()
    _send(_with(telegram), NOW + 1000)
    recent = recent_sends(telegram.pk, NOW + 5000, NOW - 55_000)
    assert [(one, kind) for one, kind, _at in recent] == [(channel.pk, "channel")] * 3
    gates = Gates(1000, crowd=(20, 60_000))
    for one, kind, at in recent_sends(telegram.pk, NOW + 500, NOW - 59_000):
        gates.sent(one, kind, at)
    assert gates.free_at(person.pk, "reader", NOW + 1001) > NOW + 1001


def test_parts_of_a_long_dispatch_are_a_burst(whatsapp: Lane) -> None:
    reader(whatsapp, 967700000001)
    publish(LONG)
    plan_all()
    held = _with(whatsapp, Gates(whatsapp.recipient_interval_ms, whatsapp.recipient_burst))
    assert (whatsapp.recipient_interval_ms, whatsapp.recipient_burst) == (6000, 45)
    assert len(_send(held, NOW + 1000)) == 3


@pytest.fixture
def outside(whatsapp: Lane) -> list[int]:
    """Ten readers outside their window, on a lane with a template."""
    whatsapp.settings |= {"template": "news"}
    whatsapp.save()
    found = [reader(whatsapp, 967700000000 + number).pk for number in range(10)]
    Recipient.objects.update(last_inbound_ms=NOW - 2 * DAY)
    return found


def _states(item: Dispatch) -> dict[str, int]:
    found = Delivery.objects.filter(dispatch_id=item.pk).values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


def _sent_to(sent: Sequence[tuple[int, int]]) -> list[int]:
    return [recipient for recipient, _source in sent]


def test_who_is_above_the_days_quota_is_put_off_until_it_has_room(whatsapp: Lane, outside: list[int]) -> None:
    item, _release = publish()
    plan_all()
    held = _with(whatsapp, quota=Quota("p", 4))
    assert _sent_to(_send(held, NOW + 1000)) == outside[:4]
    assert _states(item) == {"delivered": 4, "planned": 6}, "nobody has failed"
    due = set(Delivery.objects.filter(state="planned").values_list("not_before_ms", flat=True))
    assert due == {NOW + 10_000 + DAY}, "when the first of the four is a day ago"
    assert not _send(held, NOW + DAY - 5000)
    Delivery.objects.update(expires_ms=NOW + 9 * DAY)
    assert _sent_to(_send(held, NOW + 10_000 + DAY)) == outside[4:8]


def test_who_was_written_to_today_and_who_wrote_to_us_need_no_room(whatsapp: Lane, outside: list[int]) -> None:
    Recipient.objects.filter(pk=outside[9]).update(last_inbound_ms=NOW)
    quota = Quota("p", 4)
    for turn, expected in enumerate(([*outside[:4], outside[9]], [*outside[:4], outside[9]])):
        publish()
        plan_all()
        assert _sent_to(_send(_with(whatsapp, quota=quota), NOW + 1000 + turn)) == expected
    assert set(Reached.objects.values_list("recipient_id", flat=True)) == set(outside[:4])
    assert Portfolio.objects.get().reached == 4


def test_lanes_of_one_portfolio_share_its_quota(whatsapp: Lane, outside: list[int]) -> None:
    from barqia.project.commands.lanes import make

    second = make("second", "whatsapp", "ثانٍ", whatsapp.settings, {"access_token": "b"})
    reader(second, 967711111111)
    Recipient.objects.update(last_inbound_ms=NOW - 2 * DAY)
    publish()
    plan_all()
    assert len(_send(_with(whatsapp, quota=Quota("p", 10)), NOW + 1000)) == 10
    assert not _send(_with(second, quota=Quota("p", 10)), NOW + 1000)
    assert len(_send(_with(second, quota=Quota("another", 10)), NOW + DAY + 20_000)) == 0, "it waits where it was put"


def test_an_opt_out_takes_no_place(whatsapp: Lane, outside: list[int]) -> None:
    publish()
    plan_all()
    Recipient.objects.filter(pk=outside[0]).update(status="unsubscribed")
    _send(_with(whatsapp, quota=Quota("p", 4)), NOW + 1000)
    assert sorted(Reached.objects.values_list("recipient_id", flat=True)) == outside[1:4]
    assert Portfolio.objects.get().reached == 3


def test_the_preview_says_how_many_wait_for_room_and_until_when(whatsapp: Lane, outside: list[int]) -> None:
    whatsapp.settings |= {"daily_limit": "250", "portfolio": "p"}
    whatsapp.save()
    item = desk.save(None, desk.words.Words("عنوان", "نص"), desk.words.Slot(("politics",), 5))
    assert preview(item, "publish", NOW).beyond == 0
    others = [Reached(portfolio="p", lane_id=99, recipient_id=10_000 + n, at_ms=NOW - n) for n in range(246)]
    Reached.objects.bulk_create([*others, Reached(portfolio="p", lane_id=99, recipient_id=9999, at_ms=NOW - DAY)])
    (lane,) = preview(item, "publish", NOW).lanes
    assert (lane.audience, lane.beyond) == (10, 6)
    assert NOW < lane.beyond_until_ms <= NOW + DAY
    Reached.objects.create(portfolio="p", lane_id=whatsapp.pk, recipient_id=outside[0], at_ms=NOW - 1)
    (lane,) = preview(item, "publish", NOW).lanes
    assert lane.beyond == 6, "one place fewer, and one reader fewer who needs one"


def test_the_preview_says_what_a_paid_broadcast_costs(telegram: Lane) -> None:
    for chat in range(30):
        reader(telegram, chat + 1)
    item = desk.save(None, desk.words.Words("عنوان", "نص"), desk.words.Slot(("politics",), 5))
    assert preview(item, "publish", NOW).stars == 0
    telegram.settings |= {"allow_paid_broadcast": "yes"}
    telegram.save()
    assert preview(item, "publish", NOW).stars == 3.0
