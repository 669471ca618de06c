"""What the desks say that answers a preuve, for the pages where that preuve is deposited and read."""

from collections.abc import Iterator
from datetime import datetime

from candidatures.catalogue.dispositifs import PARIS
from candidatures.models import Candidature
from guichets.enums import Guichet, Source
from guichets.models import Homologation, ReponseDeGuichet, Suivie
from guichets.rules.cadence import said_age
from guichets.rules.reconciliation import DESKS, LABELS
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import Nature
from preuves.queries import Beside

from .demandes import habilitations_of, homologations_of, latest_manual, liens_of
from .situation import tone_of

PAGE = "guichets:page"
COLOURS = {Guichet.CNDA: "cnda", Guichet.EDC_PSC: "edc", Guichet.GAZELLE: "segur"}


def said_of_preuve(candidature: Candidature, preuve: PreuveSpec, at: datetime) -> list[Beside]:
    """Say what the desk whose constat answers a preuve last said; the relevé of a Gazelle link, beside that link."""
    guichet = _guichet_of(preuve)
    if guichet is None:
        return []
    found = _demandes(candidature, preuve, guichet)
    if not found and guichet is not Guichet.GAZELLE:
        return [_not_declared(guichet)]
    return [
        Beside(
            title=one.label,
            guichet=COLOURS[guichet],
            guichet_label=str(guichet.label),
            tone=tone_of(one.state),
            state_label=str(one.get_state_display()),
            lines=tuple(_lines(one, preuve.numero, at)),
            address=PAGE,
        )
        for one in found
    ]


def _guichet_of(preuve: PreuveSpec) -> Guichet | None:
    if preuve.nature == Nature.GAZELLE:
        return Guichet.GAZELLE
    desk = preuve.constat.partition(":")[0].lower()
    return Guichet(desk) if desk in Guichet.values else None


def _demandes(candidature: Candidature, preuve: PreuveSpec, guichet: Guichet) -> list[Suivie]:
    """The principal component's demande alone answers a constat, which names no component."""
    wanted = preuve.constat.casefold()
    match guichet:
        case Guichet.GAZELLE:
            return list(liens_of(candidature.pk).filter(preuve=preuve.numero))
        case Guichet.CNDA:
            rows: list[Suivie] = list(homologations_of(candidature.pk).filter(composant=""))
        case _:
            rows = list(habilitations_of(candidature.pk))
    return [one for one in rows if one.constat.casefold() == wanted]


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


def _lines(demande: Suivie, numero: str, at: datetime) -> Iterator[str]:
    age = said_age(demande.confirmed_at, at=at)
    if demande.etape_date:
        desk = DESKS[Guichet(demande.guichet)]
        yield f"{desk} indique cette étape depuis le {demande.etape_date:%d/%m/%Y}\u00a0: {age}."
    else:
        yield "Le guichet n’en a encore rien dit au portail."
    if demande.retour_prevu:
        yield f"Retour prévu le {demande.retour_prevu:%d/%m/%Y}."
    yield from _latest(demande)
    manual = latest_manual(demande)
    if manual and (demande.confirmed_at is None or manual.seen_at > demande.confirmed_at):
        label = LABELS[Guichet(demande.guichet)].get(manual.etape, manual.etape)
        yield f"Une capture du {manual.seen_at.astimezone(PARIS):%d/%m/%Y} montre «\u00a0{label}\u00a0»."
    yield from _answered(demande, numero)


def _latest(demande: Suivie) -> Iterator[str]:
    latest = demande.releves.order_by("-seen_at", "-pk").values_list("sha256", flat=True).first()
    if latest:
        yield f"Empreinte du dernier relevé\u00a0: {latest[:12]}…"


def _answered(demande: Suivie, numero: str) -> Iterator[str]:
    """Whether what the desk now says is among the deposits, or only beside them."""
    mine = ReponseDeGuichet.objects.filter(demande=demande, numero=numero, etape=demande.state, source=Source.PULLED)
    number = mine.order_by("-answered_at", "-pk").values_list("revision__number", flat=True).first()
    if number:
        yield f"Ce relevé est le dépôt n°\u00a0{number} de cette preuve."
    elif demande.confirmed_at and isinstance(demande, Homologation) and demande.state != "initialisation":
        yield "Ce relevé n’est pas parmi les dépôts\u00a0: il se lit à côté d’eux."
