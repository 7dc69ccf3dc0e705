"""What every hand-out keeps, whichever engine: the embedded one under its lock, and the one over NATS."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from django.db import connections

from barqia.delivery import handout as seam
from barqia.delivery.handout import Embedded, Handout
from barqia.delivery.lane import Call, Reply
from barqia.delivery.models import Delivery
from barqia.delivery.sending.engine import Sender
from barqia.delivery.sending.lock import DataLock
from barqia.delivery.several.bus import Bus
from barqia.delivery.several.handout import Nats
from barqia.delivery.transport.http import Done, Http
from barqia.errors import InUse
from barqia.subscribers.models import Lane
from delivery.hand import publish, reader
from jetstream import Servers

LANE, OTHER = 1, 2
READERS = 30


class Engine(Protocol):
    """Processes of one installation, each with a hand-out of its own."""

    async def process(self) -> Handout:
        """Another process. Raises InUse where there can be but one."""

    async def die(self, handout: Handout) -> None:
        """As after SIGKILL: nothing is given back."""


class OnOneMachine:
    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, ExitStack()

    async def process(self) -> Handout:
        self._lock.enter_context(DataLock(self._folder))
        return Embedded()

    async def die(self, _handout: Handout) -> None:
        self._lock.close()


class OnSeveral:
    def __init__(self, servers: Servers) -> None:
        self._servers, self._name = servers, f"test-{uuid4().hex[:8]}"

    async def process(self) -> Handout:
        return Nats(Bus(self._servers.address, self._name))

    async def die(self, handout: Handout) -> None:
        assert isinstance(handout, Nats)
        for task in (*handout._tasks.values(), handout._sweeping):
            if task is not None:
                task.cancel()
        await handout._bus.close()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    made = Servers(tmp_path_factory.mktemp("nats"))
    yield made
    made.stop()


@pytest.fixture(params=["embedded", "nats"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    return OnOneMachine(tmp_path) if request.param == "embedded" else OnSeveral(request.getfixturevalue("servers"))


@pytest.fixture
async def first(engine: Engine) -> AsyncIterator[Handout]:
    """A process that holds both lanes."""
    handout = await _joined(engine)
    await until(lambda: handout.holds(LANE) and handout.holds(OTHER) and handout.plans())
    yield handout
    await handout.leave()


async def _joined(engine: Engine) -> Handout:
    handout = await engine.process()
    await handout.join()
    await handout.keep({LANE, OTHER}, [LANE, OTHER])
    return handout


async def until(done: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


async def second(engine: Engine) -> Handout | None:
    """Another process; None where the engine lets none begin."""
    try:
        return await _joined(engine)
    except InUse:
        return None


async def test_a_lane_is_held_by_one_process_and_one_plans(engine: Engine, first: Handout) -> None:
    other = await second(engine)
    for _look in range(50):
        assert first.holds(LANE)
        assert first.plans()
        assert other is None or not (other.holds(LANE) or other.holds(OTHER) or other.plans())
        await asyncio.sleep(0.05)
    if other is not None:
        await other.leave()


async def test_another_takes_over_what_a_dead_process_held(engine: Engine, first: Handout) -> None:
    waiting = await second(engine)
    await engine.die(first)
    heir = waiting or await _joined(engine)
    await until(lambda: heir.holds(LANE) and heir.holds(OTHER) and heir.plans())
    await heir.leave()


async def test_what_was_added_to_a_lane_wakes_its_holder_and_no_other_lanes(first: Handout) -> None:
    for lane in (LANE, OTHER):
        first.wake(lane)
        await asyncio.wait_for(first.wait(lane), 5)
    waiting = {lane: asyncio.create_task(first.wait(lane)) for lane in (LANE, OTHER)}
    await asyncio.sleep(0.1)
    await first.offer(LANE)
    await asyncio.wait_for(waiting[LANE], 5)
    assert not waiting[OTHER].done()
    first.wake_all()
    await asyncio.wait_for(waiting[OTHER], 5)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Accepts everything after a while; (chat, text) of what it got."""
    got: list[tuple[int, str]] = []

    def start(_self: Http, made: Call, done: Done, _seconds: float = 30) -> None:
        said = json.loads(made.body)
        got.append((said["chat_id"], said["text"]))
        answer = Reply(200, {}, json.dumps({"ok": True, "result": {"message_id": len(got)}}).encode())
        asyncio.get_running_loop().call_later(0.1, done, answer)

    monkeypatch.setattr(Http, "start", start)
    return got


@pytest.fixture
def lane(telegram: Lane) -> Lane:
    Lane.objects.filter(pk=telegram.pk).update(rate=40, recipient_interval_ms=0, concurrency=5)
    for chat in range(READERS):
        reader(telegram, chat + 1)
    return telegram


async def sending(engine: Engine, midway: Callable[[], None], provider: list[tuple[int, str]], until_sent: int) -> None:
    """A sender on this engine; `midway` is done elsewhere when a few are out; it is stopped after so many."""
    stop = asyncio.Event()
    task = asyncio.create_task(Sender(await engine.process()).run(stop))
    try:
        await until(lambda: len(provider) >= 5 or task.done())
        await asyncio.to_thread(_elsewhere, midway)
        await until(lambda: len(provider) >= until_sent or task.done(), 30)
    finally:
        stop.set()
        await task


def _elsewhere(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connections.close_all()


def _states() -> dict[str, int]:
    states = list(Delivery.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in set(states)}


@pytest.mark.django_db(transaction=True)
def test_a_flash_takes_the_lane_between_two_groups(engine: Engine, lane: Lane, provider: list[tuple[int, str]]) -> None:
    publish("عادي")
    asyncio.run(sending(engine, lambda: publish("عاجل", urgency=1) and None, provider, 2 * READERS))
    order = ["عاجل" in text for _chat, text in provider]
    assert sum(order) == READERS
    before = order.index(True)
    assert before < READERS, "it came in the middle"
    assert order[before : before + READERS].count(False) <= 5, "only the calls under way went between"
    assert _states() == {"delivered": 2 * READERS}


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_epoch_sends_nothing_until_it_holds_the_lane_again(
    engine: Engine, lane: Lane, provider: list[tuple[int, str]]
) -> None:
    publish()
    asyncio.run(sending(engine, lambda: seam.hold(lane.pk) and None, provider, READERS))
    lane.refresh_from_db()
    assert lane.epoch >= 3, "its first hold, the other's, its next one"
    assert sorted(chat for chat, _text in provider) == list(range(1, READERS + 1)), "once each"


@pytest.mark.django_db(transaction=True)
def test_a_stop_ends_what_is_under_way_and_commits_its_answers(
    engine: Engine, lane: Lane, provider: list[tuple[int, str]]
) -> None:
    publish()
    asyncio.run(sending(engine, lambda: None, provider, 10))
    assert len(provider) < READERS
    assert _states()["delivered"] == len(provider)
    assert not set(_states()) & {"handing", "unknown"}
