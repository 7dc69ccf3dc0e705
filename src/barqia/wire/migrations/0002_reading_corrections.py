"""The editors' corrections lie beside the reading; what the reader found is named for what it is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wire", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField("revision", "reading", "as_read"),
        migrations.CreateModel(
            name="ReadingCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("statement", "statement"), ("person", "person"), ("place", "place")], max_length=12
                    ),
                ),
                ("words", models.TextField()),
                ("start", models.PositiveIntegerField(default=0)),
                ("cue", models.PositiveIntegerField(default=0)),
                ("speaker", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "dispatch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reading_corrections",
                        to="wire.dispatch",
                    ),
                ),
            ],
            options={"ordering": ("start", "id")},
        ),
    ]
