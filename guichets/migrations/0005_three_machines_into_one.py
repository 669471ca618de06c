from collections.abc import Iterator
from typing import Any

from django.db import migrations

# The desks that demandes were declared at until now: (stage, label, role, stages that may follow it), in their order.
# Frozen here: what the files of the desks say since is loaded by `load_guichets`.
DESKS: dict[str, tuple[str, list[tuple[str, str, str, tuple[str, ...]]]]] = {
    "cnda": (
        "CNDA",
        [
            ("initialisation", "Initialisation", "depart", ("pre_examen",)),
            ("pre_examen", "Pré-examen", "", ("examen", "refused")),
            ("examen", "Examen de conformité", "", ("finalisation", "refused")),
            ("finalisation", "Finalisation", "", ("granted", "refused")),
            ("granted", "Accordée", "accord", ()),
            ("refused", "Refusée", "refus", ()),
        ],
    ),
    "edc_psc": (
        "EDC PSC",
        [
            ("declared", "Déclarée", "depart", ("submitted",)),
            ("submitted", "Déposée", "", ("in_review",)),
            ("in_review", "En cours d’examen", "", ("complement_requested", "granted", "refused")),
            ("complement_requested", "Complément demandé", "", ("in_review", "refused")),
            ("granted", "Accordée", "accord", ()),
            ("refused", "Refusée", "refus", ()),
        ],
    ),
    "gazelle": (
        "Gazelle",
        [
            ("DONE_UNDEFINED", "Indéterminé", "depart", ("DONE_FAILED", "DONE_PASSED")),
            ("DONE_FAILED", "Échoué", "", ("DONE_UNDEFINED", "DONE_PASSED")),
            ("DONE_PASSED", "Réussi", "accord", ()),
        ],
    ),
}
COPY = """
UPDATE guichets_demandeauguichet demande
SET role = mine.role, proxy = mine.proxy, state = mine.state, moved_at = mine.moved_at,
    decided_date = mine.decided_date
FROM guichets_habilitation mine WHERE mine.demandeauguichet_ptr_id = demande.id;

UPDATE guichets_demandeauguichet demande
SET composant = mine.composant, teleservice = mine.teleservice, nil = mine.nil, state = mine.state,
    moved_at = mine.moved_at, decided_date = mine.decided_date
FROM guichets_homologation mine WHERE mine.demandeauguichet_ptr_id = demande.id;

-- A result that passed bears the day on which it did, as every grant: until now a link kept only its stage's.
UPDATE guichets_demandeauguichet demande
SET preuve = mine.preuve, state = mine.state, moved_at = mine.moved_at,
    decided_date = CASE mine.state WHEN 'DONE_PASSED' THEN
        COALESCE(demande.etape_date, (mine.moved_at AT TIME ZONE 'Europe/Paris')::date) END
FROM guichets_liengazelle mine WHERE mine.demandeauguichet_ptr_id = demande.id;
"""


def write_desks(apps: Any, schema_editor: Any) -> None:
    """Write the three desks, so that what was declared at them stands somewhere."""
    guichet, etape, mouvement = (apps.get_model("guichets", name) for name in ("Guichet", "Etape", "Mouvement"))
    for code, (nom, etapes) in DESKS.items():
        guichet.objects.create(code=code, nom=nom)
        for rang, (stage, label, role, _) in enumerate(etapes):
            etape.objects.create(guichet_id=code, code=stage, nom=label, rang=rang, role=role)
        for depart, arrivee, retour in moves({stage: after for stage, _, _, after in etapes}):
            mouvement.objects.create(guichet_id=code, depart=depart, arrivee=arrivee, retour=retour)


def moves(after: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str, bool]]:
    """Every move forwards; and as a return, every pair that no way forwards joins."""
    for depart in after:
        reached, ahead = {depart}, [depart]
        while ahead:
            ahead = [one for stage in ahead for one in after[stage] if one not in reached]
            reached.update(ahead)
        for arrivee in after:
            if arrivee in after[depart] or arrivee not in reached:
                yield depart, arrivee, arrivee not in after[depart]


class Migration(migrations.Migration):
    """Bring habilitations, homologations and Gazelle links into the one table that they all had a row in.

    Their keys stay: relevés, passages, anomalies and answers hang on the rows of that table. It goes one way: a demande
    that went backwards since has no place in the former machines.
    """

    dependencies = [("guichets", "0004_desks_are_rows")]

    operations = [migrations.RunPython(write_desks), migrations.RunSQL(COPY)]
