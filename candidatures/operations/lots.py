"""One act on many candidatures: asked once, done one by one, each with its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from candidatures.enums import Act, GesteDeLot, LigneDeLotState
from candidatures.models import LigneDeLot, Lot, ModeleDeDemande, Volet
from candidatures.permissions import instructs
from candidatures.queries.lots import OTHER_DEMARCHE
from candidatures.rules.demandes import due_at
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused

from .instruction import DemandeNotPossible, ask_complement
from .referents import assign_referent
from .suivi import put_etiquette

# How many candidatures one lot may hold.
MOST = 500


class LotNotPossible(Refused):
    """The lot is not asked: nothing is chosen, or too much is, or somebody else does this."""


@dataclass(frozen=True, slots=True)
class Item:
    """One candidature of a lot, as its act receives it.

    :param params: those of the lot and those of this candidature
    """

    lot_id: int
    candidature_id: int
    params: Mapping[str, Any]
    by: Compte


Geste = Callable[..., None]
_gestes: dict[str, Geste] = {}
_askers: dict[str, Callable[[Compte], bool]] = {}


def register_geste(*, geste: GesteDeLot, act: Geste, may: Callable[[Compte], bool] = instructs) -> None:
    """Have a floor do one kind of act: it is called with `item` and `at`, and raises `Refused`.

    :param may: who may ask for it
    """
    _gestes[geste.value], _askers[geste.value] = act, may


def may_ask(*, geste: GesteDeLot, by: Compte) -> bool:
    """Say whether somebody may ask for one kind of act on many candidatures."""
    return _askers[geste.value](by)


@transaction.atomic
def open_lot(
    *, geste: GesteDeLot, params: Mapping[str, Any], items: Mapping[int, Mapping[str, Any]], by: Compte, at: datetime
) -> Lot:
    """Ask for one act on many candidatures; nothing is done yet.

    :param items: what the act needs for each candidature, by pk, in the order in which they are done
    :raises LotNotPossible: when nothing is chosen, or too much is, or somebody else does this
    """
    if not may_ask(geste=geste, by=by):
        raise LotNotPossible("Votre rôle ne permet pas cette action.")
    if not items:
        raise LotNotPossible("Choisissez au moins une candidature.")
    if len(items) > MOST:
        raise LotNotPossible(f"Choisissez {MOST} candidatures au plus.")
    lot = Lot.objects.create(geste=geste, params=dict(params), asked_at=at, asked_by=by)
    LigneDeLot.objects.bulk_create(
        LigneDeLot(lot=lot, candidature_id=pk, params=dict(own)) for pk, own in items.items()
    )
    words, address = str(geste.label), f"lot:{lot.pk}"
    journal.record(journal.PORTAIL, Act.LOT_ASKED, on=address, by=by, at=at, geste=words, nombre=len(items))
    return lot


def run_lot(*, lot_id: int, most: int, at: datetime) -> int:
    """Do the act on the candidatures that are left, `most` at most, each in its own transaction; return how many.

    Two runs at once share them out. What is refused is noted with its reason, and the rest goes on.
    """
    lot = Lot.objects.select_related("asked_by").get(pk=lot_id)
    left = LigneDeLot.objects.filter(lot=lot, state=LigneDeLotState.PENDING).order_by("pk")
    done = sum(_do(lot, pk, at=at) for pk in left.values_list("pk", flat=True)[:most])
    if not left.exists():
        Lot.objects.filter(pk=lot_id, finished_at=None).update(finished_at=at)
    return done


@transaction.atomic
def _do(lot: Lot, ligne_id: int, *, at: datetime) -> bool:
    """Do the act on one candidature; False when another run has it."""
    held = LigneDeLot.objects.select_for_update(no_key=True, skip_locked=True)
    ligne = held.filter(pk=ligne_id, state=LigneDeLotState.PENDING).first()
    if ligne is None:
        return False
    item = Item(lot.pk, ligne.candidature_id, {**lot.params, **ligne.params}, lot.asked_by)
    try:
        with transaction.atomic():
            _gestes[lot.geste](item=item, at=at)
    except Refused as refused:
        ligne.state, ligne.reason = LigneDeLotState.REFUSED, refused.sentence
    else:
        ligne.state = LigneDeLotState.DONE
    ligne.done_at = at
    ligne.save(update_fields=["state", "reason", "done_at"])
    return True


# -- the acts of this floor ------------------------------------------------------------------------------------------


def _assign(*, item: Item, at: datetime) -> None:
    assign_referent(
        candidature_id=item.candidature_id,
        compte_id=item.params["compte"],
        seen=item.params.get("seen"),
        by=item.by,
        at=at,
    )


def _label(*, item: Item, at: datetime) -> None:
    put_etiquette(candidature_id=item.candidature_id, nom=item.params["nom"], by=item.by, at=at)


def _ask(*, item: Item, at: datetime) -> None:
    """Send the demande of a modèle, if the volet is as it was when the lot was read."""
    modele = ModeleDeDemande.objects.get(pk=item.params["modele"])
    volet = Volet.objects.select_related("candidature").get(candidature=item.candidature_id, kind=modele.kind)
    if modele.dispositif_id not in (None, volet.candidature.dispositif_id):
        raise DemandeNotPossible(OTHER_DEMARCHE)
    day = item.params["due_date"]
    ask_complement(
        volet_id=volet.pk,
        champs=modele.champs,
        text=modele.text,
        seen_version=item.params["seen"] if item.params["seen"] is not None else volet.version,
        due_at=due_at(date.fromisoformat(day)) if day else None,
        by=item.by,
        at=at,
    )


register_geste(geste=GesteDeLot.ASSIGN, act=_assign)
register_geste(geste=GesteDeLot.LABEL, act=_label)
register_geste(geste=GesteDeLot.SHARE_OUT, act=_assign)
register_geste(geste=GesteDeLot.ASK, act=_ask)
