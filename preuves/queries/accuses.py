"""What a submission of a chapitre holds, as its accusé lists it."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, OuterRef, Prefetch, QuerySet, Subquery, TextField

from candidatures.models import Accuse, Candidature
from candidatures.queries.accuses import accuses_about, files_of
from comptes.models.prepared import Prepared
from preuves.enums import Forme
from preuves.models import Envoi, FichierAttendu, RepriseDeChapitre, Revision, RevisionPiece, SoumissionDeChapitre

SHORT = (Forme.LINK, Forme.NUMBER)


def accuses_of_chapitre(candidature: Candidature, code: str) -> list[Accuse]:
    """The accusés of a chapitre's submissions, latest first; `taken_back_at` tells which no longer count."""
    return _ACCUSES.ask(candidature=candidature.pk, code=code, address=f"chapitre:{candidature.nru}/{code}")


def _accuses(candidature: Any, code: Any, address: Any) -> QuerySet[Accuse, Any]:
    reprise = RepriseDeChapitre.objects.filter(
        soumission__chapitre__dossier__candidature=candidature,
        soumission__chapitre__code=code,
        soumission__number=OuterRef("number"),
    ).order_by("pk")
    return accuses_about(address).annotate(taken_back_at=Subquery(reprise.values("taken_back_at")[:1]))


_ACCUSES = Prepared(_accuses, candidature=BigIntegerField(), code=TextField(), address=TextField())


def depots_of_soumission(soumission: SoumissionDeChapitre) -> list[dict[str, Any]]:
    """Every revision of a submission, in the order of the N°, with its files; four queries."""
    awaited = FichierAttendu.objects.filter(envoi__piece=None).select_related("envoi").order_by("rank")
    lines = Prefetch("lines", RevisionPiece.objects.select_related("piece").order_by("rank"))
    rows = Revision.objects.filter(
        preuve__chapitre=soumission.chapitre_id, sha256__in=soumission.revisions.values()
    ).select_related("preuve")
    rows = rows.prefetch_related(lines, Prefetch("awaited", awaited))
    revisions = {revision.preuve.numero: revision for revision in rows.order_by("number")}
    return [_depot(numero, revisions[numero]) for numero in sorted(soumission.revisions) if numero in revisions]


def _depot(numero: str, revision: Revision) -> dict[str, Any]:
    label = f"{revision.get_forme_display()}, dépôt n°\u00a0{revision.number}"
    return {
        "intitule": numero,
        "precision": f"{label}\u00a0: {revision.value}" if revision.forme in SHORT else label,
        "sha256": revision.sha256,
        "fichiers": [
            *files_of(line.piece for line in revision.lines.all()),
            *(_announced(awaited.envoi) for awaited in revision.awaited.all()),
        ],
    }


def _announced(envoi: Envoi) -> dict[str, Any]:
    """A file that still travels: what proves it is the list of its parts' sha256. Once verified, it has its accusé."""
    parts = f"annoncé en {len(envoi.parts)} parties\u00a0: empreinte de la liste des leurs"
    return {"nom": f"{envoi.name}, {parts}", "octets": envoi.size, "sha256": envoi.empreinte}
