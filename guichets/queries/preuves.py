"""What the desks say that answers a preuve, for the pages where that preuve is deposited and read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from candidatures.catalogue.dispositifs import PARIS
from candidatures.models import Candidature
from guichets.enums import Guichet, Source
from guichets.models import Releve, ReponseDeGuichet
from guichets.rules.cadence import said_age
from guichets.rules.reconciliation import DESKS, LABELS
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import Nature
from preuves.queries import Beside

from .demandes import habilitations_of, homologations_of, liens_of
from .situation import tone_of

PAGE = "guichets:page"
COLOURS = {Guichet.CNDA: "cnda", Guichet.EDC_PSC: "edc", Guichet.GAZELLE: "segur"}


def said_of_preuve(candidature: Candidature, preuve: PreuveSpec, at: datetime) -> list[Beside]:
    """Say in one query what the desk whose constat answers a preuve last said; of a Gazelle link, its result."""
    guichet = _guichet_of(preuve)
    if guichet is None:
        return []
    found = [
        one for one in _demandes(candidature, preuve, guichet) if guichet is Guichet.GAZELLE or _answers(one, preuve)
    ]
    if not found and guichet is not Guichet.GAZELLE:
        return [_not_declared(guichet)]
    return [
        Beside(
            title=one.label,
            guichet=COLOURS[guichet],
            guichet_label=str(guichet.label),
            tone=tone_of(one.state),
            state_label=str(one.get_state_display()),
            lines=tuple(_lines(one, at)),
            address=PAGE,
        )
        for one in found
    ]


def _guichet_of(preuve: PreuveSpec) -> Guichet | None:
    if preuve.nature == Nature.GAZELLE:
        return Guichet.GAZELLE
    desk = preuve.constat.partition(":")[0].lower()
    return Guichet(desk) if desk in Guichet.values else None


def _answers(demande: Any, preuve: PreuveSpec) -> bool:
    return bool(demande.constat.casefold() == preuve.constat.casefold())


def _demandes(candidature: Candidature, preuve: PreuveSpec, guichet: Guichet) -> list[Any]:
    """The demandes that may answer, each with its latest relevés and the deposit that the current one made.

    The principal component's demande alone answers a constat, which names no component.
    """
    rows: QuerySet[Any]
    match guichet:
        case Guichet.GAZELLE:
            rows = liens_of(candidature.pk).filter(preuve=preuve.numero)
        case Guichet.CNDA:
            rows = homologations_of(candidature.pk).filter(composant="")
        case _:
            rows = habilitations_of(candidature.pk)
    latest = Releve.objects.filter(demande=OuterRef("pk")).order_by("-seen_at", "-pk")
    manual = latest.filter(source=Source.MANUAL)
    mine = ReponseDeGuichet.objects.filter(
        demande=OuterRef("pk"), numero=preuve.numero, etape=OuterRef("state"), source=Source.PULLED
    )
    annotated = rows.annotate(
        latest_sha256=Subquery(latest.values("sha256")[:1]),
        manual_etape=Subquery(manual.values("etape")[:1]),
        manual_at=Subquery(manual.values("seen_at")[:1]),
        deposited_as=Subquery(mine.order_by("-answered_at", "-pk").values("revision__number")[:1]),
    )
    return list(annotated)


def _not_declared(guichet: Guichet) -> Beside:
    return Beside(
        title="Réponse du guichet",
        guichet=COLOURS[guichet],
        guichet_label=str(guichet.label),
        tone="neutral",
        state_label="À déclarer",
        lines=("La demande n’est pas encore déclarée au portail\u00a0: il ne peut pas interroger le guichet.",),
        address=PAGE,
    )


def _lines(demande: Any, at: datetime) -> Iterator[str]:
    guichet = Guichet(demande.guichet)
    if demande.etape_date:
        age = said_age(demande.confirmed_at, at=at)
        yield f"{DESKS[guichet]} indique cette étape depuis le {demande.etape_date:%d/%m/%Y}\u00a0: {age}."
    else:
        yield "Le guichet n’en a encore rien dit au portail."
    if demande.retour_prevu:
        yield f"Retour prévu le {demande.retour_prevu:%d/%m/%Y}."
    if demande.latest_sha256:
        yield f"Empreinte du dernier relevé\u00a0: {demande.latest_sha256[:12]}…"
    if demande.manual_at and (demande.confirmed_at is None or demande.manual_at > demande.confirmed_at):
        label = LABELS[guichet].get(demande.manual_etape, demande.manual_etape)
        yield f"Une capture du {demande.manual_at.astimezone(PARIS):%d/%m/%Y} montre «\u00a0{label}\u00a0»."
    if demande.deposited_as:
        yield f"Ce relevé est le dépôt n°\u00a0{demande.deposited_as} de cette preuve."
    elif demande.confirmed_at and guichet is not Guichet.GAZELLE:
        yield "Ce relevé n’est pas parmi les dépôts\u00a0: il se lit à côté d’eux."
