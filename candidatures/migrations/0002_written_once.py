from django.db import migrations

TABLES = ("reponse", "soumission", "acceptationdecharte", "charte")
SEQUENCE = "CREATE SEQUENCE candidatures_nru"


def triggers(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON candidatures_{table}
        FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
    """


class Migration(migrations.Migration):
    """Answers, submissions, chartes and their acceptation are never rewritten; NRU are numbered by a sequence."""

    dependencies = [("candidatures", "0001_initial"), ("comptes", "0002_journal_append_only")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE candidatures_nru"),
        *(
            migrations.RunSQL(triggers(table), f"DROP TRIGGER {table}_is_written_once ON candidatures_{table}")
            for table in TABLES
        ),
    ]
