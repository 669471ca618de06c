"""What many files, or a spreadsheet, may be matched to: every preuve of a dossier, and what it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from candidatures.enums import CandidatureState
from preuves.catalogue.natures import NATURES
from preuves.enums import Forme, Nature
from preuves.models import Revision, RevisionPiece
from preuves.rules import depots as rules
from preuves.rules.rapprochement import Cible

from .dossier import Dossier
from .lignes import title_of

OF_FILES = frozenset(nature for nature, spec in NATURES.items() if spec.forme is Forme.FILES)
# A chapitre with nothing due takes no deposit either: each of its preuves says why.
TAKES_DEPOSITS = ("open", "returned", "acquis", "sans_objet")


def cibles_of(dossier: Dossier) -> dict[str, Cible]:
    """Return every preuve of the REM of a dossier by N°, in one query: why it takes no deposit, and what it holds."""
    held = _held(dossier)
    facts = {chapitre.spec.code: chapitre.facts for chapitre in dossier.chapitres}
    cibles = {}
    for numero, (chapitre, exigence, _, preuve) in dossier.rem.by_numero.items():
        state = facts[chapitre.code].preuves.get(numero)
        closed = rules.why_not_depositable(
            rules.DepositFacts(
                candidature_open=dossier.candidature.state == CandidatureState.OPEN,
                eligibilite_submitted=dossier.eligibilite_submitted,
                chapitre_open=facts[chapitre.code].standing in TAKES_DEPOSITS,
                exigibilite=dossier.exigibilites[numero],
                state=state.state if state else None,
            )
        )
        nature = Nature(preuve.nature)
        cible = Cible(numero, title_of(exigence.texte), nature, NATURES[nature], closed)
        cibles[numero] = replace(cible, **held[numero]) if numero in held else cible
    return cibles


def example_of(dossier: Dossier) -> str:
    """Return a name of file that tells the N° of a preuve of the dossier, one that is due if any; empty without any."""
    files = [numero for numero, (*_, preuve) in dossier.rem.by_numero.items() if preuve.nature in OF_FILES]
    numero = next((numero for numero in files if dossier.exigibilites[numero].is_due), files[0] if files else "")
    if not numero:
        return ""
    (*_, preuve) = dossier.rem.by_numero[numero]
    return f"{numero.replace('/', '-')}.{NATURES[Nature(preuve.nature)].door.formats[0].endings[0]}"


def _held(dossier: Dossier) -> dict[str, dict[str, Any]]:
    """Return, by N°, what the latest revision holds."""
    if dossier.row is None:
        return {}
    files = RevisionPiece.objects.filter(revision=OuterRef("pk")).order_by("rank").values("piece__sha256")
    latest = Revision.objects.filter(preuve__chapitre__dossier=dossier.row).order_by("preuve", "-number")
    rows = latest.distinct("preuve").annotate(files=ArraySubquery(files)).select_related("preuve")
    return {
        row.preuve.numero: {
            "seen": row.number,
            "held": frozenset(row.files),
            "value": (row.forme, row.value, row.evidence_date, row.version_technique),
        }
        for row in rows
    }
