"""The rules that triggers check on insertion, checked on the copies, which are inserted with the triggers off."""

from django.db import connection

# By rule, the query of the rows that break it.
LAWS = {
    "a demande came to its stage by the moves of its desk": """
        SELECT d.id FROM guichets_demandeauguichet d
        JOIN guichets_etape e ON (e.guichet_id, e.code) = (d.guichet, d.state)
        WHERE (e.role IN ('accord', 'refus')) <> (d.decided_date IS NOT NULL)
           OR e.role <> 'depart' AND NOT EXISTS (
               SELECT FROM guichets_passage p WHERE p.demande_id = d.id AND p.etape = d.state)""",
    "a contestation is of a candidature that the collège had not frozen": """
        SELECT c.id FROM preuves_contestation c
        JOIN preuves_dossierdepreuves o ON o.id = c.dossier_id
        JOIN referencement_examen e ON e.candidature_id = o.candidature_id
        WHERE c.contested_at >= e.listed_at AND e.state IN ('listed', 'decided', 'attributed')""",
    "a candidature says its freeze": "SELECT id FROM candidatures_candidature WHERE gel <> freeze_of(id)",
    "a candidature is looked for under the names of its solution and of its éditeur": """
        SELECT id FROM candidatures_candidature WHERE noms <> names_of_produit(produit_id)""",
    "a chapitre says what its candidature says": """
        SELECT h.id FROM preuves_chapitre h
        JOIN preuves_dossierdepreuves d ON d.id = h.dossier_id
        JOIN candidatures_candidature c ON c.id = d.candidature_id
        LEFT JOIN candidatures_referent r ON r.candidature_id = c.id
        WHERE (h.candidature_closed, h.dispositif_id, coalesce(h.referent_id, 0))
            <> (is_closed_candidature(c.state), c.dispositif_id, coalesce(r.compte_id, 0))""",
    "a séance was opened on its day, with its quorum": """
        SELECT s.id FROM referencement_seanceducollege s WHERE s.held_at <= s.planned_at
           OR s.opened_at IS NOT NULL AND (
               (s.opened_at AT TIME ZONE 'Europe/Paris')::date <> (s.held_at AT TIME ZONE 'Europe/Paris')::date
               OR s.quorum > (SELECT count(*) FROM referencement_membredeseance m
                              WHERE m.seance_id = s.id AND m.is_present))""",
    "an examen is published by the closing of its séance, attributed with its signed convention": """
        SELECT e.id FROM referencement_examen e
        JOIN referencement_seanceducollege s ON s.id = e.seance_id
        LEFT JOIN referencement_convention c ON c.id = e.convention_id AND c.candidature_id = e.candidature_id
        WHERE e.state IN ('attributed', 'not_attributed', 'postponed') AND s.state <> 'closed'
           OR e.state = 'cancelled' AND s.state <> 'cancelled'
           OR e.state = 'attributed' AND coalesce(c.state, '') NOT IN ('signed_by_editeur', 'countersigned')""",
    "an avis is of a member of the séance, who was there": """
        SELECT a.id FROM referencement_avisdemembre a
        JOIN referencement_examen e ON e.id = a.examen_id
        JOIN referencement_membredeseance m ON m.id = a.membre_id
        WHERE m.seance_id <> e.seance_id OR NOT m.is_present""",
    "what the collège decided is examined again only once that is granted": """
        SELECT e.id FROM referencement_examen e JOIN referencement_examen f USING (candidature_id)
        WHERE f.id > e.id AND (e.state = 'attributed' OR e.state = 'not_attributed' AND NOT EXISTS (
            SELECT FROM referencement_reexamen r WHERE r.examen_id = e.id AND r.state = 'granted'))""",
    "a réexamen is of what the collège refused": """
        SELECT r.id FROM referencement_reexamen r JOIN referencement_examen e ON e.id = r.examen_id
        WHERE e.state <> 'not_attributed'""",
    "a référencement was opened by an attribution, and stands where its last event left it": """
        SELECT r.id FROM referencement_referencement r
        JOIN referencement_examen e ON e.id = r.examen_id
        LEFT JOIN referencement_evenementdereferencement l ON (l.referencement_id, l.number) = (r.id, r.version)
        WHERE e.state <> 'attributed' OR e.candidature_id <> r.candidature_id
           OR r.state <> coalesce(l.to_state, 'in_force')""",
    "an event begins where the one before ended, and follows a mesure that was decided": """
        SELECT v.id FROM referencement_evenementdereferencement v
        LEFT JOIN referencement_evenementdereferencement b
            ON (b.referencement_id, b.number) = (v.referencement_id, v.number - 1)
        LEFT JOIN referencement_mesure m ON m.id = v.mesure_id
        LEFT JOIN referencement_referencement s ON s.id = v.successor_id
        WHERE v.from_state <> coalesce(b.to_state, 'in_force')
           OR v.mesure_id IS NOT NULL AND (m.state <> 'decided' OR m.referencement_id <> v.referencement_id)
           OR v.successor_id IS NOT NULL AND s.id IS NULL""",
    "a mesure that was decided has its event": """
        SELECT m.id FROM referencement_mesure m WHERE m.state = 'decided' AND NOT EXISTS (
            SELECT FROM referencement_evenementdereferencement v WHERE v.mesure_id = m.id)""",
}


def broken() -> dict[str, list[int]]:
    """Return the rules that are broken, each with the pks of the first rows that break it."""
    rows_by_law = {}
    with connection.cursor() as cursor:
        for law, query in LAWS.items():
            cursor.execute(f"{query} LIMIT 5")
            rows_by_law[law] = [row[0] for row in cursor.fetchall()]
    return {law: rows for law, rows in rows_by_law.items() if rows}
