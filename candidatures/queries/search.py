"""The search of candidatures by words of their names, which every list uses."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from candidatures.models import Candidature
from comptes.models import Editeur
from comptes.models.sorting import holds, name_holds


def called(word: str, *, candidature: str = "", by_nru: bool = True) -> Q:
    """Keep the candidatures whose solution, éditeur or NRU holds a word, whatever the accents and case.

    :param candidature: the way to the candidature from the rows that are filtered, such as `dossier__candidature__`
    """
    by_name = Q(holds(f"{candidature}noms", word))
    return by_name | Q((f"{candidature}nru__contains", word.upper())) if by_nru else by_name


def of_editeurs_called(word: str) -> QuerySet[Candidature, Any]:
    """Return the candidatures (pk) of the éditeurs whose name holds a word."""
    editeurs = Editeur.objects.filter(name_holds("raison_sociale", word))
    candidatures: Any = Candidature.objects.order_by().values("pk")
    matches: QuerySet[Candidature, Any] = candidatures.filter(produit__editeur__in=editeurs)
    return matches
