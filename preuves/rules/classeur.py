"""What becomes of each row of a spreadsheet that was sent back, before anything is deposited."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from preuves.catalogue.classeur import LigneDeClasseur
from preuves.enums import Forme, Sort
from preuves.rules import depots
from preuves.rules.depots import Contenu
from preuves.rules.rapprochement import Cible


@dataclass(frozen=True)
class Jugee:
    """One row, what becomes of it, and what it would deposit."""

    ligne: LigneDeClasseur
    sort: Sort
    sentence: str = ""
    contenu: Contenu | None = None

    @property
    def shown(self) -> str:
        """What was typed."""
        return self.ligne.reponse or f"Non applicable\u00a0: {self.ligne.motif}"


@dataclass(frozen=True)
class Attendu:
    """What a row must be about: the candidature, and the version of the REM of its dossier."""

    nru: str
    rem: date


def judged(
    lignes: Sequence[LigneDeClasseur],
    cibles: Mapping[str, Cible],
    attendu: Attendu,
    *,
    hosts: Collection[str],
    on: date,
) -> list[Jugee]:
    """Say what becomes of each row that was filled in; an empty one is left out.

    :param cibles: by N°, every preuve of the dossier
    :param hosts: the hosts that a link may lead to
    :param on: the civil day of the deposit, in Paris
    """
    seen: set[str] = set()
    told = []
    for ligne in lignes:
        if ligne.is_empty:
            continue
        jugee = _judged(ligne, cibles, attendu, hosts=hosts, on=on)
        if jugee.sort is Sort.READY and ligne.numero in seen:
            jugee = Jugee(ligne, Sort.REFUSED, "Ce N° est déjà sur une autre ligne.")
        seen.add(ligne.numero)
        told.append(jugee)
    return told


def _judged(
    ligne: LigneDeClasseur, cibles: Mapping[str, Cible], attendu: Attendu, *, hosts: Collection[str], on: date
) -> Jugee:
    cible = cibles.get(ligne.numero)
    if reason := _of_another(ligne, attendu):
        return Jugee(ligne, Sort.REFUSED, reason)
    if cible is None:
        return Jugee(ligne, Sort.UNKNOWN, "Ce N° n’est pas dans ce dossier.")
    contenu = depots.understood(_contenu(ligne, cible), hosts=hosts)
    if cible.seen and cible.value == (contenu.forme, contenu.value, contenu.evidence_date, contenu.version_technique):
        return Jugee(ligne, Sort.SAME, "Cette réponse est déjà déposée\u00a0: rien à faire.")
    if reason := cible.closed or _why_not(ligne, cible):
        return Jugee(ligne, Sort.REFUSED, reason)
    if faults := depots.faults(contenu, cible.spec, hosts=hosts, on=on):
        return Jugee(ligne, Sort.REFUSED, " ".join(faults.values()))
    return Jugee(ligne, Sort.READY, contenu=contenu)


def _of_another(ligne: LigneDeClasseur, attendu: Attendu) -> str:
    if ligne.candidature != attendu.nru:
        named = ligne.candidature or "aucune"
        return f"Cette ligne vient d’une autre candidature ({named})\u00a0: téléchargez le classeur de {attendu.nru}."
    if ligne.rem != attendu.rem.isoformat():
        return "Le référentiel a changé depuis ce classeur\u00a0: téléchargez-le de nouveau."
    return ""


def _contenu(ligne: LigneDeClasseur, cible: Cible) -> Contenu:
    if ligne.motif and not ligne.reponse:
        return Contenu(Forme.NOT_APPLICABLE, value=ligne.motif)
    return Contenu(cible.spec.forme, value=ligne.reponse, evidence_date=ligne.made, version_technique=ligne.version)


def _why_not(ligne: LigneDeClasseur, cible: Cible) -> str:
    if ligne.reponse and ligne.motif:
        return "Donnez une réponse ou un motif, et non les deux."
    if ligne.reponse and cible.spec.forme is Forme.FILES:
        return "Cette preuve se dépose sous forme de fichier\u00a0: déposez-la avec les fichiers."
    if ligne.seen != cible.seen:
        return "Quelqu’un a déposé cette preuve depuis ce classeur\u00a0: téléchargez-le de nouveau."
    if ligne.reponse and ligne.dated and ligne.made is None:
        return f"«\u00a0{ligne.dated}\u00a0» n’est pas une date\u00a0: écrivez-la jour/mois/année."
    return ""
