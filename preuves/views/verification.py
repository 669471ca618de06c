"""The form of a verdict on one preuve, with the ready reasons that suit it."""

from comptes.rules.variables import filled
from preuves.forms.avis import VerificationForm
from preuves.queries.dossier import Attendu, Dossier
from preuves.queries.instruction import LigneDExamen
from preuves.queries.motifs import motif_of, motifs_for
from preuves.rules.motifs import Place


def form_of(line: LigneDExamen, dossier: Dossier) -> VerificationForm:
    """Return the form with the draft of its reader; one query, for the ready reasons."""
    draft = line.draft
    initial = {
        "numero": line.numero,
        "sha256": line.revision.sha256 if line.revision else "",
        "avis": draft.avis if draft else "",
        "reason": draft.reason if draft else "",
    }
    place = Place(dossier.candidature.dispositif_id, line.attendu.chapitre.code, line.attendu.preuve.nature)
    values = _values_of(line.attendu, dossier)
    return VerificationForm(
        initial=initial, sentences={motif.key: filled(motif.text, values) for motif in motifs_for(place)}
    )


def chosen_motif(key: str, attendu: Attendu | None, dossier: Dossier) -> dict[str, str]:
    """Return the ready reason of that key, filled for a preuve, even if a colleague retired it meanwhile."""
    motif = motif_of(key)
    return {motif.key: filled(motif.text, _values_of(attendu, dossier))} if motif and attendu else {}


def _values_of(attendu: Attendu, dossier: Dossier) -> dict[str, str]:
    return {
        "preuve": attendu.preuve.numero,
        "exigence": attendu.exigence.identifiant,
        "solution": dossier.candidature.produit.nom,
    }
