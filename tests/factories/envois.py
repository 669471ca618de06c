"""Files that are declared before they travel, in parts of a thousand bytes."""

import base64
import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import Any

from candidatures.models import Candidature
from comptes.models import Compte
from preuves.enums import Nature
from preuves.models import Envoi
from preuves.operations.envois import declare_envoi
from preuves.operations.parties import receive_parts
from preuves.rules.envois import Annonce
from tests.factories import fichiers as some
from tests.factories.candidatures import SUMMER

PART = 1000
VIDEO = some.MP4 + bytes(range(256)) * 4


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Have the kernel refuse what goes beyond, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def parts_of(content: bytes, part_size: int = 0) -> list[bytes]:
    part_size = part_size or PART
    return [content[start : start + part_size] for start in range(0, len(content), part_size)]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def an_annonce(content: bytes = VIDEO, name: str = "démo.mp4", **changes: Any) -> Annonce:
    given: dict[str, Any] = {
        "name": name,
        "size": len(content),
        "part_size": PART,
        "parts": tuple(sha256(part) for part in parts_of(content)),
        "head": content[:8192],
    }
    return Annonce(**(given | changes))


def as_json(annonce: Annonce, nature: str = Nature.VIDEO) -> dict[str, Any]:
    """What a browser declares."""
    return {
        "nature": nature,
        "nom": annonce.name,
        "taille": annonce.size,
        "partie": annonce.part_size,
        "empreintes": list(annonce.parts),
        "debut": base64.b64encode(annonce.head).decode(),
    }


def an_envoi(
    candidature: Candidature,
    by: Compte,
    content: bytes = VIDEO,
    name: str = "démo.mp4",
    *,
    nature: Nature = Nature.VIDEO,
    at: datetime = SUMMER,
) -> Envoi:
    """A file that was declared, and of which nothing came."""
    annonce = an_annonce(content, name)
    return declare_envoi(candidature_id=candidature.pk, annonce=annonce, nature=nature, by=by, at=at)


def send(envoi: Envoi, content: bytes = VIDEO, *numbers: int, at: datetime = SUMMER) -> None:
    """Send some parts of it; all of them when none is named."""
    parts = parts_of(content)
    for number in numbers or range(1, len(parts) + 1):
        send_run(envoi, parts[number - 1], first=number, at=at)


def send_run(envoi: Envoi, content: bytes, *, first: int, at: datetime = SUMMER) -> None:
    """Send the parts that follow each other in one request."""
    now = Envoi.objects.get(pk=envoi.pk)
    receive_parts(envoi=now, first=first, length=len(content), content=BytesIO(content), at=at)
