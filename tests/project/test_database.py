"""The database's URL: everything libpq reads, nothing else, and a password that is never said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import postgresql
from barqia.errors import SetupError
from barqia.project.database import database
from flow.wire import BARQIA, Wire


def _read(url: str) -> dict[str, object]:
    return database(url, Path())


def test_a_url_is_read_as_libpq_reads_it() -> None:
    found = _read("postgresql://wire%40news:p%40s%3A%2F%25%D9%83@db.example:6543/news%20room?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"]) == ("wire@news", "p@s:/%ك")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "6543", "news room")
    assert found["OPTIONS"]["sslmode"] == "verify-full"  # type: ignore[index]


@pytest.mark.parametrize(
    "url", ["postgresql:///wire?host=/run/Post&user=me", "postgres://me@%2Frun%2FPost/wire"]
)  # fmt: skip
def test_a_socket_is_a_folder(url: str) -> None:
    found = _read(url)
    assert (found["HOST"], found["USER"], found["NAME"], found["PASSWORD"]) == ("/run/Post", "me", "wire", "")


def test_what_a_url_sets_for_the_server_comes_after_ours_and_so_counts() -> None:
    found = _read("postgresql://h/wire?options=-c%20lock_timeout%3D5s&application_name=desk&connect_timeout=3")
    options = found["OPTIONS"]
    assert str(options["options"]).endswith("-c lock_timeout=5s")  # type: ignore[index]
    assert "synchronous_commit=on" in str(options["options"])  # type: ignore[index]
    assert (options["application_name"], options["connect_timeout"]) == ("desk", "3")  # type: ignore[index]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:hush-hush@h/wire",
        "postgresql://me:hush-hush@h",
        "postgresql://me:hush-hush@h/wire?colour=red",
        "postgresql://me:hush-hush%@h/wire",
        "postgresql://me:hush-hush@h:port:9/wire?",
        "postgresql://me:hush-hush@[h/wire",
        "me:hush-hush@h/wire",
    ],
)
def test_a_url_that_cannot_be_used_is_said_without_its_password(url: str) -> None:
    with pytest.raises(SetupError) as refused:
        _read(url)
    assert "postgresql://user:password@host" in str(refused.value)
    assert "hush" not in str(refused.value)


def _barqia(folder: Path, url: str, *arguments: str) -> str:
    done = subprocess.run(
        [*BARQIA, *arguments], capture_output=True, text=True, timeout=60, check=False,
        env={"BARQIA_DATA": str(folder), "DATABASE_URL": url, "LANG": "C.UTF-8", "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_a_server_that_does_not_answer_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(bytes(32))
    said = _barqia(tmp_path, "postgresql://me:hush-hush@127.0.0.1:9/wire", "doctor")
    assert "The database refuses" in said
    assert "hush" not in said


def test_barqia_toml_names_the_database_too(tmp_path: Path) -> None:
    (tmp_path / "barqia.toml").write_text(f"database_url = {json.dumps('mysql://me:hush-hush@h/wire')}")
    said = _barqia(tmp_path, "", "doctor")
    assert "database_url (mysql)" in said
    assert "hush" not in said


@pytest.mark.postgresql
def test_a_new_installation_on_postgresql_and_what_doctor_says_of_it(tmp_path: Path) -> None:
    made = Wire(tmp_path)
    try:
        made.barqia("init", "--name-ar", "وكالة", "--zone", "Asia/Damascus", "--editor", "editor")
        assert "No migrations to apply" in made.barqia("migrate")
        said = made.barqia("doctor", status=4)
        assert "ok  database: postgresql" in said
        assert "up to date" in said
        assert "BAD database durability: fsync, full_page_writes off" in said, "a throwaway cluster is just that"
        assert "ok  database encoding: UTF8" in said
        assert made.environment["DATABASE_URL"] not in said
        made.execute("DELETE FROM django_migrations WHERE app='inbox'")
        assert "run `barqia migrate`" in made.barqia("subscribers", "count", status=4)
    finally:
        made.close()


@pytest.mark.postgresql
def test_a_wire_moves_from_sqlite_and_is_backed_up_and_restored_as_the_docs_say(tmp_path: Path) -> None:
    programs = postgresql.programs()
    assert programs
    made = Wire(tmp_path)
    url = made.environment.pop("DATABASE_URL")
    made.environment["DJANGO_SETTINGS_MODULE"] = "barqia.project.settings"

    def outside(*command: str | Path) -> None:
        done = subprocess.run(command, env=made.environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    try:
        made.barqia("init", "--name-ar", "وكالة", "--zone", "Asia/Damascus", "--editor", "editor")
        made.barqia("lane", "add", "telegram", "--kind", "telegram")
        made.subscribe([{"telegram_id": 5}, {"telegram_id": 6}], [])
        item = made.publish("عنوان الخبر\n\nدمشق-برقية\nقال سامي الحلبي إن السوق مفتوح.\n")
        told = made.barqia("status", item)
        moved, dump = tmp_path / "barqia.jsonl", tmp_path / "barqia.dump"
        django = [sys.executable, "-m", "django"]
        outside(
            *django,
            "dumpdata",
            "--format",
            "jsonl",
            "--exclude",
            "contenttypes",
            "--exclude",
            "auth.permission",
            "--output",
            moved,
        )
        made.environment["DATABASE_URL"] = url
        made.barqia("migrate")
        outside(*django, "loaddata", moved)
        assert made.barqia("status", item) == told
        assert "telegram: 2 active" in made.barqia("subscribers", "count")
        outside(programs / "pg_dump", "--format=custom", "--file", dump, url)
        made.execute("DELETE FROM subscribers_subscription")
        made.subscribe([{"telegram_id": 7}], [])
        outside(programs / "pg_restore", "--clean", "--if-exists", "--dbname", url, dump)
        assert "telegram: 2 active" in made.barqia("subscribers", "count")
        assert made.rows("SELECT count(*) FROM subscribers_subscription") == [(2,)]
        made.subscribe([{"telegram_id": 8}], [])
        assert made.rows("SELECT count(*) FROM pg_trigger WHERE tgname='barqia_tell'") == [(4,)]
    finally:
        made.close()
