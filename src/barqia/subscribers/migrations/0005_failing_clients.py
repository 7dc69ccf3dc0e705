from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0004_country")]

    operations = [
        migrations.AddField("recipient", "failing_since_ms", models.BigIntegerField(null=True)),
    ]
