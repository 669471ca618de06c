from django.db import migrations

TABLES = (
    "versiondurem",
    "chapitredurem",
    "exigence",
    "scenario",
    "preuveattendue",
    "contestation",
    "soumissiondechapitre",
    "reprisedechapitre",
    "revision",
    "revisionpiece",
    "verdictdepreuve",
    "analyse",
)


def trigger(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON preuves_{table}
        FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
    """


class Migration(migrations.Migration):
    """A published REM, a deposit, a submission and a verdict are never rewritten."""

    dependencies = [("preuves", "0001_initial"), ("comptes", "0002_journal_append_only")]

    operations = [
        migrations.RunSQL(trigger(table), f"DROP TRIGGER {table}_is_written_once ON preuves_{table}")
        for table in TABLES
    ]
