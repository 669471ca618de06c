"""Print as JSON what an upgrade must keep, read by SQL from the database of `DATABASE_URL`. Called by upgrade.py."""

import json
import os

import psycopg2

# Each demande at a desk: its object, number, stage, and how many stages it passed. FORMER: when each kind of demande
# had its own table; PRESENT: since.
FORMER = """
SELECT d.id, d.guichet, d.objet, d.numero, coalesce(h.state, c.state, g.state),
       (SELECT count(*) FROM guichets_passage p WHERE p.demande_id = d.id)
FROM guichets_demandeauguichet d
LEFT JOIN guichets_habilitation h ON h.demandeauguichet_ptr_id = d.id
LEFT JOIN guichets_homologation c ON c.demandeauguichet_ptr_id = d.id
LEFT JOIN guichets_liengazelle g ON g.demandeauguichet_ptr_id = d.id
"""
PRESENT = """
SELECT d.id, d.guichet, d.objet, d.numero, d.state,
       (SELECT count(*) FROM guichets_passage p WHERE p.demande_id = d.id)
FROM guichets_demandeauguichet d
"""
REFERENCED = """
SELECT c.nru, e.published_at::text, e.state
FROM referencement_examen e JOIN candidatures_candidature c ON c.id = e.candidature_id
WHERE e.published_at IS NOT NULL
"""


def main() -> None:
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [row[0] for row in cursor.fetchall() if not row[0].startswith(("django_", "auth_"))]
        tables = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            tables[name] = cursor.fetchone()[0]
        cursor.execute(FORMER if "guichets_habilitation" in names else PRESENT)
        demandes = {str(row[0]): list(row[1:]) for row in cursor.fetchall()}
        cursor.execute(REFERENCED)
        referencees = {row[0]: list(row[1:]) for row in cursor.fetchall()}
    print(json.dumps({"tables": tables, "demandes": demandes, "referencees": referencees}))


if __name__ == "__main__":
    main()
