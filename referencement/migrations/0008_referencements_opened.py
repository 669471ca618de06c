from django.db import migrations

OPEN = """
INSERT INTO referencement_referencement (candidature_id, examen_id, state, version, opened_at)
SELECT candidature_id, id, 'in_force', 0, published_at FROM referencement_examen
WHERE state = 'attributed' ORDER BY published_at, id
"""

# Its éditeur could still withdraw the candidature of what was attributed: that was to renounce it, unless a later
# version had replaced it before.
RENOUNCE = """
INSERT INTO referencement_evenementdereferencement
    (referencement_id, number, kind, from_state, to_state, reasons, effect_at, at, by_id)
SELECT one.id, 1, 'renounced', 'in_force', 'renounced', '', GREATEST(candidature.withdrawn_at, one.opened_at),
    candidature.withdrawn_at, candidature.withdrawn_by_id
FROM referencement_referencement AS one
JOIN candidatures_candidature AS candidature ON candidature.id = one.candidature_id
WHERE candidature.state = 'withdrawn' AND NOT EXISTS (
    SELECT FROM referencement_referencement AS other
    JOIN candidatures_candidature AS next ON next.id = other.candidature_id
    WHERE next.produit_id = candidature.produit_id AND next.dispositif_id = candidature.dispositif_id
      AND (other.opened_at, other.id) > (one.opened_at, one.id) AND other.opened_at <= candidature.withdrawn_at
)
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
WHERE NOT EXISTS (SELECT FROM referencement_evenementdereferencement WHERE referencement_id = one.id)
"""

MOVE = """
UPDATE referencement_referencement AS one SET state = to_state, version = 1
FROM referencement_evenementdereferencement WHERE referencement_id = one.id
"""


class Migration(migrations.Migration):
    """What was attributed before is in force, but for what its éditeur withdrew, and what a later version replaced."""

    dependencies = [("referencement", "0007_referencement_held")]

    operations = [
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(RENOUNCE, migrations.RunSQL.noop),
        migrations.RunSQL(REPLACE, migrations.RunSQL.noop),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
