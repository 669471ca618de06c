"""The équivalences of which a team must be told: those that hold and were not told, and those told that ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState, Freeze, Verdict
from candidatures.models import Candidature, Jugement
from candidatures.queries.volets import presented_volets_of
from preuves.enums import Avis
from preuves.models import EquivalenceDite, VerdictDePreuve
from preuves.rules.exigibilite import Equivalent, Presentation

from .presentations import PRESENTED, Presented, presentations_from

CHUNK = 500


@dataclass(frozen=True)
class ToTell:
    """What a team must be told.

    :param granted: by N° preuve, the equivalent that counts for it, and was not told
    :param ended: by N° preuve, why the équivalence that was told ended, in French
    """

    granted: Mapping[str, Equivalent]
    ended: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.granted or self.ended)


def refers_to_another(dispositif: str = "") -> Exists:
    """Whether the ANS confirmed that another candidature (of this dispositif, if given) is of the same solution."""
    others = Candidature.objects.filter(dispositif=dispositif) if dispositif else Candidature.objects.all()
    confirmed = Jugement.objects.filter(volet__candidature=OuterRef("pk"), verdict=Verdict.CONFIRMED)
    return Exists(confirmed.filter(identifiant__in=others.values("nru")))


def relies_on(dispositif: str, numeros: Collection[str]) -> Exists:
    """Whether one of these preuves was ever accepted in another candidature, confirmed to be of the same solution."""
    there = "revision__preuve__chapitre__dossier__candidature"
    accepted = VerdictDePreuve.objects.filter(
        (f"{there}__nru", OuterRef("identifiant")),
        (f"{there}__produit", OuterRef("volet__candidature__produit")),
        (f"{there}__dispositif", dispositif),
        revision__preuve__numero__in=numeros,
        avis=Avis.ACCEPTED,
    )
    confirmed = Jugement.objects.filter(volet__candidature=OuterRef("pk"), verdict=Verdict.CONFIRMED)
    return Exists(confirmed.filter(Exists(accepted)))


def candidatures_to_tell() -> Iterator[int]:
    """Yield the pk of the candidatures whose team must be told something; about three queries for 500 candidatures."""
    every, last = _looked_at(), 0
    while chunk := list(every.filter(pk__gt=last)[:CHUNK]):
        yield from (pk for pk, to_tell in to_tell_of(chunk).items() if to_tell)
        last = chunk[-1].pk


def _looked_at() -> QuerySet[Candidature]:
    """Return the open candidatures that refer to another one, or were told something; not those with an attribution."""
    dite = Exists(EquivalenceDite.objects.filter(candidature=OuterRef("pk"), ended_at=None))
    going_on = Candidature.objects.filter(state=CandidatureState.OPEN).exclude(gel=Freeze.ATTRIBUTED)
    return going_on.filter(Q(refers_to_another()) | Q(dite)).order_by("pk")


def to_tell_of(candidatures: Sequence[Candidature]) -> dict[int, ToTell]:
    """Return, by candidature, what its team must be told."""
    volets = presented_volets_of([candidature.pk for candidature in candidatures], champs=PRESENTED)
    presented = [Presented(candidature, volets[candidature.pk], ()) for candidature in candidatures]
    dites: dict[int, list[EquivalenceDite]] = {candidature.pk: [] for candidature in candidatures}
    for row in EquivalenceDite.objects.filter(candidature__in=candidatures, ended_at=None).order_by("pk"):
        dites[row.candidature_id].append(row)
    return {key: _to_tell(presentation, dites[key]) for key, presentation in presentations_from(presented).items()}


def _to_tell(presentation: Presentation, dites: Sequence[EquivalenceDite]) -> ToTell:
    held = {
        numero: equivalent
        for numero in presentation.equivalents
        if (equivalent := presentation.equivalent_of(numero)) is not None
    }
    known = {row.numero for row in dites}
    return ToTell(
        granted={numero: equivalent for numero, equivalent in held.items() if numero not in known},
        ended={row.numero: _why(row, presentation) for row in dites if row.numero not in held},
    )


def _why(row: EquivalenceDite, presentation: Presentation) -> str:
    if fallen := presentation.fallen_of(row.numero):
        return fallen.why
    if row.numero in presentation.equivalents:
        return "elle ne vaut pas pour les profils présentés"
    return f"la référence {row.nru} n’est plus déclarée, ou plus confirmée"
