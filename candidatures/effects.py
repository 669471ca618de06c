"""What phase 1 does after a commit: an accusé is printed once, and kept."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Manager

from candidatures.documents.accuse import render_accuse
from candidatures.models import Accuse, ImpressionDAccuse
from candidatures.models.piece import PrivateStorage
from comptes import clock


@shared_task
def print_accuse(accuse_id: int) -> None:
    """Print an accusé from its frozen data, and keep the file; do nothing if it is printed already."""
    accuse = Accuse.objects.get(pk=accuse_id)
    if ImpressionDAccuse.objects.filter(accuse=accuse).exists():
        return
    content = render_accuse(accuse.data, version=accuse.template_version, at=accuse.issued_at)
    keep_once(ImpressionDAccuse.objects, content, folder="accuses", at=clock.now(), accuse=accuse)


def store(content: bytes, *, folder: str) -> str:
    """Store a file under a name that nobody can guess. Its row is written afterwards; no row is locked meanwhile."""
    return PrivateStorage().save(f"{folder}/{secrets.token_hex(16)}", ContentFile(content))


def keep_once(
    rows: "Manager[Any]", content: bytes, *, folder: str, at: datetime, stored_as: str = "", **key: Any
) -> Any:
    """Store a printed file, then write its row; if another run was first, delete this file.

    :param rows: the manager of a model with `file`, `size`, `sha256` and `produced_at`
    :param stored_as: the name of the file, when `store` has stored it already
    :param key: the fields that identify the row
    """
    name = stored_as or store(content, folder=folder)
    columns = {"file": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "produced_at": at}
    with transaction.atomic():
        row, first = rows.get_or_create(**key, defaults=columns)
    if not first:
        PrivateStorage().delete(name)
    return row
