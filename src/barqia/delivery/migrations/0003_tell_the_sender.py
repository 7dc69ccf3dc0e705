"""On PostgreSQL the tables that the sender watches tell it of what others commit (`delivery.changes`)."""

from django.db import migrations

WATCHED = ("wire_release", "subscribers_lane", "delivery_chunk", "delivery_mailing")


def tell(_apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "CREATE FUNCTION barqia_tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NOTIFY barqia; RETURN NULL; END'"
    )
    for table in WATCHED:
        schema_editor.execute(
            f"CREATE TRIGGER barqia_tell AFTER INSERT OR UPDATE ON {table} FOR EACH STATEMENT "
            "WHEN (current_setting('barqia.quiet', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION barqia_tell()"
        )


def tell_no_more(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION barqia_tell() CASCADE")


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0002_held_and_in_place"),
        ("subscribers", "0001_initial"),
        ("wire", "0001_initial"),
    ]

    operations = [migrations.RunPython(tell, tell_no_more)]
