"""What every test starts from: a data folder of its own, with a key; and the rooms' rows, ready made."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings

if TYPE_CHECKING:
    from barqia.subscribers.models import Lane
    from barqia.wire.models import Newsroom

# Before Django reads its settings: nothing of a test ever meets a real data folder.
_data = Path(tempfile.mkdtemp(prefix="barqia-tests-"))
(_data / "key").write_bytes(bytes(range(32)))
(_data / "key").chmod(0o600)
os.environ["BARQIA_DATA"] = str(_data)
os.environ["DJANGO_SETTINGS_MODULE"] = "barqia.project.settings"
for _name in ("BARQIA_BASE_URL", "BARQIA_DATABASE", "BARQIA_TRUSTED_PROXIES"):
    os.environ.pop(_name, None)
# the same tests on PostgreSQL: BARQIA_TEST_DATABASE=postgresql://… names a server where they may make a database
if "BARQIA_TEST_DATABASE" in os.environ:
    os.environ["BARQIA_DATABASE"] = os.environ["BARQIA_TEST_DATABASE"]
django.setup()
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # a file, as an installation has: in memory, two connections lock each other's tables
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(_data / "test.sqlite3")


@pytest.fixture(autouse=True)
def _no_stories_of_other_tests() -> None:
    """Row ids begin again in every test; what a process remembers by them must not stay."""
    from barqia.delivery.stories import release_content

    release_content.cache_clear()


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
def english() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield
