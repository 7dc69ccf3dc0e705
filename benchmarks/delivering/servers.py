"""Database and broker servers for one run, on the other core, in a folder of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

import psycopg

from delivering.machine import OTHER, answers, free_ports, on, stop, until

OWNER = "postgres"
START_SECONDS = 30
NATS = Path(sys.executable).with_name("nats-server")


class PostgreSQL:
    """A throwaway cluster with the settings that Debian ships, fsync included; root starts it as `postgres`."""

    def __init__(self) -> None:
        self._programs = programs()
        assert self._programs is not None
        self._folder = Path(tempfile.mkdtemp(prefix="barqia-bench-pg-"))
        (self._port,) = free_ports(1)
        self._as = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self._folder, OWNER, OWNER)

    def __enter__(self) -> Self:
        arguments = ["-D", "data", "-U", "barqia", "-A", "trust", "-E", "UTF8", "--locale", "C"]
        subprocess.run(
            [self._programs / "initdb", *arguments], cwd=self._folder, check=True, capture_output=True, **self._as
        )
        arguments = ["-D", "data", "-k", str(self._folder), "-h", "127.0.0.1", "-p", str(self._port)]
        with (self._folder / "log").open("wb") as log:
            self._child = subprocess.Popen(
                on(OTHER, str(self._programs / "postgres"), *arguments), cwd=self._folder, stderr=log, **self._as
            )
        until(self._answers, START_SECONDS, "PostgreSQL")
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._child)
        shutil.rmtree(self._folder)

    def url(self, name: str) -> str:
        return f"postgresql://barqia@127.0.0.1:{self._port}/{name}"

    def create(self, name: str, like: str = "template1") -> str:
        """Make a database, or one with the rows of another. Returns its URL."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def programs() -> Path | None:
    """The folder of the newest `initdb` and `postgres`; None where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb") or (debian and debian[-1])
    return Path(found).resolve().parent if found else None


class Nats:
    """One JetStream server."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        (self._port,) = free_ports(1)
        self.url = f"nats://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        arguments = ("--addr", "127.0.0.1", "--port", str(self._port), "--jetstream", "--store_dir", "store")
        with (self._folder / "log").open("wb") as log:
            self._child = subprocess.Popen(on(OTHER, str(NATS), *arguments), cwd=self._folder, stderr=log)
        until(lambda: answers(self._port), START_SECONDS, "nats-server")
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._child)


class Redis:
    """A broker that keeps what it was given: its log is flushed each second, as its manual advises."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        (self._port,) = free_ports(1)
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> Self:
        settings = ("--bind", "127.0.0.1", "--port", str(self._port), "--appendonly", "yes", "--save", "")
        self._child = subprocess.Popen(
            on(OTHER, "redis-server", *settings), cwd=self._folder, stdout=subprocess.DEVNULL
        )
        until(lambda: answers(self._port), START_SECONDS, "redis-server")
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._child)
