"""Opening a dossier de preuves, and moving it to the next version of the REM."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from candidatures.operations.telling import tell_the_team
from candidatures.rules.freeze import why_frozen
from comptes import journal
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves.enums import Act, ChapitreState, PreuveState
from preuves.models import AvisTombe, Chapitre, DossierDePreuves, Preuve, VerdictDePreuve, VersionDuREM
from preuves.queries.dossier import dossier_of, latest_version, rem_of
from preuves.rules.adoption import Adoption, adoption

from .locking import locked_candidature

IN_HANDS = (ChapitreState.SUBMITTED, ChapitreState.UNDER_REVIEW)


class VersionNotAdoptable(Refused):
    """The dossier stays at its version of the REM."""


@dataclass(frozen=True)
class AdoptedVersion:
    """The result of the move: how many verdicts still hold, and the N° of the preuves whose verdict fell."""

    kept: int
    fallen: tuple[str, ...]


def open_dossier(*, candidature: Candidature, by: Compte, at: datetime) -> DossierDePreuves:
    """Return the dossier of a locked candidature; open it on the latest REM if it does not exist.

    :raises VersionDuREM.DoesNotExist: when the dispositif has no REM
    """
    existing = DossierDePreuves.objects.select_related("version").filter(candidature=candidature).first()
    if existing:
        return existing
    version = latest_version(candidature.dispositif_id)
    if version is None:
        raise VersionDuREM.DoesNotExist(candidature.dispositif_id)
    dossier = DossierDePreuves.objects.create(candidature=candidature, version=version, opened_at=at, pinned_at=at)
    _open_chapitres(dossier)
    journal.record(
        candidature.chain,
        Act.DOSSIER_OPENED,
        on=f"dossier:{candidature.nru}",
        by=by,
        at=at,
        date=day_in_figures(version.date),
    )
    return dossier


def _open_chapitres(dossier: DossierDePreuves) -> None:
    """Make the missing rows of the chapitres of the version."""
    known = set(dossier.chapitres.values_list("code", flat=True))
    codes = [chapitre.code for chapitre in rem_of(dossier.version).spec.chapitres]
    Chapitre.objects.bulk_create(Chapitre(dossier=dossier, code=code) for code in codes if code not in known)


@transaction.atomic
def move_to_version(*, candidature_id: int, version_id: int, by: Compte, at: datetime) -> AdoptedVersion:
    """Move a dossier to the next version of the REM.

    The verdicts on unchanged words hold; the others fall, each with its reason, and their chapitre opens again.

    :raises VersionNotAdoptable: when it is not the latest, or when the ANS holds a chapitre whose words change
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    dossier = open_dossier(candidature=candidature, by=by, at=at)
    version = VersionDuREM.objects.filter(pk=version_id, dispositif=candidature.dispositif).first()
    if version is None:
        raise VersionNotAdoptable("Cette version du référentiel n’existe pas.")
    change = adoption(rem_of(dossier.version).spec, rem_of(version).spec)
    held = dossier.chapitres.filter(state__in=IN_HANDS, code__in=change.chapitres).order_by("code")
    if reasons := tuple(_why_not(candidature, dossier, version, list(held))):
        raise VersionNotAdoptable(*reasons)
    dossier.version, dossier.pinned_at = version, at
    dossier.save(update_fields=["version", "pinned_at"])
    _open_chapitres(dossier)
    _follow_their_chapitre(dossier, change)
    fallen = _let_fall(dossier, change, at=at)
    kept = Preuve.objects.filter(chapitre__dossier=dossier, state=PreuveState.ACCEPTED).count()
    reopen_what_lacks(candidature=candidature, by=by, at=at, reason=f"REM du {day_in_figures(version.date)}")
    journal.record(
        candidature.chain,
        Act.DOSSIER_MOVED,
        on=f"dossier:{candidature.nru}",
        by=by,
        at=at,
        date=day_in_figures(version.date),
        kept=kept,
        fallen=len(fallen),
    )
    tell_the_team(
        candidature=candidature,
        kind="preuves.dossier_moved",
        on=f"dossier:{candidature.nru}",
        occurrence=str(version.pk),
        at=at,
    )
    return AdoptedVersion(kept, fallen)


def _why_not(
    candidature: Candidature, dossier: DossierDePreuves, version: VersionDuREM, held: list[Chapitre]
) -> Iterator[str]:
    if candidature.state != CandidatureState.OPEN:
        yield "Cette candidature n’est plus ouverte."
    elif reason := why_frozen(candidature.gel):
        yield reason
    if version == dossier.version:
        yield "Le dossier suit déjà cette version du référentiel."
    elif version != latest_version(candidature.dispositif_id):
        yield "Une version plus récente du référentiel est publiée."
    for chapitre in held:
        yield f"Le chapitre {chapitre.code}, modifié par cette version, est soumis à l’ANS. Attendez sa réponse."


def _follow_their_chapitre(dossier: DossierDePreuves, change: Adoption) -> None:
    """Move to their new chapitre the preuves that the new version puts in another one."""
    rows = {chapitre.code: chapitre for chapitre in dossier.chapitres.order_by("pk")}
    for preuve in Preuve.objects.filter(chapitre__dossier=dossier, numero__in=change.moved).order_by("pk"):
        preuve.chapitre = rows[change.moved[preuve.numero]]
        preuve.save(update_fields=["chapitre"])


def _let_fall(dossier: DossierDePreuves, change: Adoption, *, at: datetime) -> tuple[str, ...]:
    """Send back to be read the accepted preuves whose words changed, each with the reason."""
    judged = Preuve.objects.filter(
        chapitre__dossier=dossier,
        numero__in=change.reasons,
        state=PreuveState.ACCEPTED,
    )
    fallen = list(judged.order_by("pk"))
    last = VerdictDePreuve.objects.filter(revision__preuve__in=fallen).order_by("revision__preuve", "-given_at", "-pk")
    verdicts = {
        verdict.revision.preuve_id: verdict for verdict in last.distinct("revision__preuve").select_related("revision")
    }
    for preuve in fallen:
        preuve.fall()
        preuve.save()
    AvisTombe.objects.bulk_create(
        AvisTombe(
            verdict=verdicts[preuve.pk],
            version=dossier.version,
            reason=change.reasons[preuve.numero],
            fallen_at=at,
        )
        for preuve in fallen
    )
    return tuple(preuve.numero for preuve in fallen)


@transaction.atomic
def reopen_after_new_profils(*, candidature_id: int, by: Compte, at: datetime) -> list[str]:
    """Open again the approved chapitres that need more preuves since the éditeur changed what it presents.

    :param by: who presented it
    :return: the codes of these chapitres
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    if candidature.state != CandidatureState.OPEN:
        return []
    return reopen_what_lacks(candidature=candidature, by=by, at=at, reason="les profils présentés ont changé")


def reopen_what_lacks(*, candidature: Candidature, by: Compte | None, at: datetime, reason: str) -> list[str]:
    """Open again the approved chapitres where something due is not accepted; return their codes.

    None is opened while the collège has the candidature: it reads that something is missing in them.

    :param candidature: locked, with its dispositif joined
    :param by: None when no person did it: an équivalence ended by rule
    """
    if why_frozen(candidature.gel):
        return []
    dossier = dossier_of(candidature)
    reopened = []
    for known in dossier.chapitres if dossier else ():
        chapitre = known.row
        lacks_something = known.facts.standing != ChapitreState.APPROVED
        if chapitre and chapitre.state == ChapitreState.APPROVED and lacks_something:
            chapitre.reopen(by=by, at=at)
            chapitre.save()
            reopened.append(chapitre.code)
            journal.record(
                candidature.chain,
                Act.CHAPITRE_REOPENED,
                on=f"chapitre:{candidature.nru}/{chapitre.code}",
                by=by,
                at=at,
                chapitre=chapitre.code,
                motif=reason,
            )
    return reopened
