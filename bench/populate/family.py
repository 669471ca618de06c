"""A family: all the rows that depend on some éditeurs, on their people and on the séances that examined them."""

from collections.abc import Collection, Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from comptes.models import Compte, Editeur, EvenementDeSecurite, JournalChain, JournalEntry, RegisteredChain
from comptes.models import SessionOuverte as OpenSession
from referencement.models import SeanceDuCollege

Table = type[Model]
Rows = dict[Table, list[int]]

# Not copied: the journal, which `chaining` writes; what belongs to browsers, not to dossiers.
LEFT = (JournalChain, JournalEntry, RegisteredChain, EvenementDeSecurite, OpenSession)


@cache
def models() -> tuple[Table, ...]:
    floors = {"comptes", "candidatures", "preuves", "guichets", "referencement"}
    return tuple(model for model in apps.get_models() if model._meta.app_label in floors and model not in LEFT)


def keys_of(model: Table) -> Iterator["ForeignKey[Any, Any]"]:
    """Return the foreign keys of a model, including one that is its primary key."""
    return (field for field in model._meta.concrete_fields if isinstance(field, ForeignKey))


def family_of(editeurs: Collection[int]) -> Rows:
    """Follow every foreign key back from these éditeurs; return the pks of all the rows, by model, parents first."""
    known: dict[Table, set[int]] = {
        Editeur: set(editeurs),
        Compte: set(_keys(Compte, rattachements__editeur__in=editeurs)),
        SeanceDuCollege: set(_keys(SeanceDuCollege, examens__candidature__produit__editeur__in=editeurs)),
    }
    waiting = list(known.items())
    while waiting:
        target, keys = waiting.pop()
        for model in models():
            for field in keys_of(model):
                if field.related_model is target:
                    fresh = set(_keys(model, **{f"{field.name}__in": keys})) - known.get(model, set())
                    known.setdefault(model, set()).update(fresh)
                    waiting += [(model, fresh)] if fresh else []
    return {model: sorted(known[model]) for model in _parents_first(known) if known[model]}


def _keys(model: Table, **condition: Any) -> Iterator[int]:
    return model._base_manager.filter(**condition).order_by("pk").values_list("pk", flat=True).iterator()


def _parents_first(known: Collection[Table]) -> Iterator[Table]:
    graph = {model: {field.related_model for field in keys_of(model)} & set(known) - {model} for model in known}
    return iter(TopologicalSorter(graph).static_order())
