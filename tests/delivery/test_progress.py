"""How fast a mailing goes, when it ends, and why it stands still."""

from dataclasses import replace

import pytest

from barqia.delivery import clients
from barqia.delivery.account import board, progress
from barqia.delivery.account.looks import lately
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Call, Outcome, Throttled
from barqia.delivery.models import Attempt, Chunk, Delivery, Pulse
from barqia.delivery.sending import put_off
from barqia.project.commands.lanes import make
from barqia.subscribers.models import Lane
from barqia.wire.models import Release
from delivery.hand import plan_all, publish, reader, send


@pytest.fixture
def release(telegram: Lane) -> Release:
    """A mailing to 200 that a living sender has on its lane, of 10 a second."""
    Lane.objects.update(rate=10)
    for chat in range(200):
        reader(telegram, chat + 1)
    _item, made = publish()
    plan_all(now_ms())
    Pulse.objects.create(worker="w", at_ms=now_ms(), lanes=[telegram.pk], plans=True)
    return made


def _sent(count: int, over_ms: int) -> None:
    """So many have gone, evenly over this long until now."""
    now = now_ms()
    for place, one in enumerate(Delivery.objects.order_by("pk")[:count]):
        at = now - over_ms + place * over_ms // count
        Attempt.objects.create(
            pk=64 * one.pk, lane_id=one.lane_id, month=one.month, delivery_id=one.pk, part=0, started_ms=at,
            outcome="accepted",
        )  # fmt: skip
        Delivery.objects.filter(pk=one.pk).update(state="delivered", parts_out=1, parts_total=1)


def test_the_end_is_by_the_lanes_pace_and_by_what_it_did_where_that_is_less(release: Release) -> None:
    assert board.account(release.pk).seconds_left == 20
    _sent(100, 50_000)
    account = board.account(release.pk)
    assert account.rate == pytest.approx(2, rel=0.1)
    assert account.seconds_left == pytest.approx(50, rel=0.1)
    Lane.objects.update(rate=1)
    assert board.account(release.pk).seconds_left == 100
    Attempt.objects.update(started_ms=now_ms() - 70_000)
    assert board.account(release.pk).rate == 0


@pytest.mark.parametrize(
    ("lane", "why"),
    [
        ({"alert": "identity: 401"}, "stopped"),
        ({"paused": True}, "paused"),
        ({"trouble": "no_answer"}, "no_answer"),
    ],
)
def test_a_mailing_that_stands_still_says_why(release: Release, lane: dict[str, object], why: str) -> None:
    Lane.objects.update(**lane)
    account = board.account(release.pk)
    assert [each.held_up.why for each in account.held_up_lanes] == [why]
    assert account.seconds_left is None


def test_nobody_who_sends_is_said(release: Release) -> None:
    Pulse.objects.update(lanes=[])
    assert board.account(release.pk).held_up_lanes[0].held_up.why == "no_sender"
    Pulse.objects.update(at_ms=now_ms() - 60_000)
    assert board.account(release.pk).seconds_left is None


@pytest.mark.parametrize("why", ["throttled", "waiting"])
def test_what_waits_until_a_time_ends_after_it(release: Release, why: str) -> None:
    until = now_ms() + 100_000
    if why == "throttled":
        Lane.objects.update(paused_until_ms=until)
    else:
        Chunk.objects.update(not_before_ms=until)
    account = board.account(release.pk)
    assert account.held_up_lanes[0].held_up == progress.HeldUp(why, until)
    assert account.seconds_left == pytest.approx(120, abs=5)


def test_the_end_is_no_sooner_than_the_last_who_was_put_off(release: Release) -> None:
    one, until = Delivery.objects.earliest("pk"), now_ms() + 3_600_000
    Delivery.objects.filter(pk=one.pk).update(state="claimed")
    put_off.commit(Chunk.objects.get(pk=one.chunk_id), [(until, one.pk)], now_ms())
    account = board.account(release.pk)
    assert not account.held_up_lanes, "the others go on"
    assert account.seconds_left == pytest.approx(3600, abs=15)
    Delivery.objects.filter(pk=one.pk).update(state="failed")
    assert board.account(release.pk).seconds_left == pytest.approx(20, abs=1)


def test_the_end_waits_for_a_client_newsroom_that_is_tried_again(newsroom: object) -> None:
    lane = make("clients", "client", "عملاء", {}, {})
    for letter in "ab":
        clients.add(lane, letter, f"https://{letter}.example/")
    Pulse.objects.create(worker="w", at_ms=now_ms(), lanes=[lane.pk], plans=True)
    _item, made = publish()
    now = now_ms()
    plan_all(now)

    def a_fails(call: Call) -> Outcome | None:
        return Throttled(600_000, False, "503") if call.url == "https://a.example/" else None

    send(lane, now, a_fails)
    account = board.account(made.pk)
    assert account.counts["delivered"] == account.counts["planned"] == 1
    assert account.seconds_left == pytest.approx(600, abs=30)


def test_a_finished_mailing_is_held_up_by_nothing(release: Release) -> None:
    Lane.objects.update(paused=True)
    board.cancel(None, release.pk)
    assert not board.account(release.pk).held_up_lanes


def test_the_uncounted_account_is_the_same(release: Release) -> None:
    _sent(10, 5000)
    Lane.objects.update(paused=True)
    counted = board.account(release.pk)
    uncounted = board.accounts([release.pk], counted=False)[release.pk]
    assert replace(counted, lanes=()) == replace(uncounted, lanes=())
    assert (counted.counts, counted.adds_up) == (uncounted.counts, True)


def test_a_dear_look_serves_others_and_a_fresh_one_replaces_it() -> None:
    looks = iter(range(9))

    def look() -> int:
        sum(range(2_000_000))
        return next(looks)

    assert lately("a-test", look) == lately("a-test", look)
    assert lately("a-test", look, fresh=True) == 1
