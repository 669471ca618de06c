"""The people of the ANS who are told of something about a candidature, by what each of them subscribed to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from candidatures.enums import Camp
from candidatures.models import Absence, Candidature, CandidatureSuivie, Demande, Message, Referent, ReferentDeChapitre
from candidatures.rules.abonnements import Agent, who_is_told
from candidatures.rules.referents import absent
from comptes.enums import INSTRUCTING, PorteeDAvis, RoleANS
from comptes.models import Compte, PreferenceDAvis
from comptes.models.prepared import Prepared

from .referents import day_of

RESPONSABLE = RoleANS.RESPONSABLE_INSTRUCTION
# Given a candidature, returns those who read its chapitres among comptes.
Examiners = Callable[[Any], Q]


def subscribers(
    candidature: Candidature, kind: str, *, at: datetime, chapitre: str = "", examiners: Examiners | None = None
) -> list[Compte]:
    """Return who is told of that kind of thing about a candidature, in one query.

    :param chapitre: the code of the chapitre that it is about, whose référent is told too
    :param examiners: the comptes that read its chapitres, which only an app above knows
    """
    people = _people(examiners).ask(
        candidature=candidature.pk,
        dispositif=candidature.dispositif_id,
        kind=kind,
        day=day_of(at),
        chapitre=chapitre,
    )
    agents = [
        Agent(
            person.pk,
            PorteeDAvis(person.portee),
            follows=person.follows,
            instructs=person.has_role_ans(*INSTRUCTING),
            answers=person.has_role_ans(RESPONSABLE),
        )
        for person in people
    ]
    team = {agent.compte for agent in agents if agent.instructs}
    away = absent({person.pk: person.stand_in for person in people if person.is_away}, team=team)
    told = set(who_is_told(agents, referents={person.pk for person in people if person.holds}, away=away))
    return [person for person in people if person.pk in told]


def subscribers_of_a_date(kind: str) -> list[Compte]:
    """Return who instructs and is told of a date that moves for every candidature: who did not choose otherwise."""
    return [agent for agent in _agents(kind) if agent.has_role_ans(*INSTRUCTING) and agent.portee != PorteeDAvis.NONE]


def _agents(kind: Any) -> QuerySet[Any, Any]:
    """Return the people of the ANS, each with the `portee` that they chose for that kind."""
    chosen = PreferenceDAvis.objects.filter(compte=OuterRef("pk"), kind=kind).values("portee")[:1]
    usual = Value(PorteeDAvis.FOLLOWED.value, CharField())
    agents: QuerySet[Any, Any] = Compte.objects.filter(is_active=True).exclude(roles_ans=[]).order_by("pk")
    chosen_by: QuerySet[Any, Any] = agents.annotate(portee=Coalesce(Subquery(chosen), usual))
    return chosen_by


@cache
def _people(examiners: Examiners | None) -> Prepared:
    return Prepared(
        partial(_beside, examiners),
        candidature=BigIntegerField(),
        dispositif=TextField(),
        kind=TextField(),
        day=DateField(),
        chapitre=TextField(),
    )


def _beside(
    examiners: Examiners | None, *, candidature: Any, dispositif: Any, kind: Any, day: Any, chapitre: Any
) -> QuerySet[Any, Any]:
    """Return the people of the ANS, each with what they are to a candidature, and whether they are absent."""
    me = OuterRef("pk")
    gone = Absence.objects.on(day).filter(compte=me).order_by("pk")
    reads = ReferentDeChapitre.objects.filter(dispositif=dispositif, code=chapitre, compte=me)
    follows = (
        Exists(CandidatureSuivie.objects.filter(candidature=candidature, compte=me))
        | Exists(Message.objects.filter(candidature=candidature, camp=Camp.ANS, author=me))
        | Exists(Demande.objects.filter(volet__candidature=candidature, asked_by=me))
        | (examiners(candidature) if examiners else Q())
    )
    beside: QuerySet[Any, Any] = _agents(kind).annotate(
        holds=_whether(Exists(Referent.objects.filter(candidature=candidature, compte=me)) | Exists(reads)),
        follows=_whether(follows),
        is_away=Exists(gone),
        stand_in=Subquery(gone.values("stand_in")[:1]),
    )
    return beside


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
