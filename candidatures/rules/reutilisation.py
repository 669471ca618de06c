"""Which answer of an earlier candidature a champ may take, and why it may not. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from candidatures.catalogue.champs import NUMERO, Champ, ChampKind, Value, is_kept_alike
from candidatures.rules.answers import VERSION_TECHNIQUE, NotAnAnswer, answer
from candidatures.rules.members import faults_of_lines
from comptes.rules.companies import Company

Choices = Mapping[str, Mapping[str, str]]
# What is said of one solution, besides the champs that are proposed from its product.
OF_ONE_SOLUTION = (VERSION_TECHNIQUE, "obsolescence")
_FROM_THE_PRODUCT = (NUMERO, "produit")


class NotReusable(ValueError):
    """The present form refuses this answer; the message is the French reason."""


@dataclass(frozen=True)
class Form:
    """What the present form asks of any answer.

    :param choices: its lists: label by code, by the name of the list
    :param editeur: the company that files
    """

    choices: Choices
    editeur: Company | None


def is_of_one_solution(champ: Champ) -> bool:
    """Whether the answers of another solution are never proposed for this champ."""
    return champ.code in OF_ONE_SOLUTION or champ.prefill in _FROM_THE_PRODUCT


def reusable(champ: Champ, before: Champ | None, value: Value, form: Form) -> Value:
    """Return an earlier answer as this champ keeps it, checked as if it had just been typed.

    :param champ: the question of the present form
    :param before: the one that was answered; None when the answer was brought up to the present question
    :raises NotReusable: with the French reason
    """
    if before and (changed := next(_changed(champ, before), "")):
        raise NotReusable(changed)
    try:
        kept = answer(champ, as_typed(champ, value), choices=form.choices)
    except NotAnAnswer as reason:
        raise NotReusable(str(reason)) from None
    if faults := list(faults_of_lines(champ, kept, editeur=form.editeur)):
        raise NotReusable(" ".join(faults))
    return kept


def _changed(champ: Champ, before: Champ) -> Iterator[str]:
    """Say what is no longer asked in the same way."""
    if not is_kept_alike(champ, before):
        yield "La nature de cette question a changé."
    former = {column.code: column for column in before.columns}
    for column in champ.columns:
        if column.code in former and not is_kept_alike(column, former[column.code]):
            yield f"La nature de la colonne «\u00a0{column.label}\u00a0» a changé."


def as_typed(champ: Champ, value: Value) -> Value:
    """Return a JSON answer as the page of the form sends it."""
    match champ.kind:
        case ChampKind.YES_NO:
            return {True: "oui", False: "non"}.get(value)
        case ChampKind.LIST if value:
            lines = [
                {column.code: as_typed(column, line.get(column.code)) for column in champ.columns}
                for line in value.get("lignes", ())
            ]
            return {"aucun": bool(value.get("aucun")), "lignes": lines}
    return value


def without_pieces(value: Value, pieces: frozenset[int]) -> Value:
    """Return an answer without these pièces, at any depth."""
    if isinstance(value, dict):
        if value.get("piece") in pieces:
            return None
        return {code: without_pieces(item, pieces) for code, item in value.items()}
    if isinstance(value, list):
        return [without_pieces(item, pieces) for item in value]
    return value
