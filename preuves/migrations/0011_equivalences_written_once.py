from django.db import migrations

TABLES = ("versiondequivalences", "equivalence")


class Migration(migrations.Migration):
    """A published table of équivalences is never rewritten."""

    dependencies = [("preuves", "0010_equivalences")]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON preuves_{table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()",
            f"DROP TRIGGER {table}_is_written_once ON preuves_{table}",
        )
        for table in TABLES
    ]
