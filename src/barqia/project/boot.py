"""What every command does first: Django, the terminal's language, and whether the data folder is ready."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.utils import translation

from barqia.errors import SetupError


def start_django() -> None:
    """Set Django up for this process, in the language of the terminal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barqia.project.settings")
    django.setup()
    language = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en")[:2]
    translation.activate(language if language in ("ar", "en") else "en")


def ready() -> None:
    """Set Django up and require what `barqia init` makes. Raises SetupError."""
    start_django()
    data: Path = settings.BARQIA_DATA
    if not settings.BARQIA_KEY_FILE.exists():
        raise SetupError(f"There is no installation in {data}: run `barqia init`, or name its folder in BARQIA_DATA.")
    pending = unapplied()
    if pending:
        raise SetupError(f"The database is older than this Barqia ({pending[0]} …): run `barqia migrate`.")


def unapplied() -> list[str]:
    """Names of the migrations the database does not have yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]
