"""The search of candidatures by words of their names, which every list uses."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from candidatures.models import Candidature, Produit
from comptes.models import Editeur
from comptes.models.sorting import name_holds


def called(word: str, *, by_nru: bool = True) -> QuerySet[Candidature, Any]:
    """Return the candidatures (pk) whose solution, éditeur or NRU holds a word, in any case and without accents.

    Each table is searched with its own index, which an `OR` over three tables would not use.
    """
    candidatures: Any = Candidature.objects.order_by().values("pk")
    by_produit = candidatures.filter(produit__in=Produit.objects.filter(name_holds("nom", word)))
    matches: QuerySet[Candidature, Any] = by_produit.union(of_editeurs_called(word))
    if by_nru:
        matches = matches.union(candidatures.filter(nru__contains=word.upper()))
    return matches


def of_editeurs_called(word: str) -> QuerySet[Candidature, Any]:
    """Return the candidatures (pk) of the éditeurs whose name holds a word."""
    editeurs = Editeur.objects.filter(name_holds("raison_sociale", word))
    candidatures: Any = Candidature.objects.order_by().values("pk")
    matches: QuerySet[Candidature, Any] = candidatures.filter(produit__editeur__in=editeurs)
    return matches
