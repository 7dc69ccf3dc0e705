"""Migrations go forward, with data in the tables, and leave nothing of the models out."""

from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.mark.django_db
def test_the_migrations_are_all_there_is() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_first_tables_come_forward_with_what_is_in_them() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("delivery", "0001_initial")])
    old = executor.loader.project_state([("delivery", "0001_initial")]).apps
    common = {"release_id": 1, "dispatch_id": UUID(int=1), "month": 202611, "priority": 9, "started_ms": 1}
    old.get_model("delivery", "Mailing").objects.create(**common)
    old.get_model("delivery", "Attempt").objects.create(
        id=64, lane_id=1, month=202611, delivery_id=1, part=0, started_ms=1
    )
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    from barqia.delivery.models import Attempt, Mailing

    assert (Mailing.objects.get().paused, Attempt.objects.get().in_place) == (False, False)
