"""A copy of a whole dossier as a ZIP, and its state as a PDF, read chunk by chunk by whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from candidatures.models import Candidature
from preuves.catalogue.zips import Entry, Stream, zipped
from preuves.models import ExportDeDossier
from preuves.queries.exports import Copie, Manifest, copies_of, messages_to_print, state_of

from .printing import render_etat, render_messages

# Is told how many files are in it, and how many there will be.
Count = Callable[[int, int], object]


def copy_as_zip(export: ExportDeDossier, *, at: datetime, count: Count) -> Stream:
    """Return the copy of a dossier, which is made as it is read; its files have the date at which it was asked for.

    :param export: with its candidature, whose product, éditeur and dispositif are joined
    """
    candidature = export.candidature
    copies, manifest = [*copies_of(candidature), *_messages(candidature, at)], Manifest()
    count(0, len(copies))

    def entries() -> Iterator[Entry]:
        for number, copie in enumerate(copies, start=1):
            yield copie.path, manifest.followed(copie)
            count(number, len(copies))
        yield "manifeste.csv", [manifest.as_csv()]

    return Stream(zipped(entries(), made=export.asked_at.timetuple()[:6]))


def _messages(candidature: Candidature, at: datetime) -> list[Copie]:
    """Return the messages as PDFs, printed when they are read: one, or several that are numbered."""
    printed = messages_to_print(candidature)
    names = ["messages.pdf"] if len(printed) == 1 else [f"messages-{n}.pdf" for n in range(1, len(printed) + 1)]
    return [Copie(name, partial(_printed, data, at)) for name, data in zip(names, printed, strict=True)]


def _printed(data: Mapping[str, Any], at: datetime) -> list[bytes]:
    return [render_messages(data, at=at)]


def state_as_pdf(candidature: Candidature, *, at: datetime) -> Stream:
    """Return the state of a dossier at this instant."""
    return Stream(iter([render_etat(state_of(candidature.pk, at=at), at=at)]))
