"""A dossier before the collège: listed on the agenda of a séance, then decided. The closing publishes the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.telling import tell_the_team
from comptes import journal
from comptes.canonical import fingerprint
from comptes.dates import instant_in_words
from comptes.models import Compte, JournalEntry
from comptes.rules.refusals import Refused
from guichets.operations.reconfirmations import ask_again_before_the_college
from referencement.enums import Act, Decision, ExamenState
from referencement.models import Examen, SeanceDuCollege
from referencement.queries import seances as seances_queries
from referencement.queries import situations
from referencement.queries.blocages import dossier_complet
from referencement.rules import seances as rules

LONGEST = 300
UNLISTED = "referencement.examen_unlisted"
# Acts kept out of the éditeur's journal: it learns the decision when the séance is closed, and never reads the avis.
UNTOLD = (
    Act.AVIS_RECORDED,
    Act.CONFLICT_RECORDED,
    Act.EXAMEN_DECIDED,
    Act.EXAMEN_RANKED,
    Act.RAPPORTEUR_NAMED,
    Act.RAPPORTEUR_REMOVED,
)


class SeanceNotPossible(Refused):
    """The act on the séance, or on the examen, is refused."""


class SeanceConflict(Exception):
    """The séance, or the examen, changed since the page was read."""

    sentence = (
        "Une autre personne vient de modifier cette séance. Votre saisie n’a pas été enregistrée\u00a0: relisez la "
        "page, puis recommencez."
    )


@transaction.atomic
def list_candidature(*, seance_id: int, candidature_id: int, despite: bool = False, by: Compte, at: datetime) -> Examen:
    """List a candidature on the agenda of a séance; from then on, its éditeur can change nothing in it.

    The desks are asked to confirm again what they granted too long ago.

    :param despite: list it although it has blocages
    :raises SeanceNotPossible: with every blocage, or while a demande de compléments keeps a volet open
    """
    seance = locked_seance(seance_id=seance_id)
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    if seances_queries.is_busy(candidature):
        raise SeanceNotPossible("Cette candidature est déjà à l’ordre du jour d’une séance, ou déjà référencée.")
    if opened := seances_queries.volets_open_again(candidature):
        raise SeanceNotPossible(*opened)
    complet = dossier_complet(candidature, at=at)
    missing = seances_queries.missing_before_the_college(complet, at=at)
    if not complet.facts.is_open:
        raise SeanceNotPossible(missing[0])
    if obstacles := rules.obstacles_to_list(seances_queries.seance_facts(seance), missing, despite=despite):
        raise SeanceNotPossible(*obstacles)
    examen = Examen.objects.create(
        seance=seance,
        candidature=candidature,
        rank=seance.examens.count() + 1,
        listed_at=at,
        listed_by=by,
    )
    mark_moved(seance=seance)
    record_examen(examen=examen, act=Act.EXAMEN_LISTED, by=by, at=at, date=instant_in_words(seance.held_at))
    ask_again_before_the_college(candidature_id=candidature_id, at=at)
    return examen


@transaction.atomic
def unlist_candidature(*, examen_id: int, reason: str, tell: bool = True, by: Compte, at: datetime) -> None:
    """Take a candidature off the agenda, before a decision on it is noted.

    :param tell: whether to notify the éditeur, with the reason
    :raises SeanceNotPossible: once a decision is noted, or without a reason
    """
    examen = locked_examen(examen_id=examen_id)
    if examen.state != ExamenState.LISTED:
        raise SeanceNotPossible("Une décision est déjà notée\u00a0: reportez l’examen plutôt que de le retirer.")
    if not reason.strip():
        raise SeanceNotPossible("Indiquez pourquoi cette candidature est retirée de l’ordre du jour.")
    candidature, motif = examen.candidature, reason.strip()
    written = record_examen(
        examen=examen,
        act=Act.EXAMEN_UNLISTED,
        by=by,
        at=at,
        date=instant_in_words(examen.seance.held_at),
        motif=motif,
    )
    if tell:
        occurrence = str(written.number)
        tell_the_team(candidature=candidature, kind=UNLISTED, on=candidature.chain, occurrence=occurrence, at=at)
    examen.avis.all().delete()
    examen.delete()
    for examen_after in examen.seance.examens.filter(rank__gt=examen.rank).order_by("rank", "pk"):
        examen_after.rank -= 1
        examen_after.save(update_fields=["rank"])
    mark_moved(seance=examen.seance)


@transaction.atomic
def decide_examen(
    *,
    examen_id: int,
    decision: Decision,
    reasons: Sequence[str],
    comment: str,
    against: str = "",
    seen_version: int,
    by: Compte,
    at: datetime,
) -> Examen:
    """Note the decision of the collège on a dossier, and freeze the dossier's situation. Nothing is published yet.

    :param reasons: one sentence each; required by some decisions (`rules.seances.obstacles_to_decide`)
    :param against: why the collège decides against every avis expressed; ignored when it does not
    :raises SeanceNotPossible: with every obstacle
    :raises SeanceConflict: when the examen changed since the page was read
    """
    examen = locked_examen(examen_id=examen_id)
    if examen.version != seen_version:
        raise SeanceConflict
    complet = dossier_complet(examen.candidature, at=at)
    missing = seances_queries.missing_before_the_college(complet, at=at)
    seance = seances_queries.seance_facts(examen.seance)
    [facts] = seances_queries.examens_facts([examen], seance.present, {examen.pk: missing})
    facts = replace(facts, against=against.strip())
    if obstacles := rules.obstacles_to_decide(seance, facts, decision=decision, reasons=reasons):
        raise SeanceNotPossible(*obstacles)
    situation = situations.situation_to_freeze(complet, missing)
    examen.decide(
        decision=decision,
        reasons=[reason[:LONGEST] for reason in reasons],
        comment=comment.strip(),
        against=facts.against if rules.is_against_all(decision, facts.expressed) else "",
        situation=situation,
        sha256=fingerprint(situation),
        blocages=missing,
        convention=complet.convention,
        by=by,
        at=at,
    )
    examen.save()
    mark_moved(seance=examen.seance)
    record_examen(examen=examen, act=Act.EXAMEN_DECIDED, by=by, at=at, decision=decision.label)
    return examen


def locked_seance(*, seance_id: int) -> SeanceDuCollege:
    return SeanceDuCollege.objects.locked().select_related("secretaire").get(pk=seance_id)


def locked_examen(*, examen_id: int) -> Examen:
    """Lock the séance, then the examen, in the order that every operation keeps; names are joined."""
    seance = locked_seance(seance_id=Examen.objects.values_list("seance", flat=True).get(pk=examen_id))
    joined = ("candidature__produit__editeur", "candidature__dispositif", "rapporteur")
    examen = Examen.objects.locked().select_related(*joined).get(pk=examen_id)
    examen.seance = seance
    return examen


def hold_still(*, seance: SeanceDuCollege) -> None:
    """Lock the examens of a séance, then their candidatures, so that nobody withdraws or changes one meanwhile."""
    list(seance.examens.locked().order_by("pk").values_list("pk"))
    list(Candidature.objects.locked().filter(examens__seance=seance).order_by("pk").values_list("pk"))


def mark_moved(*, seance: SeanceDuCollege) -> None:
    """Count one more change of the séance: a closing page that was read before no longer shows what it would publish.

    Whoever closes from such a page gets `SeanceConflict`.
    """
    seance.version += 1
    seance.save(update_fields=["version"])


def record_examen(*, examen: Examen, act: Act, by: Compte, at: datetime, **params: str | int) -> JournalEntry:
    """Write an act on an examen: in the candidature's chain, or in the portal's when the éditeur must not read it."""
    chain = journal.PORTAIL if act in UNTOLD else examen.candidature.chain
    address = f"examen:{examen.seance_id}/{examen.candidature.nru}"
    return journal.record(chain, act, on=address, by=by, at=at, **params)
