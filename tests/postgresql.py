"""PostgreSQL for the tests: a throwaway cluster of their own, on a socket in a temporary folder.

`BARQIA_TEST_DATABASE=postgresql` starts one cluster a run, from the first `initdb` that is found; each worker of xdist
makes its own database in it. `BARQIA_TEST_DATABASE=postgresql://…` names a server where databases may be made instead.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from barqia.project.children import end_with_parent

NAME = "BARQIA_TEST_DATABASE"
OWNER = "postgres"
START_SECONDS, STOP_SECONDS = 30, 30
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup"})
NONE = "no PostgreSQL here: its `initdb` is neither in PATH nor in /usr/lib/postgresql (Debian: apt install postgresql)"
# what is thrown away need not survive a power cut
THROWAWAY = ("fsync=off", "full_page_writes=off")


def programs() -> Path | None:
    """The folder of the newest `initdb` and `postgres`; None where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb") or (debian and debian[-1])
    return Path(found).resolve().parent if found else None


class Cluster:
    """A cluster of PostgreSQL that ends with this process, however it ends. Root starts it as `postgres`."""

    def __init__(self, settings: Sequence[str] = THROWAWAY) -> None:
        self._settings = ("listen_addresses=", "max_connections=200", *settings)
        found = programs()
        if found is None:
            pytest.skip(NONE, allow_module_level=True)
        self._programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="barqia-postgresql-"))
        self._as = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, OWNER, OWNER)
        arguments = ["-D", "data", "-U", "barqia", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"]
        subprocess.run(
            [found / "initdb", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60, **self._as
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://barqia@/postgres?host={self.folder}"

    def start(self) -> None:
        settings = [word for setting in self._settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", "data", "-k", str(self.folder), *settings],
                cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=lambda: end_with_parent(signal.SIGINT), **self._as,  # noqa: PLW1509 - before any thread of ours
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, f"PostgreSQL does not answer after {START_SECONDS} s"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends open connections in good order, SIGQUIT as a crash does."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


def server() -> str:
    """The URL of the server that the tests run on; empty on SQLite."""
    return os.environ.get(NAME, "")


def start_if_asked_for() -> Cluster | None:
    """The run's own cluster, which its other processes find by its URL. Ends the run where there can be none."""
    if server() != "postgresql":
        return None
    if programs() is None:
        pytest.exit(NONE, returncode=0)
    cluster = Cluster()
    os.environ[NAME] = cluster.url
    return cluster


def concerns(item: pytest.Item) -> bool:
    """Whether a test uses the database: this process's, or a whole wire's (`flow.wire`)."""
    fixtures = set(getattr(item, "fixturenames", ()))
    of_a_wire = "flow" in item.path.parts and hasattr(item.module, "wire")  # type: ignore[attr-defined]
    its_own = bool(item.get_closest_marker("postgresql"))
    return of_a_wire or its_own or bool(item.get_closest_marker("django_db")) or bool(fixtures & DATABASE_FIXTURES)


def fresh_database(server: str) -> str:
    """The URL of a new, empty database on the server of this URL."""
    name = f"barqia_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    parts = conninfo_to_dict(server)
    return f"postgresql://{parts.pop('user', '')}@/{name}?" + "&".join(
        f"{key}={value}" for key, value in parts.items() if key != "dbname"
    )


def drop_database(url: str) -> None:
    name = conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
