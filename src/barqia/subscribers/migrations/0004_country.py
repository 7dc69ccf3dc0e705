from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0003_failed_days")]

    operations = [
        migrations.AddField(
            model_name="recipient",
            name="country",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="by the number or user id; ISO 3166", max_length=2
            ),
        ),
    ]
