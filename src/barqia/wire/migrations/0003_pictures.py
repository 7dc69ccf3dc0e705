"""A dispatch may have a picture."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wire", "0002_reading_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("digest", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("large", models.BinaryField()),
                ("small", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="draft",
            name="picture_caption",
            field=models.CharField(blank=True, help_text="what it shows", max_length=300),
        ),
        migrations.AddField(
            model_name="draft",
            name="picture_credit",
            field=models.CharField(blank=True, help_text="whose it is", max_length=120),
        ),
        migrations.AddField(
            model_name="revision",
            name="picture_caption",
            field=models.CharField(blank=True, help_text="what it shows", max_length=300),
        ),
        migrations.AddField(
            model_name="revision",
            name="picture_credit",
            field=models.CharField(blank=True, help_text="whose it is", max_length=120),
        ),
        migrations.AddField(
            model_name="draft",
            name="picture",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wire.picture"
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="picture",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wire.picture"
            ),
        ),
    ]
