"""The preuves of one chapitre, line by line, as the éditeur reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from comptes.dates import day_in_words
from comptes.typography import typeset, with_apostrophes
from preuves.catalogue.html import plain_text
from preuves.enums import ExigibiliteKind, PreuveState, Reception
from preuves.rules.exigibilite import Exigibilite
from preuves.rules.sondes import BADGES
from preuves.rules.tri import Choix, Traits, keeps, traits

from .confiees import Confiee
from .depots import DepositReturn, Depot
from .dossier import Attendu, ChapitreDuDossier, Dossier

LONGEST_TITLE = 140


@lru_cache(maxsize=8192)
def plain_words(texte: str) -> str:
    return typeset(with_apostrophes(plain_text(texte)))


def title_of(texte: str) -> str:
    """Return the first line of a text of the REM, cut at a word when it is long."""
    first = plain_words(texte).partition("\n")[0]
    if len(first) <= LONGEST_TITLE:
        return first.rstrip(".")
    return first[:LONGEST_TITLE].rpartition(" ")[0].rstrip(" ,;:.") + "…"


def title_of_preuve(attendu: Attendu) -> str:
    """Return what its exigence asks, in a few words."""
    return title_of(attendu.exigence.texte) or attendu.exigence.fonction or attendu.nature_label


def after_nature(nature: str, text: str) -> str:
    """Return what follows the nature of a preuve, so that a text that begins with it does not say it twice."""
    rest = text[len(nature) :]
    begins = text[: len(nature)].casefold() == nature.casefold() and not rest[:1].isalnum()
    return rest if begins else f" – {text}"


@dataclass(frozen=True)
class LigneDePreuve:
    """One expected preuve of a chapitre. Equal lines give equal HTML, which is kept (`drawn_once`).

    :param rem: the sha256 of the version of the REM; with the N°, it identifies texts that never change
    :param depot: None before the first deposit
    :param confiee: who was asked to bring it, if anybody
    :param state: of the preuve; empty before the first deposit
    """

    drawn_once: ClassVar[bool] = True

    rem: str
    exigibilite: Exigibilite
    attendu: Attendu = field(compare=False)
    depot: Depot | None
    confiee: Confiee | None = None
    state: str = ""

    @property
    def title(self) -> str:
        """What the exigence asks, in a few words."""
        return title_of_preuve(self.attendu)

    @property
    def asked(self) -> str:
        """What is to bring, on one line, as it goes on after the nature of the preuve."""
        return after_nature(self.attendu.nature_label, plain_words(self.attendu.preuve.texte).replace("\n", " "))

    @property
    def opens(self) -> bool:
        """Whether it has a page of its own."""
        return self.exigibilite.is_due or bool(self.exigibilite.equivalent) or self.depot is not None

    @property
    def sentences(self) -> list[str]:
        """What its holder must know, in order: the reason of a return, what does not open, words that changed."""
        retour = self.retour if self.state == PreuveState.TO_CORRECT else None
        reason = (
            f"{retour.reason} ({retour.by}, le {day_in_words(retour.given_at)})" if retour and retour.reason else ""
        )
        changed = "L’énoncé a changé depuis votre dépôt\u00a0: vérifiez que votre preuve y répond encore."
        return [sentence for sentence in (reason, self.unreadable, changed if self.words_changed else "") if sentence]

    @property
    def takes_a_deposit(self) -> bool:
        """Whether something is still to deposit for it, as far as the preuve itself tells."""
        return self.exigibilite.is_due and self.state != PreuveState.ACCEPTED

    @property
    def retour(self) -> DepositReturn | None:
        """What the ANS said of that deposit, if it did."""
        return self.depot.retour if self.depot else None

    @property
    def words_changed(self) -> bool:
        """Whether the words of the REM changed since the deposit."""
        return self.depot is not None and self.depot.empreinte != self.attendu.empreinte

    @property
    def is_awaited(self) -> bool:
        """Whether nothing is deposited, since the ANS has not said yet if a reference dispenses from it."""
        return self.depot is None and self.exigibilite.is_due and bool(self.exigibilite.awaits)

    @property
    def reception(self) -> Reception | None:
        """What keeps its files from being known to open, while nobody judged it; None when nothing does."""
        return self.depot.reception if self.depot and self.state == PreuveState.DEPOSITED else None

    @property
    def unreadable(self) -> str:
        """Which of its files do not open, and why, while nobody judged it."""
        return self.depot.unreadable if self.depot and self.state == PreuveState.DEPOSITED else ""

    @property
    def badge(self) -> str:
        if self.reception:
            return BADGES[self.reception]
        return self.state or ("info" if self.is_awaited else "required")

    @property
    def badge_label(self) -> str:
        if self.is_awaited:
            return "En attente de l’ANS"
        if self.reception:
            return str(self.reception.label)
        return str(PreuveState(self.state).label) if self.state else "À déposer"

    @property
    def explains(self) -> bool:
        """Whether the page says why it is due, or is not: what is asked of everybody needs no word."""
        dispensed = self.exigibilite.is_dispensed or self.exigibilite.fallen is not None
        return dispensed or self.is_contested or self.is_awaited

    @property
    def is_contested(self) -> bool:
        """Whether it is due because the ANS refused its dispense."""
        return self.exigibilite.is_due and self.exigibilite.reason.startswith("Dispense")


def lines_of_chapitre(
    dossier: Dossier,
    chapitre: ChapitreDuDossier,
    *,
    depots: Mapping[str, Depot] | None = None,
    confiees: Mapping[str, Confiee] = MappingProxyType({}),
) -> list[LigneDePreuve]:
    """Return every expected preuve of a chapitre with its latest deposit.

    :param depots: the latest deposits by N°; those of a dossier gathered for that chapitre when None
    :param confiees: by N°, who holds each
    """
    held, known = dossier.depots if depots is None else depots, chapitre.facts.preuves
    return [
        _ligne(dossier, numero, held.get(numero), confiees.get(numero), known[numero].state if numero in known else "")
        for exigibilite in chapitre.facts.exigibilites
        for numero in [exigibilite.numero]
    ]


def _ligne(dossier: Dossier, numero: str, depot: Depot | None, confiee: Confiee | None, state: str) -> LigneDePreuve:
    attendu = dossier.attendu(numero)
    assert attendu is not None, "A chapitre's facts come from the dossier's own REM."
    return LigneDePreuve(dossier.rem.version.sha256, attendu.exigibilite, attendu, depot, confiee, state)


Told = Sequence[tuple["LigneDePreuve", Traits]]


def told(lines: Iterable[LigneDePreuve], *, read_by: int) -> Told:
    """Return the lines of what concerns the solution, each with what it is told by for somebody (pk)."""
    concerned = (line for line in lines if line.attendu.exigibilite.kind != ExigibiliteKind.NOT_CONCERNED)
    return [(line, _traits(line, read_by)) for line in concerned]


def kept(lines: Told, choix: Choix) -> list[LigneDePreuve]:
    """Return the lines that a list shows, for what was asked of it."""
    return [line for line, traits_of_line in lines if keeps(choix, traits_of_line)]


def _traits(line: LigneDePreuve, read_by: int) -> Traits:
    preuve, exigence = line.attendu.preuve, line.attendu.exigence
    return traits(
        is_due=line.exigibilite.is_due,
        is_dispensed=line.exigibilite.is_dispensed,
        state=line.state,
        is_mine=line.confiee is not None and line.confiee.compte_id == read_by,
        nature=preuve.nature,
        guichet=preuve.guichet,
        searched=" ".join((preuve.numero, exigence.fonction, line.title, plain_words(preuve.texte))),
    )
