"""Candidatures as the lines of a list show them. They are rows, not models: a list of 25 would make 150 models."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db.models import BigIntegerField

from candidatures.enums import Camp, VoletKind, VoletState
from candidatures.models import Candidature, Produit, Volet
from candidatures.rules.issue import Issue
from comptes.models import Compte
from comptes.models.prepared import IDS, Prepared

from .avancement import Avancement, avancements_of
from .messages import with_unread_messages

_KINDS = {kind.value: str(kind.label) for kind in VoletKind}
_STATES = {state.value: str(state.label) for state in VoletState}


@dataclass(frozen=True, slots=True)
class VoletLine:
    kind: str
    label: str
    state: str
    state_label: str


@dataclass(frozen=True, slots=True)
class CandidatureLine:
    """One candidature of a product.

    :param unread: how many messages the reader has not read
    :param sentences: where it stands
    :param issue: how it ended, or the state of its référencement; None while it goes on
    """

    nru: str
    volets: tuple[VoletLine, ...]
    unread: int
    sentences: tuple[str, ...]
    issue: Issue | None


@dataclass(frozen=True, slots=True)
class ProduitLine:
    """One product, with its candidatures. Two that are equal are drawn alike."""

    drawn_once: ClassVar[bool] = True

    id: int
    nom: str
    editeur: str
    candidatures: tuple[CandidatureLine, ...]


def produits_of(compte: Compte, *, at: datetime) -> list[ProduitLine]:
    """Return the products of this person, in three queries besides those of the apps above."""
    produits = _PRODUITS.ask(compte=compte.pk)
    candidatures = _CANDIDATURES.ask(produits=[pk for pk, _, _ in produits], reader=compte.pk)
    volets = volets_of(pk for _, pk, _, _ in candidatures)
    standing = avancements_of([pk for _, pk, _, _ in candidatures], reader=Camp.EDITEUR, at=at)
    lines: dict[int, list[CandidatureLine]] = {pk: [] for pk, _, _ in produits}
    for produit, pk, nru, unread in candidatures:
        known, of_its_volets = standing.get(pk), tuple(volets.get(pk, ()))
        line = CandidatureLine(nru, of_its_volets, unread, _sentences(known, at), known.issue if known else None)
        lines[produit].append(line)
    return [ProduitLine(pk, nom, editeur, tuple(lines[pk])) for pk, nom, editeur in produits]


_PRODUITS = Prepared(
    lambda compte: (
        Produit.objects.worked_on_by(compte)
        .order_by("editeur__raison_sociale", "nom", "pk")
        .values_list("pk", "nom", "editeur__raison_sociale")
    ),
    compte=BigIntegerField(),
)
_CANDIDATURES = Prepared(
    lambda produits, reader: with_unread_messages(
        Candidature.objects.filter(produit__among=produits).order_by("opened_at", "pk"), reader
    ).values_list("produit", "pk", "nru", "unread_messages"),
    produits=IDS,
    reader=BigIntegerField(),
)


def _sentences(avancement: Avancement | None, at: datetime) -> tuple[str, ...]:
    """Return who is waited for, then the next Date."""
    if avancement is None:
        return ()
    if avancement.is_over:
        return tuple(sentence for sentence, _ in avancement.sentences) or ("Close\u00a0: aucune action attendue",)
    sentences = tuple(sentence for sentence, _ in avancement.sentences) or ("Aucune action attendue",)
    return (*sentences, avancement.next_date.brief(at)) if avancement.next_date else sentences


_VOLETS = Prepared(
    lambda candidatures: (
        Volet.objects.filter(candidature__among=candidatures)
        .order_by("candidature", "kind")
        .values_list("candidature", "kind", "state")
    ),
    candidatures=IDS,
)


def volets_of(candidatures: Iterable[int]) -> dict[int, list[VoletLine]]:
    """Return the volets of these candidatures, by candidature, in the order of their kinds."""
    by_candidature: dict[int, list[VoletLine]] = {}
    for pk, kind, state in _VOLETS.ask(candidatures=list(candidatures)):
        by_candidature.setdefault(pk, []).append(_volet(kind, state))
    return by_candidature


def _volet(kind: str, state: str) -> VoletLine:
    return VoletLine(kind, _KINDS[kind], state, _STATES[state])
