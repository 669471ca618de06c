"""Several preuves are deposited one after the other, or none of them is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves.rules.depots import Contenu

from .depots import DepositConflict, DepositNotPossible, DepositRefused, deposit


class NothingDeposited(Refused):
    """One of these preuves could not be deposited, so none was; a French sentence for each that could not."""


@dataclass(frozen=True)
class Depose:
    """What is deposited for one preuve.

    :param seen: the number of the latest revision that the page showed
    """

    numero: str
    contenu: Contenu
    seen: int


@dataclass(frozen=True)
class Resultat:
    """What became of one deposit; `sentence` says it in French."""

    numero: str
    is_deposited: bool
    sentence: str


def deposit_each(*, candidature_id: int, depots: Iterable[Depose], by: Compte, at: datetime) -> list[Resultat]:
    """Deposit each preuve in a transaction of its own; one that is refused keeps nobody else from being kept."""
    return [_deposited(candidature_id, depose, by=by, at=at) for depose in depots]


@transaction.atomic
def deposit_together(*, candidature_id: int, depots: Iterable[Depose], by: Compte, at: datetime) -> list[Resultat]:
    """Deposit all of these preuves, or none.

    :raises NothingDeposited: with a sentence for each that cannot be deposited
    """
    results = [_deposited(candidature_id, depose, by=by, at=at) for depose in depots]
    if wrong := [f"{result.numero}\u00a0: {result.sentence}" for result in results if not result.is_deposited]:
        raise NothingDeposited(*wrong)
    return results


def _deposited(candidature_id: int, depose: Depose, *, by: Compte, at: datetime) -> Resultat:
    try:
        revision = deposit(
            candidature_id=candidature_id,
            numero=depose.numero,
            contenu=depose.contenu,
            seen=depose.seen,
            by=by,
            at=at,
        )
    except (DepositNotPossible, DepositConflict) as refused:
        return Resultat(depose.numero, is_deposited=False, sentence=refused.sentence)
    except DepositRefused as refused:
        return Resultat(depose.numero, is_deposited=False, sentence=" ".join(refused.faults.values()))
    return Resultat(depose.numero, is_deposited=True, sentence=f"Déposée (dépôt n°\u00a0{revision.number}).")
