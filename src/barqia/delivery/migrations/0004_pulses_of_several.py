from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_tell_the_sender")]

    operations = [
        migrations.AddField("pulse", "lanes", models.JSONField(default=list)),
        migrations.AddField("pulse", "plans", models.BooleanField(default=False)),
        migrations.AddField("pulse", "several", models.BooleanField(default=False)),
        migrations.AddField("pulse", "shares", models.BooleanField(default=False)),
    ]
