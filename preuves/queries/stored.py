"""Every file that a row names, against those that are stored: what is missing, changed, or named by nobody."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import storages
from django.db.models import FileField

from candidatures.models.piece import PrivateStorage
from preuves.models import Envoi

DELAY = timedelta(days=7)
"""How long a file that no row names is kept: an upload that is under way has none yet, and a backup may be put back."""


@dataclass(frozen=True)
class NamedFile:
    """A file that a row names.

    :param sha256: what the row says of it; empty when it says nothing
    """

    row: str
    name: str
    size: int | None
    sha256: str


def named_files() -> Iterator[NamedFile]:
    """Every row that names a stored file, of whatever model."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, FileField):
                columns = {other.name for other in model._meta.fields}
                rows: Any = model._default_manager.exclude(**{field.name: ""}).order_by("pk").iterator()
                for row in rows:
                    size = row.size if "size" in columns else None
                    sha256 = row.sha256 if "sha256" in columns else ""
                    yield NamedFile(f"{model._meta.label}:{row.pk}", str(getattr(row, field.name).name), size, sha256)


def faults(*, reads: bool) -> Iterator[str]:
    """Say, one line each, which files are not there, have another size, or another sha256.

    :param reads: whether each file is read to its end; else its size alone is looked at
    """
    storage = PrivateStorage()
    for named in named_files():
        if not storage.exists(named.name):
            yield f"{named.row}: {named.name} is missing"
            continue
        size = storage.size(named.name)
        if named.size is not None and size != named.size:
            yield f"{named.row}: {named.name} has {size} bytes, and not {named.size}"
        elif reads and named.sha256 and (computed := _sha256_of(named.name, size)) != named.sha256:
            yield f"{named.row}: {named.name} has the sha256 {computed}, and not {named.sha256}"


def _sha256_of(name: str, size: int) -> str:
    digest = hashlib.sha256()
    with closing(PrivateStorage().read(name, start=0, length=size)) as content:
        for chunk in content:
            digest.update(chunk)
    return digest.hexdigest()


def stored_files() -> Iterator[tuple[str, datetime]]:
    """Every stored file, with when it was last written; those that are still arriving are not there yet."""
    storage: Any = storages["pieces"]
    if bucket := getattr(storage, "bucket", None):
        for stored in bucket.objects.all():
            yield stored.key, stored.last_modified
        return
    folders = [""]
    while folders:
        folder = folders.pop()
        inner, files = storage.listdir(folder)
        folders += [f"{folder}{name}/" for name in inner if f"{folder}{name}" not in NOT_PIECES]
        for name in files:
            yield f"{folder}{name}", storage.get_modified_time(f"{folder}{name}")


# What stands beside the pièces on a disk, and is no row's: the anchors of the journal, and what arrives.
NOT_PIECES = frozenset({"ancrages", "arrivees", "mails"})


def orphans(*, at: datetime) -> list[str]:
    """The names of the files that no row names, and that were written long enough ago."""
    old = {name for name, written_at in stored_files() if written_at < at - DELAY}
    if not old:
        return []
    return sorted(old - {named.name for named in named_files()} - _arriving())


def _arriving() -> set[str]:
    """What an envoi that is not settled will name."""
    return set(Envoi.objects.filter(settled_at=None).order_by("pk").values_list("stored_as", flat=True))
