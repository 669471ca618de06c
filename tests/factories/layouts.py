"""The agency's published layouts, rebuilt from their headers; every word in them is ours.

The scenario exporter's sheet has neither Périmètre, Commentaire, Profil historique, Criticité nor Ordre. The other one
spreads up to ten preuves of a scénario over numbered columns, and says the nature of each exigence.
"""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl

EXPORTED = ("ID", "Chapitre", "Fonction", "Exigence", "Profil", "N° scénario", "Scénario de conformité")
EXPORTED = (*EXPORTED, "N° preuve", "Preuve")
MOST_PREUVES = 10
SPREAD = ("Périmètre", "ID", "Nature de l'exigence", "Chapitre", "Fonction", "Exigence", "Commentaire", "Profil")
SPREAD = (*SPREAD, "N° scénario", "Scénario de conformité")
SPREAD += tuple(f"{what} {number}" for number in range(1, MOST_PREUVES + 1) for what in ("N° preuve", "Preuve"))
# The template of the convergence: the fourteen columns.
CONVERGENCE = ("Périmètre", *EXPORTED[:4], "Commentaire", *EXPORTED[4:], "Profil historique", "Criticité", "Ordre")
CHAPITRES = ("Prérequis de maturité technique", "Identité nationale de santé", "Messagerie sécurisée")
ASKED = ("Vidéo du déroulé.", "Copies d’écran annotées.", "Document daté.", "Lien permanent Gazelle.")


def exported(exigences: int = 6, scenarios: int = 4, preuves: int = 5, *, duplicate: bool = False) -> io.BytesIO:
    """The exporter's workbook; the first exigences have a scénario, the first scénarios more than one preuve.

    :param duplicate: whether the last row bears the N° preuve of another scénario
    """
    rows = list(_exported(exigences, scenarios, preuves))
    if duplicate:
        rows[-1][7] = rows[exigences - scenarios][7]
    return _workbook("Exigences", EXPORTED, rows)


def _exported(exigences: int, scenarios: int, preuves: int) -> Iterator[list[Any]]:
    """Exigences without a scénario come first, so that the last row has a preuve."""
    for number in range(exigences - scenarios):
        yield [*_exigence(scenarios + number), None, None, None, None]
    for number in range(scenarios):
        start = _exigence(number)
        asked = preuves - scenarios + 1 if number == 0 else 1
        for rank in range(1, asked + 1):
            scenario = f"{start[0]}.01"
            yield [*start, scenario, "<p>Démontrer.</p>", f"{scenario}.{rank:02}", ASKED[rank % len(ASKED)]]


def _exigence(number: int) -> list[Any]:
    """One exigence in three comes from vague 1."""
    name = f"SC.INS/va{1 if number % 3 == 0 else 2}.{number:03}"
    return [name, CHAPITRES[number % len(CHAPITRES)], "Fonction", f"<p>La solution tient {number}.</p>", "Général"]


def spread(exigences: int = 6, preuves: int = MOST_PREUVES) -> io.BytesIO:
    """The layout of numbered columns: one row a scénario; the first has ten preuves, the others `preuves` at most."""
    rows = []
    for number in range(exigences):
        name, chapitre, fonction, texte, profil = _exigence(number)
        scenario = f"{name}.01"
        row = ["Vague 1" if "/va1." in name else "Vague 2", name, "PRECONISATION" if number == 1 else "EXIGENCE"]
        row += [chapitre, fonction, texte, "Voir le guide.", profil, scenario, "Démontrer."]
        for rank in range(1, (MOST_PREUVES if number == 0 else min(preuves, 1 + number)) + 1):
            row += [f"{scenario}.{rank:02}", ASKED[rank % len(ASKED)]]
        rows.append(row)
    return _workbook("Exigences", SPREAD, rows)


def convergence() -> io.BytesIO:
    """The template of fourteen columns, with one preuve."""
    name, *rest = _exigence(1)
    row = ["Vague 2", name, *rest[:3], "", rest[3], f"{name}.01", "Démontrer.", f"{name}.01.01", ASKED[0]]
    return _workbook("Exigences", CONVERGENCE, [[*row, "Général", "Majeure", 1]])


def _workbook(title: str, headers: tuple[str, ...], rows: list[list[Any]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in (headers, *rows):
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file
