"""What the desks say about a preuve, shown on the pages where that preuve is deposited and read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from candidatures.models import Candidature
from comptes.dates import day_in_words
from guichets.catalogue.guichets import guichet_of_nature, is_guichet, spec_of_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Panne, Portee
from guichets.models import DemandeAuGuichet, Releve, ReponseDeGuichet
from preuves.catalogue.rem import PreuveSpec
from preuves.queries.beside import Beside

from .ages import age_of
from .latest_captures import LatestCapture, latest_capture, read_latest

PAGE = "guichets:page"
# What a REM adds to the code of a desk, for the test environments that it opens.
ENVIRONMENTS = "_env"


def said_of_preuve(candidature: Candidature, preuve: PreuveSpec, at: datetime) -> list[Beside]:
    """Return in one query what the desk that answers a preuve last said; for a Gazelle link, its result."""
    guichet = _guichet_of(preuve)
    if guichet is None:
        return []
    demandes = [demande for demande in _demandes(candidature, preuve, guichet) if _answers(demande, preuve)]
    if not demandes and guichet.is_shown:
        return [_not_declared(guichet)]
    return [
        Beside(
            title=demande.label,
            guichet=guichet.couleur,
            guichet_label=guichet.label,
            tone=demande.etape.tone if _is_verified(demande) else "neutral",
            state_label=demande.etape.label if _is_verified(demande) else "Non vérifié",
            lines=tuple(_lines(demande, at)),
            address=PAGE,
        )
        for demande in demandes
    ]


def name_in_a_rem(word: str) -> str:
    """Return the name of what a REM calls `EDC_PSC` or `CNDA_ENV`; a word that is no desk stays as it is."""
    code = word.lower()
    if is_guichet(code):
        return spec_of_guichet(code).label
    desk = code.removesuffix(ENVIRONMENTS)
    if desk != code and is_guichet(desk):
        return f"{spec_of_guichet(desk).label}, environnements de test"
    return word.replace("_", " ")


def _guichet_of(preuve: PreuveSpec) -> GuichetSpec | None:
    if decides := guichet_of_nature(preuve.nature):
        return decides
    desk = preuve.constat.partition(":")[0].lower()
    return spec_of_guichet(desk) if is_guichet(desk) else None


def _is_verified(demande: Any) -> bool:
    """Whether a desk told the result of a link; before that, its demande stands at the first stage all the same."""
    return demande.spec.is_shown or demande.etape_date is not None


def _answers(demande: DemandeAuGuichet, preuve: PreuveSpec) -> bool:
    if demande.spec.portee is Portee.PREUVE:
        return demande.preuve == preuve.numero
    return demande.what.constat.casefold() == preuve.constat.casefold()


def _demandes(candidature: Candidature, preuve: PreuveSpec, guichet: GuichetSpec) -> list[Any]:
    """The demandes of a desk, with their latest relevé and capture, and the deposit made at their current stage."""
    rows = DemandeAuGuichet.objects.followed().filter(candidature=candidature.pk, guichet=guichet.code)
    latest = Releve.objects.filter(demande=OuterRef("pk")).order_by("-seen_at", "-pk")
    mine = ReponseDeGuichet.objects.filter(demande=OuterRef("pk"), numero=preuve.numero, etape=OuterRef("state"))
    annotated = rows.annotate(
        latest_sha256=Subquery(latest.values("sha256")[:1]),
        capture=latest_capture(),
        deposited_as=Subquery(mine.order_by("-answered_at", "-pk").values("revision__number")[:1]),
    )
    return list(annotated.order_by("objet", "pk"))


def _not_declared(guichet: GuichetSpec) -> Beside:
    return Beside(
        title="Réponse du guichet",
        guichet=guichet.couleur,
        guichet_label=guichet.label,
        tone="neutral",
        state_label="À déclarer",
        lines=("Déclarez d’abord cette demande pour que le portail interroge le guichet.",),
        address=PAGE,
    )


def _lines(demande: Any, at: datetime) -> Iterator[str]:
    guichet = demande.spec
    if demande.etape_date:
        age = age_of(demande, at=at)
        yield f"{guichet.article} indique cette étape depuis le {day_in_words(demande.etape_date)}\u00a0: {age}."
    elif not demande.failure:
        yield "Aucune réponse du guichet pour le moment."
    if demande.failure:
        yield f"{guichet.why_nothing(Panne(demande.failure))}."
    if demande.retour_prevu:
        yield f"Retour prévu le {day_in_words(demande.retour_prevu)}."
    if demande.latest_sha256:
        yield f"Empreinte de la dernière réponse\u00a0: {demande.latest_sha256[:12]}…"
    yield from _of_the_capture(read_latest(demande.capture), guichet)
    if demande.deposited_as:
        yield f"Cette réponse est le dépôt n°\u00a0{demande.deposited_as} de cette preuve."
    elif demande.confirmed_at and guichet.is_shown:
        yield "Cette réponse n’est pas un dépôt. Elle est affichée à côté des dépôts."


def _of_the_capture(capture: LatestCapture | None, guichet: GuichetSpec) -> Iterator[str]:
    if capture is None:
        return
    label, day = guichet.labels.get(capture.etape, capture.etape), day_in_words(capture.recorded_at)
    if capture.is_waiting:
        yield f"Une capture du {day} montre «\u00a0{label}\u00a0»\u00a0: l’ANS doit encore la confirmer."
        yield "Son fichier peut être déposé ici sans attendre."
    else:
        yield f"La capture du {day} a été refusée\u00a0: {capture.reason}"
