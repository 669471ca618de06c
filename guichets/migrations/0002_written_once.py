from django.db import migrations

TABLES = ("releve", "echecdereleve", "passage", "reponsedeguichet")


def trigger(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON guichets_{table}
        FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
    """


class Migration(migrations.Migration):
    """What a desk answered, what failed, and what came of it, are never rewritten."""

    dependencies = [("guichets", "0001_initial"), ("comptes", "0002_journal_append_only")]

    operations = [
        migrations.RunSQL(trigger(table), f"DROP TRIGGER {table}_is_written_once ON guichets_{table}")
        for table in TABLES
    ]
