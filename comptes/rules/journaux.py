"""What somebody looks for in the journal of the portal: by whom, about what, and between which days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from comptes.dates import PARIS

PAR, SORTE, DU, AU = "par", "sorte", "du", "au"
PORTAIL = "portail"
# Each kind of act: its label, and what it is written on.
SORTES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "comptes": ("Comptes et inscriptions", ("compte", "inscription", "cession", "transfert", "editeur")),
    "textes": ("Textes, aide et modèles", ("texte", "aide", "modele", "motif", "document")),
    "referentiel": ("Référentiel et équivalences", ("rem", "import_du_rem", "equivalences", "import_d_equivalences")),
    "echeances": ("Échéances et dérogations", ("deplacement", "derogation", "photo")),
    "suivi": (
        "Suivi des candidatures",
        ("candidature", "lot", "vue", "note", "chapitre", "chapitre-type", "seconde_lecture", "volet"),
    ),
    "college": ("Collège", ("seance", "examen")),
    "envois": ("Envois et travaux relancés", ("avis", "echec")),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address of the journal asks.

    :param par: the pk of the author, `PORTAIL` for what nobody asked; empty for everybody
    :param sorte: a name of `SORTES`, or empty
    :param du: the first day, in Paris
    :param au: the last day, in Paris
    """

    par: str = ""
    sorte: str = ""
    du: date | None = None
    au: date | None = None

    @property
    def query(self) -> str:
        """The address of the same lines, without the page."""
        asked = {PAR: self.par, SORTE: self.sorte, DU: self.du, AU: self.au}
        return urlencode({name: str(value) for name, value in asked.items() if value})

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the acts are written on; nothing for all of them."""
        return SORTES[self.sorte][1] if self.sorte else ()

    @property
    def since(self) -> datetime | None:
        return _midnight(self.du) if self.du else None

    @property
    def before(self) -> datetime | None:
        return _midnight(self.au + timedelta(days=1)) if self.au else None


def read(address: Mapping[str, str]) -> Wanted:
    """Read an address; what cannot be read asks nothing."""
    par, sorte = address.get(PAR, ""), address.get(SORTE, "")
    return Wanted(
        par=par if par == PORTAIL or (par.isascii() and par.isdigit() and len(par) <= 9) else "",
        sorte=sorte if sorte in SORTES else "",
        du=_day(address.get(DU, "")),
        au=_day(address.get(AU, "")),
    )


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)
