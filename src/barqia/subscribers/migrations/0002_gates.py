from django.db import migrations, models

# WhatsApp takes a message every six seconds to one person, and 45 at once that are then paid off
OLD_MS, PAIR_MS, PAIR_BURST = 250, 6000, 45


def pair_limit(apps, _schema_editor):
    lanes = apps.get_model("subscribers", "Lane").objects.filter(kind="whatsapp", recipient_interval_ms=OLD_MS)
    lanes.update(recipient_interval_ms=PAIR_MS, recipient_burst=PAIR_BURST)


def no_burst(apps, _schema_editor):
    lanes = apps.get_model("subscribers", "Lane").objects.filter(kind="whatsapp", recipient_burst=PAIR_BURST)
    lanes.update(recipient_interval_ms=OLD_MS)


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0001_initial")]

    operations = [
        migrations.AddField("Lane", "recipient_burst", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("Lane", "trouble", models.CharField(blank=True, max_length=40)),
        migrations.RunPython(pair_limit, no_burst),
    ]
