"""The dérogations that the ANS should consider by itself: it asked for something too near an échéance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from candidatures.catalogue.dispositifs import every_spec, spec_of
from candidatures.enums import (
    UNDECIDED,
    CandidatureState,
    DemandeKind,
    DemandeState,
    DerogationState,
    Freeze,
    VoletState,
)
from candidatures.models import Candidature, Demande, Derogation, Volet
from candidatures.queries.candidatures import deadlines_of_many
from candidatures.rules.deadlines import Deadline
from candidatures.rules.proches import Sent, to_consider
from preuves.enums import ChapitreState
from preuves.models import Chapitre

from .blocages import DossierComplet


@dataclass(frozen=True)
class Considered:
    """A dérogation that can be asked for a candidature in one click.

    :param code: of the échéance, and `nom` its name
    :param sentence: why, in French
    :param to_at: the new instant (aware)
    """

    candidature: Candidature
    code: str
    nom: str
    sentence: str
    to_at: datetime


def derogations_to_consider(*, at: datetime, of: Candidature | None = None) -> list[Considered]:
    """Return the candidatures for which the ANS should consider a dérogation, by pk, in six queries.

    A candidature whose dérogation was asked, granted or refused for that échéance is left out.

    :param of: looks at this candidature alone
    """
    longest = max((spec.delais.before for spec in every_spec()), default=None)
    if longest is None:
        return []
    sent = _sent(at - 2 * longest)
    rows = Candidature.objects.with_names().filter(pk__in=sent, state=CandidatureState.OPEN, succeeds=None)
    if of is not None:
        rows = rows.filter(pk=of.pk)
    candidatures = list(rows.exclude(gel=Freeze.ATTRIBUTED).order_by("pk"))
    answered = _answered(candidatures)
    deadlines = deadlines_of_many(candidatures)
    considered = []
    for candidature in candidatures:
        unmet = _unmet(candidature, deadlines[candidature.pk])
        before = spec_of(candidature.dispositif_id).delais.before
        cases = to_consider(sent[candidature.pk], unmet, before=before, at=at)
        if unanswered := [case for case in cases if (candidature.pk, case.code) not in answered]:
            case = unanswered[-1]
            considered.append(Considered(candidature, case.code, unmet[case.code].nom, case.sentence, case.to_at))
    return considered


def derogation_to_consider(complet: DossierComplet, *, at: datetime) -> str:
    """Say why the ANS should consider a dérogation for one candidature; empty when it need not. One query at most."""
    candidature, facts = complet.candidature, complet.facts
    if not facts.is_open or candidature.succeeds_id is not None or candidature.gel == Freeze.ATTRIBUTED:
        return ""
    sent = [
        _complement(row.volet, row.asked_at)
        for row in complet.presented
        if row.asked_at and row.volet.state == VoletState.COMPLEMENT_REQUESTED
    ]
    returned = [chapitre for chapitre in facts.chapitres or () if chapitre.standing == ChapitreState.RETURNED]
    sent += [_corrections(chapitre.code, chapitre.moved_at) for chapitre in returned if chapitre.moved_at]
    unmet = _unmet(candidature, facts.echeances)
    cases = to_consider(sent, unmet, before=spec_of(candidature.dispositif_id).delais.before, at=at)
    answered = _answered([candidature]) if cases else set()
    unanswered = [case for case in cases if (candidature.pk, case.code) not in answered]
    return unanswered[-1].sentence if unanswered else ""


def _unmet(candidature: Candidature, deadlines: Mapping[str, Deadline]) -> dict[str, Deadline]:
    """Return the échéances that may still be extended: not extended yet, and still asking for something.

    An échéance that asks for the volets alone asks for nothing once they were handed over.
    """
    is_handed_over = candidature.handed_over_at is not None
    return {
        code: deadline
        for code, deadline in deadlines.items()
        if not (is_handed_over and deadline.exigences.ask_for_volets_alone) and not deadline.extended
    }


def _complement(volet: Volet, at: datetime) -> Sent:
    return Sent(f"un complément ({volet.get_kind_display().lower()})", at)


def _corrections(chapitre: str, at: datetime) -> Sent:
    return Sent(f"des corrections (chapitre {chapitre})", at)


def _sent(since: datetime) -> dict[int, list[Sent]]:
    """Return, by candidature, what the ANS asked lately and is not answered: compléments, and returned chapitres."""
    by_candidature: dict[int, list[Sent]] = {}
    demandes = Demande.objects.filter(state=DemandeState.ASKED, kind=DemandeKind.COMPLEMENT, asked_at__gte=since)
    for demande in demandes.select_related("volet").order_by("asked_at", "pk"):
        by_candidature.setdefault(demande.volet.candidature_id, []).append(_complement(demande.volet, demande.asked_at))
    returned = Chapitre.objects.filter(state=ChapitreState.RETURNED, concluded_at__gte=since)
    for code, candidature, instant in returned.order_by("concluded_at", "pk").values_list(
        "code", "dossier__candidature", "concluded_at"
    ):
        if instant is not None:
            by_candidature.setdefault(candidature, []).append(_corrections(code, instant))
    return by_candidature


def _answered(candidatures: Iterable[Candidature]) -> set[tuple[int, str]]:
    """Return the pairs (candidature, code of the échéance) for which a dérogation was asked, whatever was decided."""
    asked = Derogation.objects.filter(candidature__in=candidatures).filter(
        Q(state__in=UNDECIDED) | Q(state__in=[DerogationState.GRANTED, DerogationState.REFUSED])
    )
    return set(asked.order_by("pk").values_list("candidature", "echeance"))


def names_of_echeances(derogations: Iterable[Derogation]) -> dict[int, str]:
    """Return the name of the échéance of each dérogation, by the pk of the dérogation, in two queries."""
    rows = list(derogations)
    deadlines = deadlines_of_many([derogation.candidature for derogation in rows])
    return {derogation.pk: deadlines[derogation.candidature_id][derogation.echeance].nom for derogation in rows}
