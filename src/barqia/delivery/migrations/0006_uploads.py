from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0005_reached"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane_id", models.BigIntegerField()),
                ("digest", models.CharField(max_length=32)),
                ("provider_id", models.CharField(max_length=200)),
                ("until_ms", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("lane_id", "digest"), name="upload_once")],
            },
        ),
    ]
