"""The échéances of one person, as events of a calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import Camp, CandidatureState, EtatDeDate
from candidatures.models import AbonnementCalendrier, Candidature, Dispositif
from candidatures.rules.deadlines import Deadline
from comptes.models import Compte

from .avancement import avancements_of
from .candidatures import deadlines_by_code


@dataclass(frozen=True)
class CalendarEvent:
    """One échéance.

    :param key: its permanent identifier: `date-1.DUI-2026-00042-B`
    :param is_done: whether nothing is left to do for it: the calendar then gives no alarm
    :param candidature: None for the agency, which has the échéances of each dispositif
    """

    key: str
    titre: str
    at: datetime
    candidature: Candidature | None = None
    is_done: bool = False


def calendar_address_of(compte: Compte) -> AbonnementCalendrier | None:
    return AbonnementCalendrier.objects.current().filter(compte=compte.pk).first()


def calendar_at(token: str) -> AbonnementCalendrier | None:
    """Return the calendar of an address, if its owner still has an account."""
    addresses = AbonnementCalendrier.objects.current().filter(token=token, compte__is_active=True)
    return addresses.select_related("compte").first()


def evenements_of(compte: Compte, *, at: datetime) -> list[CalendarEvent]:
    """Return the échéances of each open candidature that this person sees; for the agency, of each dispositif."""
    return list(_of_the_agency() if compte.is_ans else _of_candidatures(compte, at))


def _of_the_agency() -> Iterator[CalendarEvent]:
    for dispositif in Dispositif.objects.order_by("opens_at", "pk"):
        for code, deadline in deadlines_by_code(dispositif).items():
            yield CalendarEvent(f"{code}.{dispositif.pk}", f"{_titre(deadline)} ({dispositif})", deadline.at)


def _of_candidatures(compte: Compte, at: datetime) -> Iterator[CalendarEvent]:
    """Return the échéances that are still to do, or were missed, and those done, which are marked so."""
    candidatures = list(
        Candidature.objects.visible_to(compte).with_names().filter(state=CandidatureState.OPEN).order_by("nru")
    )
    standing = avancements_of([candidature.pk for candidature in candidatures], reader=Camp.EDITEUR, at=at)
    of_each = Counter(candidature.produit_id for candidature in candidatures)
    for candidature in candidatures:
        nom = candidature.produit.nom
        subject = f"{nom}, {candidature.nru}" if of_each[candidature.produit_id] > 1 else nom
        for code, date in standing[candidature.pk].dates.items():
            if date.etat != EtatDeDate.WITHOUT_OBJECT:
                done = f" – {date.remaining(at)}" if date.is_done else ""
                titre = f"{_titre(date.deadline)} ({subject}){done}"
                yield CalendarEvent(
                    f"{code}.{candidature.nru}", titre, date.deadline.at, candidature, is_done=bool(done)
                )


def _titre(deadline: Deadline) -> str:
    return f"{deadline.nom} – {deadline.objet}"
