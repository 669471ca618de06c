from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import models

from comptes.models import Compte

from .candidature import Candidature


class PrivateStorage(Storage):
    """The storage of pièces, asked at each use and not when the model loads: a deployment chooses it."""

    def open(self, name: str, mode: str = "rb") -> File[Any]:
        return storages["pieces"].open(name, mode)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        return storages["pieces"].save(name, content, max_length)

    def delete(self, name: str) -> None:
        storages["pieces"].delete(name)

    def exists(self, name: str) -> bool:
        return storages["pieces"].exists(name)

    def size(self, name: str) -> int:
        return storages["pieces"].size(name)


def private_storage() -> Storage:
    return PrivateStorage()


class Piece(models.Model):
    """One file that somebody deposited, never rewritten. Its content is at a name that nobody can guess."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="pieces")
    file = models.FileField("fichier", storage=private_storage, max_length=200)
    name = models.CharField("nom", max_length=150)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = models.CharField("empreinte", max_length=64)
    deposited_at = models.DateTimeField("déposée le")
    deposited_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "pièce"

    def __str__(self) -> str:
        return self.name
