"""Echoes of phase 1: an accusé that was issued is printed once, and kept."""

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
    """Print an accusé from its frozen data, and keep the file; once it is kept, nothing."""
    accuse = Accuse.objects.get(pk=accuse_id)
    if ImpressionDAccuse.objects.filter(accuse=accuse).exists():
        return
    content = render_accuse(accuse.data, version=accuse.template_version, at=accuse.issued_at)
    keep_once(ImpressionDAccuse.objects, content, folder="accuses", at=clock.now(), accuse=accuse)


def store(content: bytes, *, folder: str) -> str:
    """Store a file at a name that nobody can guess; its row is written after, and no row is locked meanwhile."""
    return PrivateStorage().save(f"{folder}/{secrets.token_hex(16)}", ContentFile(content))


def keep_once(
    rows: "Manager[Any]", content: bytes, *, folder: str, at: datetime, stored_as: str = "", **key: Any
) -> Any:
    """Store a printed file, then write its row; whoever comes second takes his own file away.

    :param rows: those of a model with `file`, `size`, `sha256` and `produced_at`
    :param stored_as: its name, when `store` gave one already
    :param key: what the row is known by
    """
    name = stored_as or store(content, folder=folder)
    columns = {"file": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "produced_at": at}
    with transaction.atomic():
        row, first = rows.get_or_create(**key, defaults=columns)
    if not first:
        PrivateStorage().delete(name)
    return row
