"""A preuve is given to a colleague of the éditeur, who is told."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from candidatures.permissions import people_with_access
from comptes import journal, outbox
from comptes.dates import PARIS
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves.enums import Act
from preuves.models import PreuveConfiee
from preuves.queries.dossier import Dossier, dossier_of

from .locking import locked_candidature


class PreuvesNotGiven(Refused):
    """These preuves cannot be given to that person; the reasons are in French."""


@transaction.atomic
def give_preuves(
    *, candidature_id: int, numeros: Sequence[str], compte_id: int | None, before: date | None, by: Compte, at: datetime
) -> int:
    """Give preuves to a colleague, or take them back when there is none; return how many changed.

    :param compte_id: of somebody who works on the product today
    :param before: the civil day, in Paris, before which they are expected
    :raises PreuvesNotGiven: with every reason
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    dossier = dossier_of(candidature)
    to = people_with_access(candidature.produit).filter(pk=compte_id).first() if compte_id is not None else None
    wanted = tuple(dict.fromkeys(numeros))
    if reasons := _obstacles(dossier, wanted, before, is_lost=compte_id is not None and to is None, at=at):
        raise PreuvesNotGiven(*reasons)
    before = before if to else None
    rows = PreuveConfiee.objects.filter(candidature=candidature, numero__in=wanted)
    held = {row.numero: row for row in rows.order_by("numero")}
    changed = [numero for numero in wanted if _differs(held.get(numero), to, before)]
    if not changed:
        return 0
    PreuveConfiee.objects.bulk_create(
        [
            PreuveConfiee(candidature=candidature, numero=numero, compte=to, before=before, given_at=at, given_by=by)
            for numero in changed
        ],
        update_conflicts=True,
        unique_fields=["candidature", "numero"],
        update_fields=["compte", "before", "given_at", "given_by"],
    )
    _record(candidature, changed, to, by=by, at=at)
    return len(changed)


def _obstacles(
    dossier: Dossier | None, numeros: Sequence[str], before: date | None, *, is_lost: bool, at: datetime
) -> tuple[str, ...]:
    reasons = []
    if dossier is None or dossier.candidature.state != CandidatureState.OPEN:
        return ("Cette candidature n’est plus ouverte.",)
    if not numeros:
        reasons.append("Cochez au moins une preuve.")
    unknown = [numero for numero in numeros if not _is_due(dossier, numero)]
    if unknown:
        reasons.append(f"Aucune preuve n’est à déposer sous\u00a0: {', '.join(unknown)}.")
    if is_lost:
        reasons.append("Cette personne ne travaille pas sur cette solution\u00a0: choisissez quelqu’un de l’équipe.")
    if before is not None and before < at.astimezone(PARIS).date():
        reasons.append("Cette date est passée\u00a0: choisissez un autre jour.")
    return tuple(reasons)


def _is_due(dossier: Dossier, numero: str) -> bool:
    attendu = dossier.attendu(numero)
    return attendu is not None and attendu.exigibilite.is_due


def _differs(held: PreuveConfiee | None, to: Compte | None, before: date | None) -> bool:
    if held is None:
        return to is not None
    return (held.compte_id, held.before) != (to.pk if to else None, before)


def _record(candidature: Candidature, numeros: Sequence[str], to: Compte | None, *, by: Compte, at: datetime) -> None:
    listed, address = ", ".join(numeros), f"candidature:{candidature.nru}"
    if to is None:
        journal.record(candidature.chain, Act.PREUVES_TAKEN_BACK, on=address, by=by, at=at, preuves=listed)
        return
    journal.record(candidature.chain, Act.PREUVES_GIVEN, on=address, by=by, at=at, preuves=listed, compte=to.pk)
    if to.pk != by.pk:
        outbox.post("preuves.preuves_given", on=address, to=to, occurrence=at.isoformat(), at=at)
