"""What becomes of a submission whose files travelled: it stands once all are there; else it falls, or comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from candidatures.enums import AccuseKind
from candidatures.operations.accuses import issue_accuse
from candidatures.operations.telling import tell_the_team
from candidatures.queries.accuses import files_of
from comptes import journal
from comptes.dates import instant_in_words, instant_to_the_second
from comptes.models import Compte
from preuves.enums import Act, ChapitreState, EnvoiState
from preuves.models import AttenteDeFichiers, Chapitre, Envoi, FichierAttendu, RepriseDeChapitre, SoumissionDeChapitre
from preuves.queries.chapitres import soumissions_standing
from preuves.queries.envois import envois_of

from .locking import locked_candidature, locked_chapitre


@transaction.atomic
def settle_soumission(*, soumission_id: int, at: datetime, believed: timedelta = timedelta(0)) -> None:
    """Look at what a submission awaits: note that all is there, let it fall, or send the chapitre back.

    :param believed: for how long after its arrival a request may still be written, with the stamp that it bears
    """
    chapitre_id = SoumissionDeChapitre.objects.values_list("chapitre", flat=True).get(pk=soumission_id)
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    attente = AttenteDeFichiers.objects.select_related("soumission").get(soumission=soumission_id)
    standing = soumissions_standing(chapitre)
    if chapitre.state != ChapitreState.SUBMITTED or attente.fell_at or standing[0].pk != soumission_id:
        return
    envois = envois_of(attente.soumission)
    if attente.complete_at is None:
        missing = [envoi for envoi in envois if _is_not_there(envoi, attente.until)]
        if missing and _is_over(missing, attente.until, at=at, believed=believed):
            _fall(chapitre, attente, missing, at=at)
        if missing:
            return
        attente.complete_at = max((envoi.arrived_at for envoi in envois if envoi.arrived_at), default=at)
        attente.save(update_fields=["complete_at"])
    if refused := [envoi for envoi in envois if envoi.state == EnvoiState.REFUSED]:
        _come_back(chapitre, attente, refused, at=at)


def _is_not_there(envoi: Envoi, until: datetime | None) -> bool:
    return envoi.arrived_at is None or (until is not None and envoi.arrived_at > until)


def _is_over(missing: list[Envoi], until: datetime | None, *, at: datetime, believed: timedelta) -> bool:
    """Say whether nothing that arrived in time can still be written: one that came whole, too late, is enough."""
    return until is not None and (at > until + believed or any(envoi.arrived_at for envoi in missing))


def _fall(chapitre: Chapitre, attente: AttenteDeFichiers, missing: list[Envoi], *, at: datetime) -> None:
    """Let a submission count as never made."""
    soumission, former = attente.soumission, soumissions_standing(chapitre)[1:]
    attente.fell_at = at
    attente.reason = (
        f"{_named(missing)} n’{'a' if len(missing) == 1 else 'ont'} pas été reçu{'s' if len(missing) > 1 else ''} en "
        f"entier au plus tard le {instant_in_words(attente.until)}. Cette soumission ne compte plus. Terminez l’envoi "
        "ou déposez de nouveau, puis soumettez. Si la date limite est dépassée, demandez une dérogation à l’ANS."
    )
    attente.save(update_fields=["fell_at", "reason"])
    if former:
        chapitre.take_answer_back(former=former[0])
    else:
        chapitre.take_back()
    chapitre.save()
    RepriseDeChapitre.objects.create(soumission=soumission, taken_back_at=at, taken_back_by=None)
    _tell(chapitre, attente, Act.CHAPITRE_FELL, kind="preuves.chapitre_fell", at=at)


def _come_back(chapitre: Chapitre, attente: AttenteDeFichiers, refused: list[Envoi], *, at: datetime) -> None:
    """Send a chapitre back for a file that came in time, and cannot be kept: it is a return, never a lateness."""
    why = " ".join(f"«\u00a0{envoi.name}\u00a0»\u00a0: {envoi.refusal}" for envoi in refused)
    attente.fell_at = at
    attente.reason = f"Les fichiers ont été reçus dans les délais, mais un fichier ne peut pas être conservé. {why}"
    attente.save(update_fields=["fell_at", "reason"])
    chapitre.come_back(at=at)
    chapitre.save()
    _tell(chapitre, attente, Act.CHAPITRE_CAME_BACK, kind="preuves.chapitre_came_back", at=at)


def _named(envois: list[Envoi]) -> str:
    return ", ".join(f"«\u00a0{envoi.name}\u00a0»" for envoi in envois)


def _tell(chapitre: Chapitre, attente: AttenteDeFichiers, act: Act, *, kind: str, at: datetime) -> None:
    candidature = chapitre.dossier.candidature
    address, number = f"chapitre:{candidature.nru}/{chapitre.code}", attente.soumission.number
    journal.record(
        candidature.chain,
        act,
        on=address,
        by=None,
        at=at,
        chapitre=chapitre.code,
        numero=number,
        motif=attente.reason,
    )
    tell_the_team(candidature=candidature, kind=kind, on=address, occurrence=str(number), at=at)


@transaction.atomic
def acknowledge_file(*, envoi_id: int, by: Compte, at: datetime) -> None:
    """Issue the second accusé: that of a file which travelled when it was submitted, and is verified now."""
    envoi = Envoi.objects.get(pk=envoi_id)
    locked_candidature(candidature_id=envoi.candidature_id)
    held = FichierAttendu.objects.filter(envoi=envoi).select_related("revision__preuve__chapitre")
    submitted = [awaited for awaited in held.order_by("-pk") if _was_submitted(awaited)]
    address = f"fichier:{envoi.pk}"
    if envoi.piece is None or not submitted or envoi.candidature.accuses.filter(address=address).exists():
        return
    candidature = locked_candidature(candidature_id=envoi.candidature_id)
    details = {"fichier": envoi.name, "sha256": envoi.piece.sha256}
    entry = journal.record(candidature.chain, Act.FICHIER_VERIFIED, on=address, by=None, at=at, **details)
    depots = [
        {
            "intitule": awaited.revision.preuve.numero,
            "precision": f"annoncé le {instant_to_the_second(envoi.declared_at)}, "
            f"empreinte de la liste des parties\u00a0: {envoi.empreinte}",
            "sha256": awaited.revision.sha256,
            "fichiers": files_of([envoi.piece]),
        }
        for awaited in submitted
    ]
    issue_accuse(
        candidature=candidature,
        kind=AccuseKind.FICHIER,
        address=address,
        objet=f"Fichier {envoi.name}, arrivé et vérifié",
        number=1,
        sha256=envoi.piece.sha256,
        lists={"depots": depots},
        entry=entry,
        by=by,
        at=at,
    )


def _was_submitted(awaited: FichierAttendu) -> bool:
    revision = awaited.revision
    held = revision.preuve.chapitre.soumissions.filter(reprise=None, attente__isnull=False)
    return any(revision.sha256 in soumission.revisions.values() for soumission in held.order_by("pk"))
