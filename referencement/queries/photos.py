"""What the photo of an échéance freezes, and which candidatures are still to be photographed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from candidatures.catalogue.dispositifs import spec_of
from candidatures.queries.as_of import VoletThen
from candidatures.queries.moments import PassedEcheance, bound_at, moments_until
from guichets.queries.as_of import DemandeThen
from preuves.queries.as_of import DossierThen, RevisionThen
from preuves.queries.dossier import ChapitreDuDossier
from referencement.models import PhotoDEcheance
from referencement.rules.blocages import Blocage
from referencement.rules.echeances import due
from referencement.rules.photo import WAIT, may_be_taken, wait_of

from .as_of import CandidatureThen

FORMAT = 1


def moments_to_photograph(*, at: datetime) -> list[PassedEcheance]:
    """Return the moments that passed long enough ago to be photographed, the oldest first.

    The moment of a single candidature, after a dérogation, is left out once its photo is taken.
    """
    moments = moments_until(at - WAIT)
    own = [moment.candidature for moment in moments if moment.candidature]
    taken = set(PhotoDEcheance.objects.filter(candidature__in=own).values_list("candidature", "echeance", "instant"))
    waited = [moment for moment in moments if may_be_taken(moment.at, at=at, wait=wait_for(moment))]
    return [moment for moment in waited if (moment.candidature, moment.echeance, moment.at) not in taken]


def wait_for(moment: PassedEcheance) -> timedelta:
    """Return how long a photo waits: the files of what was submitted, and what a proxy had stamped, come first."""
    spec = spec_of(moment.dispositif)
    asked = next((echeance.exigences for echeance in spec.echeances if echeance.code == moment.echeance), None)
    has_files = asked is None or not asked.ask_for_volets_alone
    believed = timedelta(seconds=settings.STAMP_BELIEVED_FOR if settings.TRUSTED_PROXIES else 0)
    return wait_of(grace=spec.fichiers.grace if has_files else timedelta(0), believed=believed)


def candidatures_to_photograph(moment: PassedEcheance, *, most: int) -> list[int]:
    """Return the first candidatures (pk) that the échéance bound at that moment, and that have no photo of it."""
    taken = PhotoDEcheance.objects.filter(candidature=OuterRef("pk"), echeance=moment.echeance, instant=moment.at)
    without_photo = bound_at(moment).exclude(Exists(taken))
    return list(without_photo.order_by("pk").values_list("pk", flat=True)[:most])


# -- what is frozen ----------------------------------------------------------------------------------------------------


def missing_then(then: CandidatureThen, moment: PassedEcheance) -> tuple[Blocage, ...]:
    """Return what the échéance still asked at its instant."""
    return due(then.facts, moment.echeance, at=moment.at)


def photo_to_freeze(then: CandidatureThen, moment: PassedEcheance) -> dict[str, Any]:
    """Return all that was there at that instant: codes, dates, fingerprints, and labels as they were written then."""
    missing = missing_then(then, moment)
    labels = {f"volet:{volet.kind}": volet.label for volet in then.facts.volets}
    labels |= {f"chapitre:{chapitre.code}": chapitre.label for chapitre in then.facts.chapitres or ()}
    return {
        "format": FORMAT,
        "nru": then.candidature.nru,
        "echeance": moment.echeance,
        "instant": _iso(moment.at),
        "charte_acceptee": then.facts.charte_accepted,
        "volets": [_volet(volet) for volet in then.volets],
        "rem": _rem(then.dossier),
        "chapitres": _chapitres(then) if then.dossier else [],
        "guichets": [_demande(demande) for demande in then.desks.demandes],
        "manque": [
            {
                "phrase": blocage.sentence,
                "adresse": blocage.address,
                "a_qui": blocage.owner.value,
                "complet": blocage.is_complete,
            }
            for blocage in missing
        ],
        "complets_non_soumis": [labels[blocage.address] for blocage in missing if blocage.is_complete],
    }


def _volet(volet_then: VoletThen) -> dict[str, Any]:
    volet = volet_then.presented.volet
    done, asked = volet_then.progress
    return {
        "code": volet.kind,
        "etat": volet.state,
        "repondues": done,
        "attendues": asked,
        "complet_non_soumis": volet_then.is_complete_not_submitted,
        "soumissions": [
            {"numero": soumission.number, "le": _iso(soumission.submitted_at), "sha256": soumission.sha256}
            for soumission in volet_then.soumissions
        ],
    }


def _rem(then: DossierThen | None) -> dict[str, str] | None:
    version = then.dossier.rem.version if then else None
    return {"date": version.date.isoformat(), "sha256": version.sha256} if version else None


def _chapitres(then: CandidatureThen) -> list[dict[str, Any]]:
    assert then.dossier is not None, "Chapitres are those of a dossier."
    complete = {chapitre.code for chapitre in then.facts.chapitres or () if chapitre.is_complete}
    concerned = [chapitre for chapitre in then.dossier.dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    return [_chapitre(chapitre, then.dossier, complete=chapitre.spec.code in complete) for chapitre in concerned]


def _chapitre(chapitre: ChapitreDuDossier, then: DossierThen, *, complete: bool) -> dict[str, Any]:
    facts = chapitre.facts
    deposited = [
        then.revisions[exigibilite.numero] for exigibilite in facts.exigibilites if exigibilite.numero in then.revisions
    ]
    return {
        "code": chapitre.spec.code,
        "label": chapitre.spec.label,
        "etat": facts.standing,
        "attendues": len(facts.due),
        "repondues": facts.answered,
        "acceptees": facts.accepted,
        "complet_non_soumis": complete,
        "soumissions": [
            {"numero": soumission.number, "le": _iso(soumission.submitted_at), "sha256": soumission.sha256}
            for soumission in then.soumissions.get(chapitre.spec.code, ())
        ],
        "depots": [_depot(revision) for revision in deposited],
    }


def _depot(revision: RevisionThen) -> dict[str, Any]:
    return {
        "preuve": revision.numero,
        "numero": revision.number,
        "le": _iso(revision.deposited_at),
        "etat": revision.state,
        "sha256": revision.sha256,
    }


def _demande(demande: DemandeThen) -> dict[str, Any]:
    return {
        "guichet": demande.guichet.code,
        "label": demande.label,
        "exigee": demande.requise is not None,
        "numero": demande.numero,
        "etape": demande.etape if demande.is_declared else "",
        "depuis": _iso(demande.since) if demande.since else "",
    }


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
