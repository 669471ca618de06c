from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import BigIntegerField

from candidatures.catalogue.champs import Value
from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import AccuseKind, Act, DemandeState
from candidatures.models import Candidature, Reponse, Soumission, Volet
from candidatures.queries.accuses import depots_of_volet
from candidatures.queries.candidatures import deadline_of
from candidatures.queries.read import ReadVolet, read_volet, with_charte
from candidatures.queries.volets import answers_at, who_moved
from candidatures.rules import submission as rules
from candidatures.rules.deadlines import Deadline
from candidatures.rules.entreprises import named
from comptes.models import Compte
from comptes.models.prepared import Prepared
from comptes.rules.refusals import Obstructed, Refused

from .accuses import issue_accuse
from .dispositifs import publish_formulaire
from .telling import record_on_volet, tell_the_agents, tell_the_team


class VoletNotOpen(Refused):
    """The volet takes no answer now."""


class VoletNotSubmittable(Obstructed[rules.Obstacle]):
    """The volet cannot be handed to the ANS; `read` and `deadline`: what its obstacles follow from."""

    def __init__(self, obstacles: tuple[rules.Obstacle, ...], read: ReadVolet, deadline: Deadline) -> None:
        super().__init__(obstacles)
        self.read, self.deadline = read, deadline


class Conflict(Refused):
    """The volet moved since it was read; the reason says who did what and when."""


@dataclass(frozen=True)
class Saved:
    """What a save did: the champs written, those that someone else had changed since, and those that are not open.

    :param read: the volet once it was saved
    """

    read: ReadVolet
    written: tuple[str, ...]
    conflicts: Mapping[str, Reponse]
    locked: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        return self.read.volet.version


@transaction.atomic
def save_answers(*, volet_id: int, answers: Mapping[str, Value], seen_version: int, by: Compte, at: datetime) -> Saved:
    """Keep the answers that differ from those that were on the page; nobody's text is overwritten unread.

    :param answers: JSON value by champ code, None to erase
    :param seen_version: the volet's version on the page that was typed in
    :raises VoletNotOpen: when the volet is not being filled, or the charte is not accepted
    """
    volet = locked_volet(volet_id=volet_id)
    read = read_volet(volet)
    facts, latest = read.facts, read.reponses
    if reason := rules.why_not_fillable(facts):
        raise VoletNotOpen(reason)
    moved = seen_version < volet.version
    on_page = answers_at(volet, version=seen_version) if moved else facts.answers
    touched = {code: value for code, value in answers.items() if value != on_page.get(code)}
    changed = {code: value for code, value in touched.items() if value != facts.answers.get(code)}
    locked = tuple(code for code in changed if not rules.is_unlocked(facts, code))
    conflicts = {code: latest[code] for code in changed if code in latest and latest[code].version > seen_version}
    written = {code: value for code, value in changed.items() if code not in conflicts and code not in locked}
    if written:
        volet.version += 1
        volet.save(update_fields=["version"])
        rows = Reponse.objects.bulk_create(
            Reponse(volet=volet, champ=code, version=volet.version, value=value, answered_at=at, answered_by=by)
            for code, value in written.items()
        )
        read = read.saved(rows)
        labels = [facts.spec.by_code[code].label for code in written]
        # What was handed to the ANS stays what is presented of the volet, until it is submitted again.
        parts = written if volet.first_submitted_at is None else ()
        record_on_volet(volet=volet, act=Act.VOLET_SAVED, by=by, at=at, parts=parts, champs=labels)
    return Saved(read, tuple(written), conflicts, locked)


@transaction.atomic
def submit_volet(*, volet_id: int, read: frozenset[str] = frozenset(), by: Compte, at: datetime) -> Volet:
    """Hand a complete volet to the ANS and freeze it, with its accusé; after a demande of the ANS, it is the answer.

    :param read: the champs whose warning was read and accepted, one by one
    :param at: when the request arrived, which is what Date 1 looks at
    :raises Conflict: when it is submitted already, saying by whom and when
    :raises VoletNotSubmittable: with every obstacle, so that the page can list them
    """
    volet = locked_volet(volet_id=volet_id)
    if volet.state not in rules.FILLABLE:
        raise Conflict(who_moved(volet))
    known, deadline = read_volet(volet), deadline_of(volet)
    facts = known.facts
    if obstacles := rules.obstacles_to_submit(facts, deadline=deadline, at=at, read=read):
        raise VoletNotSubmittable(obstacles, known, deadline)
    if not volet.formulaire:
        publish_formulaire(spec=spec_of(volet.candidature.dispositif_id), kind=volet.kind, at=at)
    volet.submit(formulaire=facts.spec.version, by=by, at=at)
    volet.save()
    _hand_over_if_whole(volet.candidature, at=at)
    soumission = Soumission.objects.create(
        volet=volet,
        number=volet.soumissions.count() + 1,
        version=volet.version,
        sha256=rules.fingerprint_of_answers(facts.answers),
        submitted_at=at,
        submitted_by=by,
    )
    answered = list(volet.demandes.filter(state=DemandeState.ASKED))
    for demande in answered:
        demande.answer(by=by, at=at)
        demande.save()
    if warnings := [warning for warning in rules.warnings_before_submitting(facts) if warning.champ in read]:
        labels = [facts.spec.by_code[warning.champ].label for warning in warnings]
        record_on_volet(volet=volet, act=Act.WARNINGS_READ, by=by, at=at, avertissements=labels)
    entry = record_on_volet(
        volet=volet, act=Act.VOLET_SUBMITTED, by=by, at=at, numero=soumission.number, sha256=soumission.sha256
    )
    issue_accuse(
        candidature=volet.candidature,
        kind=AccuseKind.VOLET,
        address=volet.address,
        objet=str(volet.get_kind_display()),
        number=soumission.number,
        sha256=soumission.sha256,
        lists={
            "depots": depots_of_volet(volet, dict(facts.answers)),
            "entreprises": named(facts.spec, facts.answers),
        },
        entry=entry,
        by=by,
        at=at,
    )
    tell_the_team(
        candidature=volet.candidature,
        kind="candidatures.volet_submitted",
        on=volet.address,
        occurrence=str(soumission.number),
        at=at,
    )
    tell_the_agents(
        candidature=volet.candidature,
        kind="candidatures.complement_answered" if answered else "candidatures.volet_received",
        on=volet.address,
        occurrence=str(soumission.number),
        at=at,
    )
    return volet


def _hand_over_if_whole(candidature: Candidature, *, at: datetime) -> None:
    """Say when the dossier administratif was handed over: once, with the first submission of its last volet."""
    if candidature.handed_over_at is None and not candidature.volets.filter(first_submitted_at=None).exists():
        candidature.handed_over_at = at
        candidature.save(update_fields=["handed_over_at"])


def locked_volet(*, volet_id: int) -> Volet:
    """Lock a candidature, then its volet: the one is not withdrawn while the other is written to.

    Both in one query: PostgreSQL locks in the order of the names, and after a wait reads both as they are then. The
    charte is as it was when the wait began.
    """
    (volet,) = _LOCKED.ask(volet=volet_id)
    return cast("Volet", volet)


_LOCKED = Prepared(
    lambda volet: (
        with_charte(Volet.objects.filter(pk=volet))
        .select_for_update(no_key=True, of=("candidature", "self"))
        .order_by("pk")
    ),
    volet=BigIntegerField(),
)
