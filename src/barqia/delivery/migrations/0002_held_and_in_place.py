from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="held",
            field=models.CharField(blank=True, default="", help_text="why the wire itself paused it", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="attempt",
            name="in_place",
            field=models.BooleanField(default=False),
        ),
    ]
