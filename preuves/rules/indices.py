"""What a machine noticed of a deposit: hints, each with its source, that somebody verifies. None of them refuses."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from comptes.dates import day_in_figures
from preuves.enums import LectureState

from .depots import is_under_a_year
from .lectures import NO_OCR, Lu, dates_in

MOST_NAMED = 3
NOT_KNOWN_HERE = "son certificat n’est pas reconnu ici"


@dataclass(frozen=True)
class Indice:
    """One line of what a machine noticed.

    :param label: what it is about: « Étape »
    :param value: what was seen
    :param source: where
    :param tone: `neutral`, or `attention` when it deserves a second look
    """

    label: str
    value: str
    source: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Jumeau:
    """Another preuve for which the same content, or the same number, was deposited."""

    numero: str
    nru: str


def of_the_form(lu: Lu, *, on: date) -> Iterator[Indice]:
    """Say what is seen of the form of a penetration test: its signatures, and its latest date.

    :param on: the civil day of the deposit, in Paris
    """
    if lu.signatures is not None:
        yield from _of_signatures(lu.signatures, source=f"contrôle de «\u00a0{lu.name}\u00a0»")
    dates = [day for day in dates_in(lu.text) if day <= on]
    if not dates or lu.by_ocr:
        return
    latest = max(dates)
    if is_under_a_year(latest, on=on):
        yield Indice("Date la plus récente", f"{day_in_figures(latest)}, moins d’un an avant le dépôt", lu.source)
    else:
        older = f"{day_in_figures(latest)}, plus d’un an avant le dépôt"
        yield Indice("Date la plus récente", older, lu.source, "attention")


def _of_signatures(signatures: Sequence[Mapping[str, Any]], *, source: str) -> Iterator[Indice]:
    if not signatures:
        yield Indice("Signature électronique", "aucune trouvée : une signature dessinée n’est pas reconnue", source)
    for rank, signature in enumerate(signatures, start=1):
        who = f" («\u00a0{signature['signer']}\u00a0»)" if signature["signer"] else ""
        is_last = rank == len(signatures)
        if not signature["holds"]:
            broken = f"présente{who}, mais le document n’est plus celui qui a été signé"
            yield Indice("Signature électronique", broken, source, "attention")
        elif is_last and not signature["whole"]:
            added = f"présente{who} et intacte, mais le document a été complété ensuite\u00a0; {NOT_KNOWN_HERE}"
            yield Indice("Signature électronique", added, source, "attention")
        else:
            yield Indice("Signature électronique", f"présente{who} et intacte\u00a0; {NOT_KNOWN_HERE}", source)


def of_a_file(name: str, twins: Collection[Jumeau], *, nru: str) -> Iterator[Indice]:
    """Say for which other preuves the same content was deposited; inside one candidature, that is a common reuse.

    :param nru: of the candidature that holds the file
    """
    source = f"empreinte de «\u00a0{name}\u00a0»"
    here, elsewhere = _told_apart(twins, nru)
    if here:
        yield Indice("Fichier repris", f"aussi déposé ici pour {_named(here, nru)}", source)
    if elsewhere:
        yield Indice("Fichier déjà déposé", f"pour {_named(elsewhere, nru)}", source, "attention")


def of_a_number(number: str, twins: Collection[Jumeau], *, nru: str) -> Iterator[Indice]:
    """Say for which other preuves the same number was deposited."""
    here, elsewhere = _told_apart(twins, nru)
    if named := [*here, *elsewhere]:
        yield Indice("Numéro déjà déposé", f"«\u00a0{number}\u00a0», pour {_named(named, nru)}", "dépôts", "attention")


def _told_apart(twins: Collection[Jumeau], nru: str) -> tuple[list[Jumeau], list[Jumeau]]:
    ordered = sorted(set(twins), key=lambda twin: (twin.nru, twin.numero))
    return [twin for twin in ordered if twin.nru == nru], [twin for twin in ordered if twin.nru != nru]


def _named(twins: Sequence[Jumeau], nru: str) -> str:
    names = [twin.numero if twin.nru == nru else f"{twin.numero} de {twin.nru}" for twin in twins[:MOST_NAMED]]
    others = len(twins) - len(names)
    more = [f"{others} autre{'s' if others > 1 else ''}"] if others else []
    parts = [*names, *more]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}"


def of_what_is_not_read(lus: Collection[Lu]) -> Iterator[Indice]:
    """Say to the ANS, in one line, that nothing reads images here, or that files were not read."""
    unread = [lu for lu in lus if lu.state is not LectureState.READ]
    if not unread:
        return
    names = ", ".join(f"«\u00a0{lu.name}\u00a0»" for lu in unread)
    if any(lu.state is LectureState.WAITING for lu in unread):
        yield Indice("Lecture automatique", "en cours", names)
    elif any(lu.fault in (NO_OCR, "off") for lu in unread):
        yield Indice("Lecture automatique", "non lu\u00a0: elle n’est pas activée", names)
    else:
        yield Indice("Lecture automatique", "non lu", names)
