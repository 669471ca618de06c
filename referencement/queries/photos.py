"""What the photo of an échéance freezes, and of which candidatures it is still to be taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from candidatures.queries.as_of import VoletThen
from candidatures.queries.moments import PassedEcheance, bound_at, moments_until
from guichets.queries.as_of import DemandeThen
from preuves.queries.as_of import DossierThen, RevisionThen
from preuves.queries.dossier import ChapitreDuDossier
from referencement.models import PhotoDEcheance
from referencement.rules.blocages import Blocage
from referencement.rules.echeances import due
from referencement.rules.photo import WAIT

from .as_of import CandidatureThen

FORMAT = 1


def moments_to_photograph(*, at: datetime) -> list[PassedEcheance]:
    """The moments that came long enough ago, the oldest first, but those of one candidature whose photo is taken."""
    moments = moments_until(at - WAIT)
    own = [one.candidature for one in moments if one.candidature]
    taken = set(PhotoDEcheance.objects.filter(candidature__in=own).values_list("candidature", "echeance", "instant"))
    return [one for one in moments if (one.candidature, one.echeance, one.at) not in taken]


def candidatures_to_photograph(moment: PassedEcheance, *, most: int) -> list[int]:
    """Some of those that the échéance bound at that moment, and whose photo is not taken (pk)."""
    taken = PhotoDEcheance.objects.filter(candidature=OuterRef("pk"), echeance=moment.echeance, instant=moment.at)
    left = bound_at(moment).exclude(Exists(taken))
    return list(left.order_by("pk").values_list("pk", flat=True)[:most])


# -- what is frozen ----------------------------------------------------------------------------------------------------


def missing_then(then: CandidatureThen, moment: PassedEcheance) -> tuple[Blocage, ...]:
    """What the échéance still asked at its instant."""
    return due(then.facts, moment.echeance, at=moment.at)


def photo_to_freeze(then: CandidatureThen, moment: PassedEcheance) -> dict[str, Any]:
    """Say all that was there at that instant: codes, dates and fingerprints, and nothing that may be renamed since."""
    missing = missing_then(then, moment)
    labels = {f"volet:{one.kind}": one.label for one in then.facts.volets}
    labels |= {f"chapitre:{one.code}": one.label for one in then.facts.chapitres or ()}
    return {
        "format": FORMAT,
        "nru": then.candidature.nru,
        "echeance": moment.echeance,
        "instant": _iso(moment.at),
        "charte_acceptee": then.facts.charte_accepted,
        "volets": [_volet(one) for one in then.volets],
        "rem": _rem(then.dossier),
        "chapitres": _chapitres(then) if then.dossier else [],
        "guichets": [_demande(one) for one in then.desks.demandes],
        "manque": [
            {"phrase": one.sentence, "adresse": one.address, "a_qui": one.owner.value, "complet": one.is_complete}
            for one in missing
        ],
        "complets_non_soumis": [labels[one.address] for one in missing if one.is_complete],
    }


def _volet(one: VoletThen) -> dict[str, Any]:
    volet = one.presented.volet
    done, asked = one.progress
    return {
        "code": volet.kind,
        "etat": volet.state,
        "repondues": done,
        "attendues": asked,
        "complet_non_soumis": one.is_complete_not_submitted,
        "soumissions": [
            {"numero": it.number, "le": _iso(it.submitted_at), "sha256": it.sha256} for it in one.soumissions
        ],
    }


def _rem(then: DossierThen | None) -> dict[str, str] | None:
    version = then.dossier.rem.version if then else None
    return {"date": version.date.isoformat(), "sha256": version.sha256} if version else None


def _chapitres(then: CandidatureThen) -> list[dict[str, Any]]:
    assert then.dossier is not None, "Chapitres are those of a dossier."
    complete = {one.code for one in then.facts.chapitres or () if one.is_complete}
    concerned = [one for one in then.dossier.dossier.chapitres if one.facts.standing != "sans_objet"]
    return [_chapitre(one, then.dossier, complete=one.spec.code in complete) for one in concerned]


def _chapitre(one: ChapitreDuDossier, then: DossierThen, *, complete: bool) -> dict[str, Any]:
    facts = one.facts
    deposited = [then.revisions[it.numero] for it in facts.exigibilites if it.numero in then.revisions]
    return {
        "code": one.spec.code,
        "label": one.spec.label,
        "etat": facts.standing,
        "attendues": len(facts.due),
        "repondues": facts.answered,
        "acceptees": facts.accepted,
        "complet_non_soumis": complete,
        "soumissions": [
            {"numero": it.number, "le": _iso(it.submitted_at), "sha256": it.sha256}
            for it in then.soumissions.get(one.spec.code, ())
        ],
        "depots": [_depot(it) for it in deposited],
    }


def _depot(one: RevisionThen) -> dict[str, Any]:
    return {
        "preuve": one.numero,
        "numero": one.number,
        "le": _iso(one.deposited_at),
        "etat": one.state,
        "sha256": one.sha256,
    }


def _demande(one: DemandeThen) -> dict[str, Any]:
    return {
        "guichet": one.guichet.code,
        "label": one.label,
        "exigee": one.requise is not None,
        "numero": one.numero,
        "etape": one.etape if one.is_declared else "",
        "depuis": _iso(one.since) if one.since else "",
    }


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
