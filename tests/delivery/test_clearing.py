"""Lanes that share transactions: who waits for whom, and what one lane's fault is to the others."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from barqia.delivery.handout import Embedded
from barqia.delivery.models import Delivery
from barqia.delivery.sending import intents
from barqia.delivery.sending.clearing import Clearing, settle
from barqia.delivery.sending.intents import IDLE_MS, Group, LaneHold, begin
from barqia.delivery.sending.outcomes import Result, Turn
from barqia.delivery.sending.worker import LaneWorker
from barqia.subscribers.models import Lane
from delivery.hand import NOW, accepted, hold, plan_all, publish, reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def holds(telegram: Lane, whatsapp: Lane) -> tuple[LaneHold, LaneHold]:
    return hold(telegram), hold(whatsapp)


class Committed(list[list[str]]):
    """A database that is always quick: the lanes of each transaction, by name."""

    async def __call__(self, _settle: object, turns: Sequence[Turn], _now: int) -> list[Group]:
        self.append([turn.hold.config.name for turn in turns])
        return [Group()] * len(turns)


async def _ask(clearing: Clearing, *asked: tuple[LaneHold, bool]) -> None:
    await asyncio.gather(*(clearing.exchange(lambda h=held: Turn(h, (), 1), hurried) for held, hurried in asked))


def test_what_can_wait_goes_together_and_what_cannot_takes_it_along(holds: tuple[LaneHold, LaneHold]) -> None:
    committed = Committed()
    telegram, whatsapp = holds

    async def run() -> list[float]:
        clearing, loop, took = Clearing(committed, lambda: NOW), asyncio.get_running_loop(), []
        for hurried in (False, True):
            began = loop.time()
            await _ask(clearing, (telegram, False), (whatsapp, hurried))
            took.append(loop.time() - began)
        return took

    patient, hurried = asyncio.run(run())
    assert committed == [["telegram", "whatsapp"]] * 2
    assert hurried < patient


def test_a_lane_in_doubt_goes_alone(holds: tuple[LaneHold, LaneHold]) -> None:
    committed = Committed()
    telegram, whatsapp = holds
    whatsapp.in_doubt = True
    asyncio.run(_ask(Clearing(committed, lambda: NOW), (telegram, True), (whatsapp, True)))
    assert sorted(committed) == [["telegram"], ["whatsapp"]]


def test_a_fault_in_one_lane_is_no_other_s_and_costs_no_answer(
    holds: tuple[LaneHold, LaneHold], telegram: Lane, whatsapp: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lane in (telegram, whatsapp):
        reader(lane, 1)
        reader(lane, 2)
    publish()
    plan_all()
    first = [begin(held, 1, NOW).intents[0] for held in holds]
    real: Any = intents.put_off.commit

    def fails(chunk: Any, *given: Any) -> None:
        if chunk.lane_id == telegram.pk:
            raise RuntimeError("a fault of ours")
        real(chunk, *given)

    monkeypatch.setattr(intents.put_off, "commit", fails)
    turns = [
        Turn(held, [Result(one, one.call, accepted(one.call, one.delivery_id), NOW)], 1)
        for held, one in zip(holds, first, strict=True)
    ]
    failed, went = settle(turns, NOW)
    assert isinstance(failed, RuntimeError)
    assert isinstance(went, Group)
    assert len(went.intents) == 1
    states = {lane: list(Delivery.objects.filter(lane_id=lane).order_by("pk").values_list("state", flat=True))
              for lane in (telegram.pk, whatsapp.pk)}  # fmt: skip
    assert states == {telegram.pk: ["delivered", "claimed"], whatsapp.pk: ["delivered", "handing"]}


def test_lanes_that_rest_are_looked_at_without_writing_until_something_is_due(
    holds: tuple[LaneHold, LaneHold], telegram: Lane
) -> None:
    turns = [Turn(held, (), 5) for held in holds]
    assert [group.idle for group in settle(turns, NOW) if isinstance(group, Group)] == [True, True]
    with CaptureQueriesContext(
        connection,
    ) as looked:
        settle(turns, NOW)
    assert [query["sql"].split()[0] for query in looked] == ["SELECT"] * len(looked)
    assert not any("FOR NO KEY" in query["sql"] for query in looked)
    reader(telegram, 1)
    publish()
    plan_all()
    woken, resting = settle(turns, NOW)
    assert isinstance(woken, Group)
    assert isinstance(resting, Group)
    assert (len(woken.intents), resting.idle) == (1, True)


def test_a_wake_that_comes_while_a_lane_finds_nothing_is_not_lost(telegram: Lane) -> None:
    """A flash that is planned just then would wait for seconds."""
    woken: list[LaneWorker] = []

    class Meanwhile(Clearing):
        async def exchange(self, turn: Any, hurried: bool) -> Group:  # noqa: ARG002 - the seam's
            turn()
            for worker in woken:
                worker.look_again()
            return Group(idle=True)

    def wait_after(wakes: int) -> float:
        worker = LaneWorker(telegram, Embedded(), None, Meanwhile(None, lambda: NOW), lambda: NOW)  # type: ignore[arg-type]
        worker._hold = held
        worker._bucket._tokens = 5
        woken[:] = [worker] * wakes
        asyncio.run(worker._turn_or_wait(sending=True))
        return worker._wait_ms(sending=True)

    held = hold(telegram)
    assert [wait_after(0), wait_after(1)] == [IDLE_MS, 0]
