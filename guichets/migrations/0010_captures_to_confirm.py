from django.db import migrations

# Of each demande that is followed, what a person last recorded by hand and the desk said nothing consistent since.
TO_CONFIRM = """
INSERT INTO guichets_capture (
    demande_id, logiciel, nil, etape, date_etape, retour_prevu, documents, piece_id, recorded_at, recorded_by_id,
    state, reason
)
SELECT DISTINCT ON (demande.id)
    demande.id, releve.logiciel, '', left(releve.etape, 30), releve.date_etape, releve.retour_prevu, '{}'::jsonb,
    releve.piece_id, releve.seen_at, releve.recorded_by_id, 'recorded', ''
FROM guichets_demandeauguichet demande
JOIN guichets_releve releve ON releve.demande_id = demande.id AND releve.source = 'manual'
WHERE demande.ended_at IS NULL AND (demande.confirmed_at IS NULL OR releve.seen_at > demande.confirmed_at)
ORDER BY demande.id, releve.seen_at DESC, releve.id DESC
"""
PULLED = """
UPDATE guichets_demandeauguichet SET source = 'pulled' WHERE confirmed_at IS NOT NULL
"""


class Migration(migrations.Migration):
    """What was recorded by hand stays as history; what no desk said since waits for the ANS, like a new capture."""

    dependencies = [("guichets", "0009_capture")]

    operations = [
        migrations.RunSQL(PULLED, migrations.RunSQL.noop),
        migrations.RunSQL(TO_CONFIRM, "DELETE FROM guichets_capture"),
    ]
