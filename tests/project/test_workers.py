"""Several machines at the command line: what they need, said in one line; who holds what; what `doctor` finds."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import postgresql
from barqia.errors import SetupError
from barqia.project.nats import nats_address
from flow.wire import free_port, wait_until
from jetstream import Servers
from project.test_commands import BARQIA, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.environment |= {"BARQIA_LANE_TOKEN": "1:x", "BARQIA_LANE_WEBHOOK_SECRET": "x"}
    return made


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path)
    yield made
    made.stop()


@contextmanager
def _beside(shell: Shell, *arguments: str) -> Iterator[None]:
    """A command that runs meanwhile, and is asked to stop."""
    process = subprocess.Popen([*BARQIA, *arguments], env=shell.environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(45)


def test_a_url_with_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    found = nats_address(f"tls://ours:secret@one:4222,two:4222?ca={tmp_path}/ca.pem&replicas=3")
    assert found is not None
    assert found.servers == ("tls://ours:secret@one:4222", "tls://two:4222")
    assert (found.authority, found.replicas) == (tmp_path / "ca.pem", 3)
    assert found.shown == "one:4222,two:4222"
    assert "secret" not in repr(found)
    assert nats_address(None) is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://one:4222", "cannot be read"),
        ("one:secret@host:x", "cannot be read"),
        ("nats://one?creds=/nowhere.creds", "no file /nowhere.creds"),
        ("nats://one?replicas=2", "replicas is 1, or 3"),
        ("nats://one?retries=2", "an option retries"),
    ],
)
def test_a_url_that_cannot_be_used(url: str, said: str) -> None:
    with pytest.raises(SetupError, match=said) as refusal:
        nats_address(url)
    assert "secret" not in str(refusal.value)


def test_a_worker_says_what_it_lacks(shell: Shell) -> None:
    shell.init()
    assert "needs NATS: set nats_url" in shell.refuse("worker", status=4)
    shell.environment["NATS_URL"] = "nats://127.0.0.1:9"
    for command in (["worker"], ["run", "--port", str(free_port())]):
        said = shell.run(*command, status=4)
        assert "SQLite, a file that one machine writes: name PostgreSQL" in said


def test_workers_are_seen_and_looked_at(shell: Shell, servers: Servers) -> None:
    cluster = postgresql.Cluster()
    try:
        shell.environment["DATABASE_URL"] = cluster.url
        shell.init()
        shell.run("lane", "add", "wire", "--kind", "telegram", "--set", "bot_username=b", "--set", "updates=webhook")
        shell.environment["NATS_URL"] = "nats://127.0.0.1:9"
        assert "NATS at 127.0.0.1:9 cannot be used" in shell.run("worker", status=4)
        assert "BAD NATS at 127.0.0.1:9" in shell.run("doctor", status=4)
        shell.environment["NATS_URL"] = servers.url
        assert "no lane nowhere" in shell.run("worker", "--lanes", "nowhere", status=2)
        assert "Nobody sends" in shell.run("status")
        with _beside(shell, "worker", "--lanes", "wire"):
            wait_until(lambda: "wire, plans" in shell.run("status"), 60, "the worker")
            # a throwaway cluster is not durable, which doctor calls bad
            found = shell.run("doctor", status=4)
            assert "ok  NATS 2." in found
            assert "ok  workers: 1 running" in found
            assert "ok  clock: 0.0 s" in found
            del shell.environment["NATS_URL"]
            said = shell.run("run", "--port", str(free_port()), status=4)
            assert "sends for this database over NATS" in said
        shell.environment["NATS_URL"] = servers.url
        assert "Nobody sends" in shell.run("status"), "one that ends in good order is not waited for"
    finally:
        cluster.remove()
