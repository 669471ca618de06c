"""One act on many candidatures: asked once, done a few at a time, each with its result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from candidatures.enums import Act, GesteDeLot, LigneDeLotState
from candidatures.models import Candidature, LigneDeLot, Lot, ModeleDeDemande, Volet
from candidatures.permissions import instructs
from candidatures.queries.lots import OTHER_DEMARCHE
from candidatures.rules.demandes import due_at
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused

from .instruction import DemandeNotPossible, ask_complement
from .referents import assign_referent
from .suivi import put_etiquette

logger = logging.getLogger(__name__)

# How many candidatures one lot may hold, and how many are done in one transaction: the journal is held meanwhile.
MOST, SLICE = 500, 20
# How many times an act that fails is tried on one candidature.
TRIES = 3
GIVEN_UP = (
    f"Une erreur technique a empêché cette action. Elle a été essayée {TRIES} fois, et rien n’a changé. "
    "Réessayez depuis la liste des candidatures."
)
BECAME = ["state", "reason", "done_at", "tries"]


class LotNotPossible(Refused):
    """The lot is not asked: nothing is chosen, or too much is, or somebody else does this."""


@dataclass(frozen=True, slots=True)
class Item:
    """One candidature of a lot, as its act receives it.

    :param params: those of the lot and those of this candidature
    :param known: what `gather` returned
    """

    lot_id: int
    candidature_id: int
    params: Mapping[str, Any]
    by: Compte
    known: Any


Geste = Callable[..., None]
# Gives what an act needs to know of these candidatures (pk), which are locked: `candidature_ids` and `at`.
Gather = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _Registered:
    act: Geste
    may: Callable[[Compte], bool]
    gather: Gather | None
    lock: Callable[[Mapping[str, Any]], None] | None


_gestes: dict[str, _Registered] = {}


def register_geste(
    *,
    geste: GesteDeLot,
    act: Geste,
    may: Callable[[Compte], bool] = instructs,
    gather: Gather | None = None,
    lock: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """Have a floor do one kind of act: it is called with `item` and `at`, and raises `Refused`.

    :param may: who may ask for it
    :param gather: called once for the candidatures that are done together; `Item.known` is what it returns
    :param lock: given the `params` of the lot, locks what the act locks before a candidature
    """
    _gestes[geste.value] = _Registered(act, may, gather, lock)


def may_ask(*, geste: GesteDeLot, by: Compte) -> bool:
    """Say whether somebody may ask for one kind of act on many candidatures."""
    return _gestes[geste.value].may(by)


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
    label, address = str(geste.label), f"lot:{lot.pk}"
    journal.record(journal.PORTAIL, Act.LOT_ASKED, on=address, by=by, at=at, geste=label, nombre=len(items))
    return lot


def run_lot(*, lot_id: int, most: int, at: datetime) -> int:
    """Do the act on the candidatures that are left, `most` at most, a few in each transaction; return how many.

    Two runs at once share them out. What is refused is noted with its reason, and the rest goes on. An error that
    nobody foresaw undoes one candidature alone, which a later run tries again, by itself, `TRIES` times in all.
    """
    lot = Lot.objects.select_related("asked_by").get(pk=lot_id)
    left = LigneDeLot.objects.filter(lot=lot, state=LigneDeLotState.PENDING).order_by("pk")
    fresh = list(left.filter(tries=0).values_list("pk", flat=True)[:most])
    keys, size = (fresh, SLICE) if fresh else (list(left.values_list("pk", flat=True)[:most]), 1)
    done = sum(_do(lot, keys[start : start + size], at=at) for start in range(0, len(keys), size))
    if not left.exists():
        Lot.objects.filter(pk=lot_id, finished_at=None).update(finished_at=at)
    return done


def _do(lot: Lot, keys: Sequence[int], *, at: datetime) -> int:
    """Do the act on a few candidatures; one by one when their transaction fails. Return how many were tried."""
    try:
        return _do_together(lot, keys, at=at)
    except SoftTimeLimitExceeded:
        _note_failures(keys, at=at)  # each is then tried by itself, so that the slow one is known
        raise
    except Exception:
        logger.exception("Lot %s: the transaction of the lines %s failed.", lot.pk, keys)
        if len(keys) > 1:
            return sum(_do(lot, [key], at=at) for key in keys)
        _note_failures(keys, at=at)
        return 1


@transaction.atomic
def _do_together(lot: Lot, keys: Sequence[int], *, at: datetime) -> int:
    """Do the act on a few candidatures, each in a savepoint; leave those that another run has.

    Every candidature is locked first, in one order, so that no act waits for one of them while it holds the journal.
    """
    held = LigneDeLot.objects.select_for_update(no_key=True, skip_locked=True)
    lignes = list(held.filter(pk__in=keys, state=LigneDeLotState.PENDING).order_by("candidature"))
    if not lignes:
        return 0
    registered, ids = _gestes[lot.geste], [ligne.candidature_id for ligne in lignes]
    if reason := _why_no_longer(lot, registered):
        for ligne in lignes:
            ligne.state, ligne.reason, ligne.done_at = LigneDeLotState.REFUSED, reason, at
        LigneDeLot.objects.bulk_update(lignes, BECAME)
        return len(lignes)
    if registered.lock:
        registered.lock(lot.params)
    list(Candidature.objects.locked().filter(pk__in=ids).order_by("pk").values_list("pk"))
    known = registered.gather(candidature_ids=ids, at=at) if registered.gather else None
    for ligne in lignes:
        item = Item(lot.pk, ligne.candidature_id, {**lot.params, **ligne.params}, lot.asked_by, known)
        _try(registered.act, item, ligne, at=at)
    LigneDeLot.objects.bulk_update(lignes, BECAME)
    return len(lignes)


def _why_no_longer(lot: Lot, registered: _Registered) -> str:
    """Say, in French, that whoever asked for a lot may not do its act any more; empty while they may."""
    asker = Compte.objects.get(pk=lot.asked_by_id)
    if asker.is_active and registered.may(asker):
        return ""
    return f"{asker.full_name} a demandé cette action, et n’a plus le droit de la faire."


def _try(act: Geste, item: Item, ligne: LigneDeLot, *, at: datetime) -> None:
    """Do the act on one candidature, and note in its line, unsaved, what became of it."""
    ligne.done_at = at
    try:
        with transaction.atomic():
            act(item=item, at=at)
    except Refused as refused:
        ligne.state, ligne.reason = LigneDeLotState.REFUSED, refused.sentence
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Lot %s: the act failed on the candidature %s.", item.lot_id, item.candidature_id)
        _fail(ligne, at=at)
    else:
        ligne.state = LigneDeLotState.DONE


def _fail(ligne: LigneDeLot, *, at: datetime) -> None:
    """Note, unsaved, that the act failed on a candidature: it is tried again later, or given up."""
    ligne.tries += 1
    if ligne.tries < TRIES:
        ligne.done_at = None
    else:
        ligne.state, ligne.reason, ligne.done_at = LigneDeLotState.STOPPED, GIVEN_UP, at


@transaction.atomic
def _note_failures(keys: Sequence[int], *, at: datetime) -> None:
    """Note a failure that undid the transaction of these lines."""
    held = LigneDeLot.objects.select_for_update(no_key=True, skip_locked=True)
    lignes = list(held.filter(pk__in=keys, state=LigneDeLotState.PENDING).order_by("candidature"))
    for ligne in lignes:
        _fail(ligne, at=at)
    LigneDeLot.objects.bulk_update(lignes, BECAME)


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
