"""One candidature, or one of its rows, as its reader may see it; every page asks it, so each query is built once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, Field, QuerySet, TextField

from candidatures.models import Candidature, Volet
from candidatures.models.candidature import worked_on
from comptes.models import Compte
from comptes.models.prepared import Prepared

from .read import with_charte

Make = Callable[..., QuerySet[Any, Any]]


class Seen:
    """A prepared query that returns the row of the candidature with this NRU, if the reader may see it.

    The NRU is a condition on the candidature that is joined, and not a subquery: past eight tables, PostgreSQL would
    join all of them first, and look for the NRU last.

    :param make: returns the rows of every candidature; its first argument is the reader
    :param candidature: the way to the candidature from one of these rows, such as `candidature__`
    :param parameters: the field of each other value that `make` takes, by name
    """

    def __init__(self, make: Make, *, candidature: str = "", **parameters: Field[Any, Any]) -> None:
        def to_the_ans(nru: Any, compte: Any, **values: Any) -> QuerySet[Any, Any]:
            return make(compte, **values).filter(**{f"{candidature}nru": nru})

        def to_the_editeur(nru: Any, compte: Any, **values: Any) -> QuerySet[Any, Any]:
            return to_the_ans(nru, compte, **values).filter(worked_on(compte, candidature))

        known: dict[str, Field[Any, Any]] = {"nru": TextField(), "compte": BigIntegerField(), **parameters}
        self._to_the_ans, self._to_the_editeur = Prepared(to_the_ans, **known), Prepared(to_the_editeur, **known)

    def first(self, nru: str, reader: Compte, **values: Any) -> Any:
        """Return the row in one query; None when nothing has this NRU, or the person may not see it."""
        asked = self._to_the_ans if reader.is_ans else self._to_the_editeur
        return asked.first(nru=nru, compte=reader.pk, **values)


_CANDIDATURE = Seen(lambda compte: Candidature.objects.with_names().order_by("pk"))
_VOLET = Seen(
    lambda compte, kind: (
        with_charte(Volet.objects.select_related("submitted_by", "admitted_by")).filter(kind=kind).order_by("pk")
    ),
    candidature="candidature__",
    kind=TextField(),
)


def seen_candidature(nru: str, reader: Compte) -> Candidature | None:
    """Return the candidature of this NRU, with its names."""
    candidature: Candidature | None = _CANDIDATURE.first(nru, reader)
    return candidature


def seen_volet(nru: str, kind: str, reader: Compte) -> Volet | None:
    """Return one volet of the candidature of this NRU, `with_charte`, with who submitted and admitted it."""
    volet: Volet | None = _VOLET.first(nru, reader, kind=kind)
    return volet
