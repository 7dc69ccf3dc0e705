"""The sender's loop: what fails in one lane, or in the database for a while, loses nothing."""

import asyncio
import json
from time import monotonic

import pytest
from django.db import OperationalError, connections

from barqia.delivery import handout
from barqia.delivery.handout import Embedded
from barqia.delivery.lane import Call, Reply
from barqia.delivery.models import Delivery
from barqia.delivery.pacing.breaker import THRESHOLD
from barqia.delivery.pacing.pace import Bucket
from barqia.delivery.sending import clearing, outcomes, worker
from barqia.delivery.sending.clearing import Clearing
from barqia.delivery.sending.engine import Sender
from barqia.delivery.sending.session_lock import SessionLock
from barqia.delivery.sending.worker import LaneWorker
from barqia.delivery.transport.http import Done, Http
from barqia.errors import InUse
from barqia.subscribers.models import Lane
from delivery.hand import NOW, publish, reader

READERS = 20
pytestmark = pytest.mark.django_db(transaction=True)


async def _run_until_sent(seconds: float = 20.0) -> int:
    """A sender in this process until nothing is open; how many are."""
    stop = asyncio.Event()
    sending = asyncio.create_task(Sender().run(stop))
    end = asyncio.get_running_loop().time() + seconds
    try:
        while (left := await asyncio.to_thread(_open)) and asyncio.get_running_loop().time() < end:
            assert not sending.done(), "the sender goes on"
            await asyncio.sleep(0.1)
    finally:
        stop.set()
        await sending
    return left


def _open() -> int:
    try:
        return Delivery.objects.filter(state__in=["planned", "claimed", "handing"]).count() or (
            0 if Delivery.objects.exists() else READERS
        )
    finally:
        connections.close_all()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Accepts everything; the chats that were written to."""
    chats: list[int] = []

    def start(_self: Http, made: Call, done: Done) -> None:
        chats.append(json.loads(made.body)["chat_id"])
        asyncio.get_running_loop().call_soon(done, Reply(200, {}, b'{"ok":true,"result":{"message_id":7}}'))

    monkeypatch.setattr(Http, "start", start)
    return chats


def _published(lane: Lane) -> None:
    Lane.objects.filter(pk=lane.pk).update(rate=500, recipient_interval_ms=0)
    for chat in range(READERS):
        reader(lane, chat + 1)
    publish()


@pytest.mark.parametrize("error", [OperationalError("disk I/O error"), RuntimeError("a fault of ours")])
@pytest.mark.parametrize("where", ["next_groups", "_record"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_failure_passes_and_everyone_is_accounted_for(
    telegram: Lane, provider: list[int], monkeypatch: pytest.MonkeyPatch, where: str, error: Exception, times: int
) -> None:
    real, calls = getattr(outcomes, where), [0]

    def fails_at_first(*arguments: object) -> object:
        calls[0] += 1
        if calls[0] <= times:
            raise error
        return real(*arguments)

    monkeypatch.setattr(outcomes, where, fails_at_first)
    _published(telegram)
    assert asyncio.run(_run_until_sent()) == 0
    counts = {state: Delivery.objects.filter(state=state).count() for state in ("delivered", "unknown")}
    assert sum(counts.values()) == READERS
    assert len(provider) == len(set(provider)), "nobody got it twice"
    lost = where == "_record" and isinstance(error, RuntimeError) and times == 2
    assert bool(counts["unknown"]) is lost, "what was answered is kept while the database refuses"


def test_a_lane_that_is_changed_goes_on_as_it_is_now(telegram: Lane, provider: list[int]) -> None:
    _published(telegram)

    async def change_midway() -> int:
        def slower() -> None:
            Lane.objects.filter(pk=telegram.pk).update(rate=200)
            connections.close_all()

        asyncio.get_running_loop().call_later(0.3, lambda: asyncio.get_running_loop().run_in_executor(None, slower))
        return await _run_until_sent()

    assert asyncio.run(change_midway()) == 0
    assert sorted(provider) == list(range(1, READERS + 1))


def test_a_sender_whose_place_was_taken_ends_and_leaves_nothing_under_way(
    telegram: Lane, provider: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(_self: SessionLock) -> None:
        if len(provider) >= 5:
            raise InUse("another sender")

    monkeypatch.setattr(SessionLock, "hold", taken)
    _published(telegram)
    Lane.objects.filter(pk=telegram.pk).update(rate=50)
    with pytest.raises(InUse):
        asyncio.run(Sender().run(asyncio.Event()))
    states = {state: Delivery.objects.filter(state=state).count() for state in ("delivered", "planned", "claimed")}
    assert sum(states.values()) == READERS
    assert states["delivered"] == len(provider) < READERS


def test_intents_whose_commit_was_not_answered_go_out_once(
    telegram: Lane, provider: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = outcomes.exchange, [0]

    def unanswered(*arguments: object) -> object:
        calls[0] += 1
        group = real(*arguments)  # type: ignore[arg-type]
        if calls[0] in {1, 3}:
            raise OperationalError("server closed the connection unexpectedly")
        return group

    monkeypatch.setattr(clearing, "exchange", unanswered)
    Lane.objects.filter(pk=telegram.pk).update(concurrency=6)
    _published(telegram)
    assert asyncio.run(_run_until_sent()) == 0
    assert sorted(provider) == list(range(1, READERS + 1)), "nobody was forgotten, nobody got it twice"
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_provider_that_fails_is_asked_before_it_is_tried(
    telegram: Lane, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its failures cost what was under way; then no reader's message, however long it lasts."""
    did: list[str] = []
    shown: set[str] = set()

    def start(_self: Http, made: Call, done: Done) -> None:
        what = made.url.rpartition("/")[2]
        well = did.count("getMe") >= 3
        did.append(what)
        reply = Reply(200, {}, b'{"ok":true,"result":{"message_id":7}}')
        failure = Reply(500, {}, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}')
        asyncio.get_running_loop().call_soon(done, reply if well else failure)

    def tell(lane_id: int, trouble: str) -> None:
        shown.add(trouble)
        Lane.objects.filter(pk=lane_id).update(trouble=trouble)

    monkeypatch.setattr(Http, "start", start)
    monkeypatch.setattr(handout, "tell_trouble", tell)
    _published(telegram)
    Lane.objects.update(concurrency=8)
    assert asyncio.run(_run_until_sent()) == 0
    failed = did.index("getMe")
    answered = len(did) - did[::-1].index("getMe")
    assert did[failed:answered] == ["getMe"] * 4, "nothing starts while it fails"
    # four may be known to have failed before all eight slots are taken
    assert Delivery.objects.filter(state="unknown").count() == failed <= THRESHOLD - 1 + 8
    assert Delivery.objects.filter(state="delivered").count() == READERS - failed == len(did) - answered
    assert shown == {"no_answer", ""}
    said = [record.getMessage() for record in caplog.records if "provider" in record.getMessage()]
    assert ["(500)" in line for line in said] == [True, False], "said once when it begins, once when it is over"


@pytest.mark.parametrize(("rate", "waits_ms"), [(1000, 0), (25, 34)])
def test_a_group_is_committed_a_little_before_its_token_is_there(telegram: Lane, rate: int, waits_ms: int) -> None:
    telegram.rate = rate
    meets = Clearing(None, lambda: NOW)  # type: ignore[arg-type]
    made = LaneWorker(telegram, Embedded(), None, meets, lambda: NOW)  # type: ignore[arg-type]
    assert made._wait_ms(sending=True) == waits_ms


def test_no_call_starts_before_its_token_is_there(telegram: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[float] = []
    made: list[float] = []

    def bucket(rate: float, now_ms: int) -> Bucket:
        made.append(monotonic())
        return Bucket(rate, now_ms)

    def start(_self: Http, _made: Call, done: Done) -> None:
        starts.append(monotonic())
        asyncio.get_running_loop().call_soon(done, Reply(200, {}, b'{"ok":true,"result":{"message_id":7}}'))

    monkeypatch.setattr(Http, "start", start)
    monkeypatch.setattr(worker, "Bucket", bucket)
    monkeypatch.setattr(worker, "AHEAD_MS", 35)
    _published(telegram)
    Lane.objects.filter(pk=telegram.pk).update(rate=25)
    assert asyncio.run(_run_until_sent()) == 0
    early = [at - made[0] - number / 25 for number, at in enumerate(starts, 1)]
    assert min(early) > -0.002, "the clock counts whole milliseconds"
