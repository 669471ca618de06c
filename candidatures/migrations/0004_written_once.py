from django.db import migrations

TABLES = ("jugement", "piece")


def triggers(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON candidatures_{table}
        FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
    """


OPEN_ELIGIBILITE = """
INSERT INTO candidatures_volet (candidature_id, kind, state, version)
SELECT id, 'eligibilite', 'draft', 0 FROM candidatures_candidature
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """Pièces and judgements are never rewritten; candidatures already open receive their second volet."""

    dependencies = [("candidatures", "0003_dossier_administratif")]

    operations = [
        *(
            migrations.RunSQL(triggers(table), f"DROP TRIGGER {table}_is_written_once ON candidatures_{table}")
            for table in TABLES
        ),
        migrations.RunSQL(OPEN_ELIGIBILITE, migrations.RunSQL.noop),
    ]
