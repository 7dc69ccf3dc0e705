"""The pace of a lane and of a recipient, whatever comes when: properties, with a clock that is given."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barqia.delivery.pacing.gates import Gates
from barqia.delivery.pacing.pace import Bucket

START = 1_800_000_000_000
PAUSES = st.lists(st.integers(0, 400), min_size=1, max_size=400)
WANTED = st.lists(st.integers(1, 300), min_size=1, max_size=50)
PAIR_MS, PAIR_BURST = 6000, 45
CROWD, CROWD_MS = 20, 60_000
READER, GROUP = (1, "reader"), (2, "group")


def _most_in(times: list[int], window_ms: int) -> int:
    """The most that began in any window of this length."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - window_ms:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize(("rate", "after_ms", "tokens"), [(10, 100, 1), (10, 50, 0), (1000, 100, 100), (10, 60_000, 2)])
def test_a_bucket_keeps_its_rate_and_starts_empty(rate: float, after_ms: int, tokens: int) -> None:
    bucket = Bucket(rate, 0)
    assert bucket.available(0) == 0
    assert bucket.available(after_ms) == tokens


@given(rate=st.integers(1, 1000), pauses=PAUSES, wanted=WANTED)
def test_no_second_has_more_than_the_rate(rate: int, pauses: list[int], wanted: list[int]) -> None:
    bucket, now, taken = Bucket(rate, START), START, Counter[int]()
    for turn, pause in enumerate(pauses):
        now += pause
        count = min(wanted[turn % len(wanted)], bucket.available(now))
        bucket.take(count, now)
        taken[now] += count
    assert _most_in(sorted(taken.elements()), 1000) <= rate


@given(rate=st.integers(1, 1000), ahead_ms=st.integers(0, 50), pauses=PAUSES)
def test_what_is_foretold_is_there_then_and_not_before(rate: int, ahead_ms: int, pauses: list[int]) -> None:
    bucket, now = Bucket(rate, START), START
    for pause in pauses[:50]:
        now += pause
        foretold = bucket.available(now, ahead_ms)
        assert foretold >= bucket.available(now)
        assert bucket.available(now + ahead_ms) == foretold
        now += ahead_ms
        bucket.take(foretold, now)


@given(rate=st.integers(1, 1000), lags=PAUSES, wanted=WANTED)
def test_what_left_late_counts_from_when_it_left(rate: int, lags: list[int], wanted: list[int]) -> None:
    bucket, now, left = Bucket(rate, START), START, Counter[int]()
    for turn, lag in enumerate(lags):
        count = min(wanted[turn % len(wanted)], bucket.available(now))
        bucket.take(count, now)
        now += lag
        if count:
            bucket.left(now)
        left[now] += count
        now += 5
    assert _most_in(sorted(left.elements()), 1000) <= rate


@given(rate=st.integers(20, 1000), step=st.integers(1, 5))
def test_where_all_is_wanted_the_rate_is_used(rate: int, step: int) -> None:
    bucket, taken, seconds = Bucket(rate, START), 0, 20
    for now in range(START, START + seconds * 1000, step):
        count = bucket.available(now)
        bucket.take(count, now)
        taken += count
    assert taken >= 0.98 * rate * seconds


@given(rate=st.integers(1, 1000), count=st.integers(1, 5), pauses=PAUSES)
def test_who_waits_as_told_finds_what_was_wanted(rate: int, count: int, pauses: list[int]) -> None:
    bucket, now = Bucket(rate, START), START
    wanted = min(count, max(1, rate // 4))
    for pause in pauses[:50]:
        now += pause
        now += int(bucket.wait_ms(wanted, now)) + 1
        assert bucket.available(now) >= wanted
        bucket.take(wanted, now)


@given(rate=st.integers(10, 1000), back=st.integers(1, 10**10))
def test_a_bucket_goes_on_when_the_clock_is_set_back(rate: int, back: int) -> None:
    bucket = Bucket(rate, START)
    bucket.take(bucket.available(START + 500), START + 500)
    now = START + 500 - back
    assert bucket.available(now) <= rate
    assert bucket.available(now + 2000) >= 1


def _sent(gates: Gates, recipient: tuple[int, str], pauses: list[int], *, urgent: bool = False) -> list[int]:
    """Somebody always wants to write and looks after each pause; when it was let through."""
    now, times = START, []
    for pause in pauses:
        now += pause
        if gates.free_at(*recipient, now, urgent) <= now:
            gates.sent(*recipient, now)
            times.append(now)
    return times


@given(pauses=st.lists(st.integers(0, 9000), min_size=1, max_size=300), urgent=st.booleans())
def test_a_group_has_no_more_than_its_twenty_in_any_minute(pauses: list[int], urgent: bool) -> None:
    times = _sent(Gates(1000, crowd=(CROWD, CROWD_MS)), GROUP, pauses, urgent=urgent)
    assert _most_in(times, CROWD_MS) <= (CROWD if urgent else 18)
    assert _most_in(times, 1000) <= 1


@given(pauses=st.lists(st.integers(0, 9000), min_size=1, max_size=300), urgent=st.booleans())
def test_a_pair_has_its_burst_and_then_pays_it_off(pauses: list[int], urgent: bool) -> None:
    times = _sent(Gates(PAIR_MS, PAIR_BURST), READER, pauses, urgent=urgent)
    burst = PAIR_BURST if urgent else PAIR_BURST - 5
    for first, began in enumerate(times):
        for count, at in enumerate(times[first:], 1):
            assert count <= burst + (at - began) // PAIR_MS, "in no stretch of time more than the burst and its pay"
    assert len(times) >= min(burst, len(pauses)), "the burst goes at once"


def test_what_is_urgent_finds_room_that_routine_left() -> None:
    for gates, recipient in ((Gates(PAIR_MS, PAIR_BURST), READER), (Gates(0, crowd=(CROWD, CROWD_MS)), GROUP)):
        _sent(gates, recipient, [0] * 100)
        assert gates.free_at(*recipient, START) > START
        assert len(_sent(gates, recipient, [0] * 100, urgent=True)) == (5 if recipient is READER else 2)


def test_a_gate_is_of_one_recipient_and_a_crowds_of_no_reader() -> None:
    gates = Gates(1000, crowd=(CROWD, CROWD_MS))
    gates.sent(*READER, START)
    assert gates.free_at(*READER, START) == START + 1000
    assert gates.free_at(3, "reader", START) <= START
    assert len(_sent(gates, READER, [1000] * 50)) == 50


@given(back=st.integers(1, 10**10), pauses=st.lists(st.integers(0, 3000), min_size=1, max_size=60))
def test_nobody_waits_longer_because_the_clock_was_set_back(back: int, pauses: list[int]) -> None:
    for gates, recipient in ((Gates(PAIR_MS, PAIR_BURST), READER), (Gates(1000, crowd=(CROWD, CROWD_MS)), GROUP)):
        now = START + sum(pauses)
        _sent(gates, recipient, pauses)
        longest = max(0, gates.free_at(*recipient, now) - now)
        assert gates.free_at(*recipient, now - back) - (now - back) <= longest
