"""Who said what, of every item that is out."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from barqia.reading import Reading
from barqia.wire.corrections import review
from barqia.wire.said import OUT, statements_of


def fill(apps: Any, _editor: Any) -> None:
    """From the readings as they are stored, with their corrections."""
    said = apps.get_model("wire", "Said")
    items = apps.get_model("wire", "Dispatch").objects.filter(state__in=OUT, current__isnull=False)
    for item in items.select_related("current").iterator(200):
        corrections = item.reading_corrections.all()
        reading = review(Reading.from_json(item.current.as_read), item.current.text, corrections).reading
        found = statements_of(item.current.text, reading)
        said.objects.bulk_create(said(dispatch=item, at=item.published_at, **one) for one in found)


class Migration(migrations.Migration):
    dependencies = [
        ("wire", "0003_pictures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Said",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("person", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=120)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("words", models.TextField()),
                ("cue", models.CharField(max_length=40)),
                ("direct", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "dispatch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="said", to="wire.dispatch"
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "dispatch", "number"),
                "indexes": [models.Index(fields=["person", "-at"], name="said_by_ix")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
