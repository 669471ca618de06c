"""The search of candidatures by words of their names, or by the number of their éditeur, which every list uses."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from candidatures.models import Candidature
from comptes.models import Editeur
from comptes.models.editeur import numbered
from comptes.models.sorting import holds, name_holds
from comptes.rules.companies import numbers_in, parts_in
from comptes.rules.numbers import compact


def holding(text: str, *, candidature: str = "", by_nru: bool = True) -> Q:
    """Keep the candidatures that hold every word of a text, or whose éditeur has the number that the whole text is.

    :param candidature: the way to the candidature from the rows that are filtered, such as `dossier__candidature__`
    """
    words = text.split()
    every = Q(*(called(word, candidature=candidature, by_nru=by_nru) for word in words))
    return every | _numbered(text, candidature) if len(words) > 1 and _is_number(text) else every


def called(word: str, *, candidature: str = "", by_nru: bool = True) -> Q:
    """Keep the candidatures whose solution, éditeur, its number or the NRU holds a word, whatever the accents and case.

    :param candidature: the way to the candidature from the rows that are filtered, such as `dossier__candidature__`
    """
    named = Q(holds(f"{candidature}noms", word)) | _numbered(word, candidature)
    return named | Q((f"{candidature}nru__contains", word.upper())) if by_nru else named


def _numbered(text: str, candidature: str) -> Q:
    """Keep the candidatures whose éditeur has the number that a text may be, or one that holds it; none for words.

    It is the last line of the names.
    """
    if not _is_number(text):
        return Q()
    whole = (Q((f"{candidature}noms__endswith", f"\n{number.lower()}")) for number in numbers_in(text))
    parts = (Q(holds(f"{candidature}noms", part)) for part in parts_in(text) if part != text)
    return Q(*whole, *parts, _connector=Q.OR)


def of_editeurs_called(text: str) -> QuerySet[Candidature, Any]:
    """Return the candidatures (pk) of the éditeurs whose name holds every word of a text, or whose number it is."""
    every = Q(*(name_holds("raison_sociale", word) for word in text.split()))
    editeurs = Editeur.objects.filter(every | numbered(text) if _is_number(text) else every)
    candidatures: Any = Candidature.objects.order_by().values("pk")
    matches: QuerySet[Candidature, Any] = candidatures.filter(produit__editeur__in=editeurs)
    return matches


def _is_number(text: str) -> bool:
    """Whether a text may be a company's number, or a part of one."""
    return bool(numbers_in(text)) or compact(text).isdigit()
