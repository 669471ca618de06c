from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Snapshot:
    """What a desk answered about one demande, once its form was checked; `rules.reconciliation` interprets it.

    `etape` is the desk's own word, which the portal may not know. For a Gazelle link, it is the result, and
    `date_etape` is the day of the test.

    :param fetched_at: the instant that the caller gave (aware)
    :param documents: what the desk handed over, as (nature, number)
    :param pieces: what the EDC PSC asks for, as (nature, state)
    :param raw: the answer as it came; `sha256` is its digest, in hexadecimal
    """

    numero: str
    etape: str
    date_etape: date
    fetched_at: datetime
    schema: str
    sha256: str
    raw: bytes = field(repr=False)
    retour_prevu: date | None = None
    nil: str = ""
    logiciel: str = ""
    teleservice: str = ""
    role: str = ""
    documents: tuple[tuple[str, str], ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()

    @property
    def objet(self) -> str:
        """The téléservice at the CNDA, the role at the EDC PSC."""
        return self.teleservice or self.role
