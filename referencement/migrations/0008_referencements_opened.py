from django.db import migrations

OPEN = """
INSERT INTO referencement_referencement (candidature_id, examen_id, state, version, opened_at)
SELECT candidature_id, id, 'in_force', 0, published_at FROM referencement_examen
WHERE state = 'attributed' ORDER BY published_at, id
"""

# Of each solution, the référencement of one version was replaced when the next one was attributed.
REPLACE = """
INSERT INTO referencement_evenementdereferencement
    (referencement_id, number, kind, from_state, to_state, successor_id, reasons, effect_at, at, by_id)
SELECT one.id, 1, 'replaced', 'in_force', 'replaced', one.next_id, '', next.opened_at, next.opened_at, closed_by_id
FROM (
    SELECT referencement.id, lead(referencement.id) OVER (
        PARTITION BY produit_id, dispositif_id ORDER BY referencement.opened_at, referencement.id
    ) AS next_id
    FROM referencement_referencement AS referencement
    JOIN candidatures_candidature AS candidature ON candidature.id = referencement.candidature_id
) AS one
JOIN referencement_referencement AS next ON next.id = one.next_id
JOIN referencement_examen AS examen ON examen.id = next.examen_id
JOIN referencement_seanceducollege AS seance ON seance.id = examen.seance_id
"""

MOVE = """
UPDATE referencement_referencement SET state = 'replaced', version = 1
WHERE id IN (SELECT referencement_id FROM referencement_evenementdereferencement)
"""


class Migration(migrations.Migration):
    """What was attributed before is in force, but for the versions that a later one has replaced."""

    dependencies = [("referencement", "0007_referencement_held")]

    operations = [
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(REPLACE, migrations.RunSQL.noop),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
