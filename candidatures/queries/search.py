"""The search of candidatures by words of their names, or by the number of their éditeur, which every list uses."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Exists, Q, QuerySet, TextField, When

from candidatures.models import Candidature
from comptes.models import Editeur
from comptes.models.editeur import numbered
from comptes.models.prepared import Parameter
from comptes.models.sorting import holds, name_holds
from comptes.rules.companies import number_among, numbers_in, parts_in
from comptes.rules.readings import compact


def asked_row_by_row(condition: Q | Exists) -> Q:
    """Return a condition of which PostgreSQL makes no join, so that reading may stop at the end of a page.

    It is asked of the rows that the others keep, in the order of an index, instead of every row first.
    """
    return Q(Case(When(condition, then=True), default=False, output_field=BooleanField()))


class Sought(NamedTuple):
    """A word that is looked for, or a whole text. Each value is a text, or its place in a prepared query.

    :param nru: the word as an NRU would hold it
    :param wholes: the numbers of a company that it may be, as the last line of the names
    :param parts: what such a number may hold
    """

    word: Any
    nru: Any
    wholes: tuple[Any, ...]
    parts: tuple[Any, ...]


# Of each word, then of the whole text, how many numbers it may be, and parts of a number.
Shape = tuple[tuple[int, int], ...]


class Text(NamedTuple):
    """What is looked for: every word, or the number that the whole text is or that was copied among words."""

    terms: tuple[Sought, ...]
    number: Sought | None

    @property
    def shape(self) -> tuple[Shape, bool]:
        """What tells apart the conditions of two texts, beside their values."""
        return tuple((len(sought.wholes), len(sought.parts)) for sought in self._each()), self.number is not None

    @property
    def values(self) -> dict[str, str]:
        """The values, by the name of the place that each has in the conditions of this shape."""
        values = (value for term in self._each() for value in (term.word, term.nru, *term.wholes, *term.parts))
        return {f"text_{rank}": value for rank, value in enumerate(values)}

    def _each(self) -> tuple[Sought, ...]:
        return (*self.terms, self.number) if self.number else self.terms


def read(text: str) -> Text:
    """Read what a person typed in a search."""
    typed = text.split()
    if len(typed) < 2:
        number = None
    elif _is_number(text):
        number = _sought(text)
    else:
        copied = number_among(text)
        number = Sought(copied, copied.upper(), _wholes(copied), ()) if copied else None
    return Text(tuple(map(_sought, typed)), number)


def _sought(text: str) -> Sought:
    if not _is_number(text):
        return Sought(text, text.upper(), (), ())
    return Sought(text, text.upper(), _wholes(text), tuple(part for part in parts_in(text) if part != text))


def _wholes(text: str) -> tuple[str, ...]:
    return tuple(f"\n{number.lower()}" for number in numbers_in(text))


def in_places(shape: Shape, *, has_number: bool) -> tuple[Text, dict[str, TextField[str, str]]]:
    """Return a text of this shape with a place of a prepared query instead of each value, and the field of each."""
    fields: dict[str, TextField[str, str]] = {}

    def place() -> Parameter:
        name = f"text_{len(fields)}"
        fields[name] = TextField()
        return Parameter(name, fields[name])

    def several(count: int) -> tuple[Parameter, ...]:
        return tuple(place() for _ in range(count))

    each = tuple(Sought(place(), place(), several(wholes), several(parts)) for wholes, parts in shape)
    return Text(each[:-1], each[-1]) if has_number else Text(each, None), fields


def holding(text: str | Text, *, candidature: str = "", by_nru: bool = True) -> Q:
    """Keep the candidatures that hold every word of a text, or whose éditeur has the number that the whole text is.

    :param candidature: the way to the candidature from the rows that are filtered, such as `dossier__candidature__`
    """
    asked = read(text) if isinstance(text, str) else text
    every = Q(*(_called(sought, candidature=candidature, by_nru=by_nru) for sought in asked.terms))
    return every | _numbered(asked.number, candidature) if asked.number else every


def _called(sought: Sought, *, candidature: str, by_nru: bool) -> Q:
    """Keep the candidatures whose solution, éditeur, its number or the NRU holds a word, whatever the accents and case.

    :param candidature: the way to the candidature from the rows that are filtered, such as `dossier__candidature__`
    """
    named = Q(holds(f"{candidature}noms", sought.word)) | _numbered(sought, candidature)
    return named | Q((f"{candidature}nru__contains", sought.nru)) if by_nru else named


def _numbered(sought: Sought, candidature: str) -> Q:
    """Keep the candidatures whose éditeur has the number that a text may be, or one that holds it; none for words.

    It is the last line of the names.
    """
    whole = (Q((f"{candidature}noms__endswith", number)) for number in sought.wholes)
    parts = (Q(holds(f"{candidature}noms", part)) for part in sought.parts)
    return Q(*whole, *parts, _connector=Q.OR)


def of_editeurs_called(text: str) -> QuerySet[Candidature, Any]:
    """Return the candidatures (pk) of the éditeurs whose name holds every word of a text, or whose number it is."""
    every = Q(*(name_holds("raison_sociale", word) for word in text.split()))
    number = text if _is_number(text) else number_among(text)
    editeurs = Editeur.objects.filter(every | numbered(number) if number else every)
    candidatures: Any = Candidature.objects.order_by().values("pk")
    matches: QuerySet[Candidature, Any] = candidatures.filter(produit__editeur__in=editeurs)
    return matches


def _is_number(text: str) -> bool:
    """Whether a text may be a company's number, or a part of one."""
    return bool(numbers_in(text)) or compact(text).isdigit()
