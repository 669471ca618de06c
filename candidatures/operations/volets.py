from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures import permissions, queries
from candidatures.catalogue.volets import Value
from candidatures.enums import Act, VoletState
from candidatures.models import Reponse, Soumission, Volet
from candidatures.rules import submission as rules
from comptes import journal, outbox
from comptes.models import Compte


class VoletNotOpen(Exception):
    """The volet takes no answer now; `reason` says why, in French."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VoletNotSubmittable(Exception):
    """`obstacles`: every reason why it cannot be handed to the ANS."""

    def __init__(self, obstacles: tuple[rules.Obstacle, ...]) -> None:
        super().__init__(*(obstacle.sentence for obstacle in obstacles))
        self.obstacles = obstacles


class Conflict(Exception):
    """The volet moved since it was read; `sentence` says who did what and when, in French."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Saved:
    """What a save did: the champs written, and those that someone else had changed since they were read."""

    version: int
    written: tuple[str, ...]
    conflicts: Mapping[str, Reponse]


@transaction.atomic
def save_answers(*, volet_id: int, answers: Mapping[str, Value], seen_version: int, by: Compte, at: datetime) -> Saved:
    """Keep the answers that differ from those that were on the page; nobody's text is overwritten unread.

    :param answers: JSON value by champ code, None to erase
    :param seen_version: the volet's version on the page that was typed in
    :raises VoletNotOpen: when the volet is not being filled, or the charte is not accepted
    """
    volet = Volet.objects.locked().select_related("candidature__dispositif").get(pk=volet_id)
    facts = queries.facts_of(volet)
    if reason := rules.why_not_fillable(facts):
        raise VoletNotOpen(reason)
    on_page = queries.answers_at(volet, version=seen_version)
    latest = queries.latest_reponses(volet)
    touched = {code: value for code, value in answers.items() if value != on_page.get(code)}
    changed = {code: value for code, value in touched.items() if value != facts.answers.get(code)}
    conflicts = {code: latest[code] for code in changed if code in latest and latest[code].version > seen_version}
    written = {code: value for code, value in changed.items() if code not in conflicts}
    if written:
        volet.version += 1
        volet.save(update_fields=["version"])
        Reponse.objects.bulk_create(
            Reponse(volet=volet, champ=code, version=volet.version, value=value, answered_at=at, answered_by=by)
            for code, value in written.items()
        )
        labels = [facts.spec.by_code[code].label for code in written]
        _record(volet, Act.VOLET_SAVED, by=by, at=at, champs=labels)
    return Saved(volet.version, tuple(written), conflicts)


@transaction.atomic
def submit_volet(*, volet_id: int, by: Compte, at: datetime) -> Volet:
    """Hand a complete volet to the ANS and freeze it.

    :param at: when the request arrived, which is what Date 1 looks at
    :raises Conflict: when it is submitted already, saying by whom and when
    :raises VoletNotSubmittable: with every obstacle, so that the page can list them
    """
    volet = Volet.objects.locked().select_related("candidature__dispositif").get(pk=volet_id)
    if volet.state != VoletState.DRAFT:
        raise Conflict(queries.who_moved(volet))
    facts = queries.facts_of(volet)
    if obstacles := rules.obstacles_to_submit(facts, deadline=queries.deadline_of(volet), at=at):
        raise VoletNotSubmittable(obstacles)
    volet.submit(by=by, at=at)
    volet.save()
    soumission = Soumission.objects.create(
        volet=volet,
        number=volet.soumissions.count() + 1,
        version=volet.version,
        sha256=rules.fingerprint(facts.answers),
        submitted_at=at,
        submitted_by=by,
    )
    _record(volet, Act.VOLET_SUBMITTED, by=by, at=at, numero=soumission.number, sha256=soumission.sha256)
    _tell_the_team(volet, "candidatures.volet_submitted", occurrence=str(soumission.number), at=at)
    return volet


@transaction.atomic
def admit_volet(*, volet_id: int, seen_version: int, by: Compte, at: datetime) -> Volet:
    """Declare a submitted volet recevable.

    :param seen_version: the volet's version that was read; if it moved since, nothing is decided
    :raises Conflict: saying who did what and when
    """
    volet = Volet.objects.locked().select_related("candidature").get(pk=volet_id)
    if volet.state != VoletState.SUBMITTED or volet.version != seen_version:
        raise Conflict(queries.who_moved(volet))
    volet.admit(by=by, at=at)
    volet.save()
    _record(volet, Act.VOLET_ADMITTED, by=by, at=at)
    _tell_the_team(volet, "candidatures.volet_admitted", occurrence=str(volet.version), at=at)
    return volet


def _record(volet: Volet, act: Act, *, by: Compte, at: datetime, **params: Any) -> None:
    chain = volet.candidature.chain
    journal.record(chain, act, on=volet.address, by=by, at=at, volet=volet.get_kind_display(), **params)


def _tell_the_team(volet: Volet, kind: str, *, occurrence: str, at: datetime) -> None:
    for compte in permissions.people_with_access(volet.candidature.produit):
        outbox.post(kind, on=volet.address, to=compte, occurrence=occurrence, at=at)
