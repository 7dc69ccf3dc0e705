"""Readings stored before there were corrections come forward as they are."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from barqia.reading import READER_VERSION, read

TEXT = "قال سامي الحلبي إن السوق مفتوح.\n"


@pytest.mark.django_db(transaction=True)
def test_a_stored_reading_comes_forward_with_its_reader() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("wire", "0001_initial")])
    old = executor.loader.project_state([("wire", "0001_initial")]).apps
    item = old.get_model("wire", "Dispatch").objects.create(state="published", published_at=timezone.now())
    item.current = old.get_model("wire", "Revision").objects.create(
        dispatch=item, number=0, headline="عنوان", text=TEXT, reading=read(TEXT).as_json(), reader_version="1"
    )
    item.save()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    from barqia.wire.models import Revision

    revision = Revision.objects.get()
    assert (revision.reader_version, revision.dispatch.reading_corrections.count()) == ("1", 0)
    assert READER_VERSION != "1", "nothing was read anew"
    assert revision.reading == revision.as_read
    assert revision.reading["statements"][0]["speaker"] == "سامي الحلبي"
    assert revision.dispatch.said.get().name == "سامي الحلبي", "and is on its speaker's page"
