"""Candidatures as they stood at an instant, whatever happened since: what each floor knew then, and the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletState
from candidatures.models import Candidature
from candidatures.queries.as_of import VoletThen, chartes_accepted_at, volets_at
from candidatures.queries.candidatures import deadlines_of_many
from candidatures.rules.deadlines import Deadline
from guichets.queries.architecture import WITH_PREUVES
from guichets.queries.as_of import DesksThen, desks_at
from preuves.queries.as_of import DossierThen, dossiers_at
from referencement.rules.facts import DossierFacts

from .blocages import Draft, facts_of_chapitres, facts_of_volets


@dataclass(frozen=True)
class CandidatureThen:
    """One candidature as it stood at an instant when it was open.

    :param facts: what the rules read, without the convention, since no échéance asks for it
    :param dossier: None while the dispositif had no REM
    """

    candidature: Candidature
    facts: DossierFacts
    volets: Sequence[VoletThen]
    dossier: DossierThen | None
    desks: DesksThen


def candidatures_at(candidatures: Sequence[Candidature], *, at: datetime) -> list[CandidatureThen]:
    """Gather how these candidatures stood at an instant, in a constant number of queries.

    :param candidatures: open at that instant, with their dispositif joined
    """
    volets = volets_at(candidatures, champs=WITH_PREUVES, at=at)
    presented = {pk: [volet.presented for volet in volets_then] for pk, volets_then in volets.items()}
    dossiers = dossiers_at(candidatures, presented, at=at)
    desks = desks_at(candidatures, presented, {pk: dossier.dossier for pk, dossier in dossiers.items()}, at=at)
    chartes = chartes_accepted_at(candidatures, at=at)
    echeances = deadlines_of_many(candidatures)
    return [
        CandidatureThen(
            candidature=candidature,
            facts=_facts(
                volets[candidature.pk],
                dossiers.get(candidature.pk),
                desks[candidature.pk],
                echeances[candidature.pk],
                charte_accepted=candidature.pk in chartes,
                to_answer=spec_of(candidature.dispositif_id).delais.answer,
            ),
            volets=volets[candidature.pk],
            dossier=dossiers.get(candidature.pk),
            desks=desks[candidature.pk],
        )
        for candidature in candidatures
    ]


def _facts(
    volets: Sequence[VoletThen],
    dossier: DossierThen | None,
    desks: DesksThen,
    echeances: dict[str, Deadline],
    *,
    charte_accepted: bool,
    to_answer: timedelta,
) -> DossierFacts:
    presented = [volet.presented for volet in volets]
    drafts = {
        volet.presented.volet.kind: Draft(*volet.progress, "")
        for volet in volets
        if volet.presented.volet.state == VoletState.DRAFT
    }
    return DossierFacts(
        is_open=True,
        charte_accepted=charte_accepted,
        volets=facts_of_volets(presented, drafts),
        chapitres=facts_of_chapitres(dossier.dossier if dossier else None, echeances),
        gates={gate.code: gate for gate in desks.gates},
        convention=None,
        echeances=echeances,
        to_answer=to_answer,
    )
