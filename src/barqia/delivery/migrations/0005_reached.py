from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0004_pulses_of_several")]

    operations = [
        migrations.CreateModel(
            name="Portfolio",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("reached", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Reached",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("portfolio", models.CharField(max_length=80)),
                ("lane_id", models.BigIntegerField()),
                ("recipient_id", models.BigIntegerField()),
                ("at_ms", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["portfolio", "at_ms"], name="reached_ix")],
                "constraints": [models.UniqueConstraint(fields=["portfolio", "recipient_id"], name="reached_once")],
            },
        ),
    ]
