"""What every test starts from: a data folder of its own, with a key; and the rooms' rows, ready made."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings

import postgresql

if TYPE_CHECKING:
    from barqia.subscribers.models import Lane
    from barqia.wire.models import Newsroom

# Before Django reads its settings: nothing of a test ever meets a real data folder.
_data = Path(tempfile.mkdtemp(prefix="barqia-tests-"))
(_data / "key").write_bytes(bytes(range(32)))
(_data / "key").chmod(0o600)
os.environ["BARQIA_DATA"] = str(_data)
os.environ["DJANGO_SETTINGS_MODULE"] = "barqia.project.settings"
for _name in ("BARQIA_BASE_URL", "DATABASE_URL", "BARQIA_TRUSTED_PROXIES"):
    os.environ.pop(_name, None)
_cluster = postgresql.start_if_asked_for()
if postgresql.server():
    os.environ["DATABASE_URL"] = postgresql.server()
django.setup()
# a process that a test starts has a database of its own; and a worker of xdist reads its settings here, not before
for _name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
    os.environ.pop(_name, None)
assert settings.DATABASES["default"]["ENGINE"].endswith("postgresql" if postgresql.server() else "sqlite3")
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # a file, as an installation has: in memory, two connections lock each other's tables
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(_data / "test.sqlite3")


def pytest_unconfigure() -> None:
    if _cluster is not None:
        _cluster.remove()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what has to do with a database is run, on SQLite all but PostgreSQL's own."""
    if not postgresql.server():
        skip = pytest.mark.skip(reason="of PostgreSQL alone: make test-postgresql")
        for item in items:
            if item.get_closest_marker("postgresql"):
                item.add_marker(skip)
    else:
        kept = [item for item in items if postgresql.concerns(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if postgresql.server() and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


@pytest.fixture(autouse=True)
def _no_stories_of_other_tests() -> None:
    """Row ids begin again in every test; what a process remembers by them must not stay."""
    from barqia.delivery.stories import release_content
    from barqia.wire.persons import forget

    release_content.cache_clear()
    forget()


@pytest.fixture
def newsroom(db: None) -> "Newsroom":
    from barqia.wire.setup import About, write

    return write(About("وكالة الاختبار", "Test Agency", "الاختبار", "Asia/Damascus", phone="+963944000111"))


@pytest.fixture
def telegram(newsroom: "Newsroom") -> "Lane":
    from barqia.project.commands.lanes import make

    secrets = {"token": "7654321:token", "webhook_secret": "hook"}
    return make("telegram", "telegram", "تلغرام", {"bot_username": "test_bot", "channel_username": "test"}, secrets)


@pytest.fixture
def whatsapp(newsroom: "Newsroom") -> "Lane":
    from barqia.project.commands.lanes import make

    settings = {"phone_number_id": "100200300", "waba_id": "9", "display_number": "+963944000111"}
    secrets = {"access_token": "access", "app_secret": "app-secret", "verify_token": "verify"}
    return make("whatsapp", "whatsapp", "واتساب", settings, secrets)


@pytest.fixture
def mail(newsroom: "Newsroom") -> "Lane":
    from barqia.project.commands.lanes import make

    settings = {"host": "127.0.0.1", "security": "none", "address": "news@paper.example"}
    return make("mail", "email", "بريد", settings, {})


@pytest.fixture
def english() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield
