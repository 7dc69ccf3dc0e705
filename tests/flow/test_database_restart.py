"""PostgreSQL crashes and comes back in mid-mailing: every answer is kept, nobody is missed, nobody is told twice."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import postgresql
from flow.wire import BOT, wait_until, wire

READERS = 300
MARK = "جسر الميناء"
TEXT = f"افتتاح {MARK}\n\nوادي الزيزفون-برقية\nقالت مديرة الطرق سلمى الدروبي إن {MARK} مفتوح.\n"


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[postgresql.Cluster]:
    """A cluster of its own: it is ended and started again."""
    made = postgresql.Cluster()
    monkeypatch.setenv(postgresql.NAME, made.url)
    yield made
    made.remove()


@pytest.mark.faults
@pytest.mark.postgresql
@pytest.mark.timeout(180)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_postgresql_ends_in_mid_mailing_and_comes_back(
    tmp_path: Path, cluster: postgresql.Cluster, how: signal.Signals
) -> None:
    with wire(tmp_path, telegram_rate=40) as made:
        phones = made.sandbox.add_phones(READERS, started_bot=BOT)
        made.subscribe(phones, [])
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        made.publish(TEXT)
        for sent in (40, 120):
            wait_until(lambda: made.states().get("delivered", 0) > sent, 40, "the first readers")  # noqa: B023
            cluster.stop(how)
            cluster.start()
        wait_until(made.finished, 60, "the mailing")
        seen = Counter(address for address, _method, words in made.acts() if MARK in words)
        assert made.states() == {"delivered": READERS}, "answers wait in memory while the database is away"
        assert set(seen) == {str(phone["telegram_id"]) for phone in phones}
        assert set(seen.values()) == {1}
