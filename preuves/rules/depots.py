"""What may be deposited for one expected preuve, and when."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from comptes.canonical import fingerprint
from comptes.rules import texts
from preuves.catalogue.natures import NatureSpec
from preuves.enums import Forme, PreuveState
from preuves.rules.exigibilite import Exigibilite
from preuves.rules.liens import link_from, why_not_a_link

MOST_FILES = 20
LONGEST_TEXT = 20_000
SHORTEST_REASON = 10
OLDEST = 10
"""In years: an older evidence is a date typed by mistake."""


@dataclass(frozen=True)
class Contenu:
    """What somebody deposits.

    :param value: the link, number, text, or the reason why it is not applicable; empty when there are files
    :param piece_ids: the pièces of the candidature, in order
    :param envoi_ids: the files that were declared, and may still travel; they come after the pièces
    :param evidence_date: when the evidence was made
    """

    forme: Forme
    value: str = ""
    piece_ids: tuple[int, ...] = ()
    envoi_ids: tuple[int, ...] = ()
    comment: str = ""
    evidence_date: date | None = None
    version_technique: str = ""


@dataclass(frozen=True)
class DepositFacts:
    """What the rule needs to know before it opens the door of one preuve."""

    candidature_open: bool
    eligibilite_submitted: bool
    chapitre_open: bool
    exigibilite: Exigibilite
    state: str | None


def why_not_depositable(facts: DepositFacts) -> str:
    """Say why nothing can be deposited for this preuve now; empty when something can."""
    if not facts.candidature_open:
        return "Cette candidature n’est plus ouverte."
    if not facts.eligibilite_submitted:
        return "Soumettez d’abord le formulaire d’éligibilité : le dépôt s’ouvre ensuite."
    if not facts.chapitre_open:
        return "Ce chapitre est soumis à l’ANS : vous ne pouvez pas le modifier avant sa réponse."
    if not facts.exigibilite.is_due:
        return f"Aucune preuve à déposer ici. {facts.exigibilite.reason}"
    if facts.state == PreuveState.ACCEPTED:
        return "Cette preuve est acceptée : vous n’avez pas à la modifier."
    return ""


def understood(contenu: Contenu, *, hosts: Collection[str]) -> Contenu:
    """Return a deposit with each of its texts made of its kind: this is what is kept, and fingerprinted.

    :param hosts: the hosts that a link may lead to
    """
    return replace(
        contenu,
        value=_value(contenu.forme, contenu.value, hosts),
        comment=texts.paragraph(contenu.comment),
        version_technique=texts.version(contenu.version_technique),
    )


def _value(forme: Forme, value: str, hosts: Collection[str]) -> str:
    match forme:
        case Forme.LINK:
            return link_from(value, hosts)
        case Forme.NUMBER:
            return texts.identifier(value).replace(" ", "")
    return texts.paragraph(value)


def faults(contenu: Contenu, spec: NatureSpec, *, hosts: Collection[str], on: date) -> dict[str, str]:
    """Say what is wrong with a deposit: one French sentence by name of field; nothing when it can be kept.

    :param hosts: the hosts that a link may lead to
    :param on: the civil day of the deposit, in Paris
    """
    faults = dict(_of_the_content(contenu, spec, hosts))
    if contenu.forme is not Forme.NOT_APPLICABLE:
        faults |= dict(_of_the_evidence(contenu, spec, on))
    return faults


def _of_the_content(contenu: Contenu, spec: NatureSpec, hosts: Collection[str]) -> Iterator[tuple[str, str]]:
    if contenu.forme not in (spec.forme, Forme.NOT_APPLICABLE):
        yield "forme", "Cette preuve ne peut pas être déposée sous cette forme."
    elif contenu.forme is Forme.FILES:
        if reason := _of_the_files(len(contenu.piece_ids) + len(contenu.envoi_ids)):
            yield "fichiers", reason
    elif reason := _of_the_value(contenu.forme, contenu.value, hosts):
        yield "value", reason


def _of_the_files(count: int) -> str:
    if not count:
        return "Choisissez au moins un fichier."
    return f"Choisissez au plus {MOST_FILES} fichiers pour une preuve." if count > MOST_FILES else ""


def _of_the_value(forme: Forme, value: str, hosts: Collection[str]) -> str:
    match forme:
        case Forme.LINK:
            return why_not_a_link(value, hosts)
        case Forme.NUMBER if not value:
            return "Indiquez le numéro d’exécution MOTCO2."
        case Forme.NUMBER if not re.fullmatch(r"[1-9][0-9]{0,17}", value):
            return "Le numéro d’exécution est un nombre entier, sans espace ni lettre."
        case Forme.TEXT if not value:
            return "Écrivez votre réponse."
        case Forme.NOT_APPLICABLE if len(value) < SHORTEST_REASON:
            return "Indiquez en une phrase pourquoi cette preuve ne s’applique pas à la solution."
    too_long = len(value) > LONGEST_TEXT
    return "Ce texte dépasse 20\u00a0000 caractères\u00a0: déposez plutôt un document." if too_long else ""


def _of_the_evidence(contenu: Contenu, spec: NatureSpec, on: date) -> Iterator[tuple[str, str]]:
    if not contenu.version_technique:
        yield "version_technique", "Indiquez la version technique que cette preuve concerne."
    made = contenu.evidence_date
    if made is None:
        yield "evidence_date", "Indiquez la date de la preuve."
    elif made > on:
        yield "evidence_date", "Cette date est dans le futur : vérifiez-la."
    elif on.year - made.year > OLDEST:
        yield "evidence_date", "Vérifiez cette date\u00a0: elle a plus de dix ans."
    elif spec.under_a_year and not is_under_a_year(made, on=on):
        yield "evidence_date", "Ce test d’intrusion date de plus d’un an\u00a0: il faut un formulaire plus récent."


def is_under_a_year(made: date, *, on: date) -> bool:
    """Say whether less than one year has passed, by the calendar: made on 5 March, not any more on the next 5 March."""
    leap = (made.month, made.day) == (2, 29)
    anniversary = date(made.year + 1, 3, 1) if leap else made.replace(year=made.year + 1)
    return on < anniversary


def fingerprint_of_deposit(contenu: Contenu, *, numero: str, empreinte: str, pieces: list[str]) -> str:
    """Compute the sha256 of a deposit, in canonical JSON.

    :param empreinte: of the words of the REM that it answers to
    :param pieces: what proves each file, in order: its sha256; `parties:` and that of the list of its parts' sha256
        when it still travelled
    """
    content = {
        "numero": numero,
        "empreinte": empreinte,
        "forme": contenu.forme.value,
        "value": contenu.value,
        "pieces": pieces,
        "comment": contenu.comment,
        "evidence_date": contenu.evidence_date.isoformat() if contenu.evidence_date else None,
        "version_technique": contenu.version_technique,
    }
    return fingerprint(content)
