"""The dérogations that the ANS may give by itself, after what it asked so near an échéance that no time was left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from candidatures.catalogue.dispositifs import every_spec, spec_of
from candidatures.enums import UNDECIDED, CandidatureState, DemandeKind, DemandeState, DerogationState, Freeze
from candidatures.models import Candidature, Demande, Derogation
from candidatures.queries import DATE_1, deadlines_of_many
from candidatures.rules.proches import Sent, to_consider
from preuves.enums import ChapitreState
from preuves.models import Chapitre


@dataclass(frozen=True)
class Considered:
    """More time that may be asked in one click for a candidature.

    :param nom: of the échéance
    """

    candidature: Candidature
    code: str
    nom: str
    sentence: str
    to_at: datetime


def derogations_to_consider(*, at: datetime, of: Candidature | None = None) -> list[Considered]:
    """Every candidature to which the ANS owes to consider more time, in the order of what was asked; six queries.

    None where a dérogation was asked, granted or refused since.

    :param of: the one candidature that is looked at
    """
    longest = max((one.delais.before for one in every_spec()), default=None)
    if longest is None:
        return []
    sent = _sent(at - 2 * longest)
    rows = Candidature.objects.with_names().filter(pk__in=sent, state=CandidatureState.OPEN, succeeds=None)
    if of is not None:
        rows = rows.filter(pk=of.pk)
    candidatures = list(rows.exclude(gel=Freeze.ATTRIBUTED).order_by("pk"))
    answered = _answered(candidatures)
    deadlines = deadlines_of_many(candidatures)
    found = []
    for one in candidatures:
        unmet = {
            code: deadline
            for code, deadline in deadlines[one.pk].items()
            if not (code == DATE_1 and one.handed_over_at is not None) and not deadline.extended
        }
        before = spec_of(one.dispositif_id).delais.before
        case = to_consider(sent[one.pk], unmet, before=before, at=at)
        if case and (one.pk, case.code) not in answered:
            found.append(Considered(one, case.code, unmet[case.code].nom, case.sentence, case.to_at))
    return found


def _sent(since: datetime) -> dict[int, list[Sent]]:
    """By candidature, what the ANS asked lately and that is not answered: compléments, and chapitres sent back."""
    found: dict[int, list[Sent]] = {}
    demandes = Demande.objects.filter(state=DemandeState.ASKED, kind=DemandeKind.COMPLEMENT, asked_at__gte=since)
    for demande in demandes.select_related("volet").order_by("asked_at", "pk"):
        label = f"un complément ({demande.volet.get_kind_display().lower()})"
        found.setdefault(demande.volet.candidature_id, []).append(Sent(label, demande.asked_at))
    returned = Chapitre.objects.filter(state=ChapitreState.RETURNED, concluded_at__gte=since)
    for code, candidature, instant in returned.order_by("concluded_at", "pk").values_list(
        "code", "dossier__candidature", "concluded_at"
    ):
        if instant is not None:
            found.setdefault(candidature, []).append(Sent(f"des corrections (chapitre {code})", instant))
    return found


def _answered(candidatures: Iterable[Candidature]) -> set[tuple[int, str]]:
    """The candidatures and échéances for which a dérogation was asked, whatever was decided of it."""
    asked = Derogation.objects.filter(candidature__in=candidatures).filter(
        Q(state__in=UNDECIDED) | Q(state__in=[DerogationState.GRANTED, DerogationState.REFUSED])
    )
    return set(asked.order_by("pk").values_list("candidature", "echeance"))


def names_of_echeances(derogations: Iterable[Derogation]) -> dict[int, str]:
    """The name of the échéance of each of these dérogations, by its pk, in two queries."""
    rows = list(derogations)
    deadlines = deadlines_of_many([one.candidature for one in rows])
    return {one.pk: deadlines[one.candidature_id][one.echeance].nom for one in rows}
