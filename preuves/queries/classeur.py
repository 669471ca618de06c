"""The rows of the spreadsheet of a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from preuves.catalogue.classeur import ClasseurColumn as C
from preuves.enums import Forme, PreuveState
from preuves.rules.rapprochement import Cible

from .dossier import Dossier
from .lignes import plain_words, title_of


def rows_of_classeur(dossier: Dossier, cibles: Mapping[str, Cible]) -> Iterator[dict[C, object]]:
    """Yield a row for each preuve that is due, in the order of the REM, with what is deposited for it."""
    states = {
        numero: preuve.state for chapitre in dossier.chapitres for numero, preuve in chapitre.facts.preuves.items()
    }
    for numero, (chapitre, exigence, _, preuve) in dossier.rem.by_numero.items():
        if not dossier.exigibilites[numero].is_due:
            continue
        cible = cibles[numero]
        forme, value, made, version = cible.value
        is_reason = forme == Forme.NOT_APPLICABLE
        yield {
            C.CANDIDATURE: dossier.candidature.nru,
            C.REM: dossier.rem.version.date.isoformat(),
            C.NUMERO: numero,
            C.CHAPITRE: chapitre.label,
            C.FONCTION: exigence.fonction,
            C.EXIGENCE: title_of(exigence.texte),
            C.PREUVE: plain_words(preuve.texte),
            C.NATURE: str(cible.nature.label),
            C.ETAT: str(PreuveState(states[numero]).label) if numero in states else "À déposer",
            C.DEPOT: cible.seen,
            C.REPONSE: "" if is_reason else value,
            C.DATE: made,
            C.VERSION: version or dossier.version_technique,
            C.MOTIF: value if is_reason else "",
        }
