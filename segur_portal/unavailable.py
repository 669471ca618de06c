"""The failures that are not bugs: a full disk, a storage, a database, a dispositif's file; with French sentences."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg2 import InterfaceError, OperationalError

from candidatures.catalogue.faults import DispositifFileError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
STORAGE = ("boto3.", "botocore.", "s3transfer.", "urllib3.")


@dataclass(frozen=True)
class Unavailable:
    status: int
    title: str
    sentence: str


NO_PLACE = Unavailable(
    507,
    "L’espace de stockage est plein",
    "Votre fichier n’a pas été enregistré. Gardez-le et envoyez-le de nouveau dans quelques minutes.",
)
NO_STORAGE = Unavailable(
    503,
    "Le stockage des fichiers ne répond pas",
    "Votre fichier n’a pas été enregistré. Gardez-le et envoyez-le de nouveau dans quelques minutes.",
)
TOO_BUSY = Unavailable(
    503,
    "Le portail met trop de temps à répondre",
    "Rien n’a été enregistré. Revenez à la page précédente, puis recommencez dans quelques minutes.",
)

NOT_OPEN = Unavailable(
    503,
    "Cette démarche n’est pas ouverte",
    "Ses dossiers sont conservés. Son fichier de réglage contient une erreur à corriger. Revenez plus tard.",
)


def why_unavailable(error: BaseException | None) -> Unavailable | None:
    """Return what was lacking, found in the error or in its causes; None when it is none of these."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.errno in FULL:
            return NO_PLACE
        if type(cause).__module__.startswith(STORAGE):
            return NO_STORAGE
        if isinstance(cause, OperationalError | InterfaceError):
            return TOO_BUSY
        if isinstance(cause, DispositifFileError):
            return NOT_OPEN
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
