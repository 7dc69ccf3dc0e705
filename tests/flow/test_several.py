"""Three workers over a cluster of three NATS servers, in one mailing: each of them, and the database, fails in turn.

`BARQIA_LONG=1` goes through the failures ten times over. Take-overs are printed, not asserted: they are timed
by `benchmarks/takeover.py`.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import postgresql
from flow.several import SeveralWire, most_in_a_second, several_wire
from flow.wire import BOT, CONCURRENCY, wait_until
from jetstream import Servers

ROUNDS = 10 if os.environ.get("BARQIA_LONG") else 1
RATE = 40
# enough for a mailing that is under way during all of a round
READERS = 1_600 * ROUNDS
MARK = "سوق الوادي"
TEXT = f"افتتاح {MARK}\n\nوادي الزيزفون-برقية\nقال مدير السوق سامي العامر إن {MARK} مفتوح.\n"
WORKERS = (0, 1, 2)
LANES = ("telegram", "whatsapp")
TAKEN_OVER = 30


@pytest.fixture
def cluster() -> Iterator[postgresql.Cluster]:
    made = postgresql.Cluster()
    yield made
    made.remove()


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path, 3)
    yield made
    made.stop()


@pytest.mark.faults
@pytest.mark.timeout(300 * ROUNDS)
def test_whatever_fails_nobody_is_missed_and_nothing_goes_twice(
    tmp_path: Path, nats: Servers, cluster: postgresql.Cluster
) -> None:
    chance = random.Random(20261125)
    with several_wire(tmp_path, nats, cluster, telegram_rate=RATE, whatsapp_rate=RATE) as made:
        telegram = made.sandbox.add_phones(READERS, started_bot=BOT)
        whatsapp = made.sandbox.add_phones(READERS)
        made.subscribe(telegram, whatsapp)
        for number in WORKERS:
            made.start_worker(number)
        for lane in LANES:
            made.holder(lane)
        made.publish(TEXT)
        for _round in range(ROUNDS):
            _kill_a_worker(made, chance.choice(LANES))
            _kill_a_leader(made, chance.choice(LANES))
            _restart_the_database(made)
            _cut_a_server_off(made, chance.randrange(3))
            _stand_a_worker_still(made, chance.choice(LANES))
        wait_until(made.finished, 60 + 4 * READERS / RATE, "the mailing")
        _judge(made, {str(p["telegram_id"]) for p in telegram} | {str(p["number"]) for p in whatsapp})


def _goes_on(made: SeveralWire, lane: str, what: str) -> None:
    """Wait until this lane sends again, and say how long that took."""
    began, before = time.monotonic(), made.sent(lane)
    wait_until(lambda: made.sent(lane) > before + 2 * CONCURRENCY, TAKEN_OVER, f"{lane} to go on after {what}")
    print(f"{what}: {lane} had sent {2 * CONCURRENCY} more after {time.monotonic() - began:.1f} s")


def _kill_a_worker(made: SeveralWire, lane: str) -> None:
    number = made.holder(lane)
    made.signal(number, signal.SIGKILL)
    _goes_on(made, lane, "worker SIGKILLed")
    assert made.holder(lane) != number
    made.start_worker(number)


def _kill_a_leader(made: SeveralWire, lane: str) -> None:
    leader = made.nats.leader(made.stream(), f"lane-{made.lane(lane)}")
    made.nats.signal(leader, signal.SIGKILL)
    _goes_on(made, lane, "NATS leader SIGKILLed")
    made.nats.start(leader)


def _restart_the_database(made: SeveralWire) -> None:
    made.cluster.stop(signal.SIGQUIT)
    made.cluster.start()
    for lane in LANES:
        _goes_on(made, lane, "PostgreSQL crashed and started")


def _cut_a_server_off(made: SeveralWire, server: int) -> None:
    made.nats.signal(server, signal.SIGSTOP)
    for lane in LANES:
        _goes_on(made, lane, "a NATS server cut off")
    made.nats.signal(server, signal.SIGCONT)


def _stand_a_worker_still(made: SeveralWire, lane: str) -> None:
    """Past its take-over, and awake again: what it then commits are the answers to calls it had begun."""
    number, epoch = made.holder(lane), made.epoch(lane)
    made.signal(number, signal.SIGSTOP)
    wait_until(lambda: made.epoch(lane) > epoch, TAKEN_OVER, "the take-over")
    _goes_on(made, lane, "worker SIGSTOPped")
    made.signal(number, signal.SIGCONT)


def _judge(made: SeveralWire, audience: set[str]) -> None:
    seen = Counter(address for address, method, words in made.acts() if MARK in words and method.startswith("send"))
    states = made.delivery_states()
    print("states:", dict(Counter(states.values())), "messages:", sum(seen.values()))
    assert set(states) == audience, "every reader has a delivery"
    out = {address for address, state in states.items() if state in {"handed", "delivered", "read"}}
    unknown = {address for address, state in states.items() if state == "unknown"}
    assert out | unknown == audience, "nobody is missed: received or unknown"
    assert {seen[address] for address in out} == {1}, "what is accounted for as sent is there exactly once"
    assert all(seen[address] <= 1 for address in unknown), "nothing that is unknown went out twice"
    assert len(unknown) <= CONCURRENCY * ROUNDS * 2, "only calls that were under way are unknown"
    for lane in LANES:
        begun = [
            at / 1000 for (at,) in made.rows("SELECT started_ms FROM delivery_attempt WHERE lane_id=?", made.lane(lane))
        ]
        print(
            f"{lane}: at most {most_in_a_second(begun)} begun, {most_in_a_second(made.times(lane))} arrived in a second"
        )
        assert most_in_a_second(begun) <= RATE, "all workers together keep the lane's pace"


@pytest.mark.faults
@pytest.mark.timeout(120)
def test_a_worker_that_wakes_after_its_lane_was_taken_sends_nothing(
    tmp_path: Path, nats: Servers, cluster: postgresql.Cluster
) -> None:
    with several_wire(tmp_path, nats, cluster, telegram_rate=RATE) as made:
        made.subscribe(made.sandbox.add_phones(200, started_bot=BOT), [])
        made.start_worker(0)
        first = made.holder()
        made.start_worker(1)
        made.publish(TEXT)
        wait_until(lambda: made.sent("telegram") > CONCURRENCY, 30, "the first readers")
        made.signal(first, signal.SIGSTOP)
        made.holder(but=first)
        wait_until(lambda: not set(made.states()) & {"planned", "claimed"}, 30, "the other to begin the rest")
        wait_until(lambda: made.sent("telegram") == 200, 10, "the other's last calls to come")
        made.signal(first, signal.SIGCONT)
        wait_until(made.finished, 50, "the answers to what it had begun")
        made.signal(first, signal.SIGTERM)
        assert made.sent("telegram") == 200
        assert set(made.states()) <= {"delivered", "unknown"}
        assert made.states()["delivered"] >= 200 - CONCURRENCY
