from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Snapshot:
    """What a desk answered about one demande, once its form was checked; what it means is for the reconciliation.

    `etape` is in the desk's words, which may be unknown here; of a Gazelle link it is the result, and `date_etape` the
    day of the execution.

    :param fetched_at: the instant that the caller gave
    :param documents: what was handed over, (nature, number)
    :param pieces: what the EDC PSC asks for, (nature, state)
    :param raw: the answer as it came, whose `sha256` is the digest, in hexadecimal
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
