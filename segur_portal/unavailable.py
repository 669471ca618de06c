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
    "Il n’y a plus de place pour ce fichier",
    "Le fichier n’est pas enregistré, et rien d’autre n’a changé. Gardez-le, et envoyez-le de nouveau dans un moment.",
)
NO_STORAGE = Unavailable(
    503,
    "Le stockage des fichiers ne répond pas",
    "Rien n’a été enregistré. Gardez votre fichier, et envoyez-le de nouveau dans un moment.",
)
TOO_BUSY = Unavailable(
    503,
    "Le portail n’a pas pu répondre à temps",
    "Rien n’a été enregistré. Revenez à la page précédente, et recommencez dans un moment.",
)

NOT_OPEN = Unavailable(
    503,
    "Cette démarche n’est pas ouverte",
    "Rien n’est perdu, et rien n’a changé. Son fichier attend d’être corrigé\u00a0: revenez dans un moment.",
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
