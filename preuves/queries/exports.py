"""What the copy of a whole dossier holds, file by file."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import StringIO
from typing import Any

from candidatures.enums import Camp
from candidatures.models import Accuse, Candidature, Message, Piece
from candidatures.queries.messages import thread_of
from comptes.dates import instant_in_figures
from comptes.queries import journal_of
from preuves.enums import AnalyseState, Forme
from preuves.models import Revision

from .dossier import dossier_of

_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_PART = 80
# So much is printed in one PDF: what prints it holds all of it in memory.
MESSAGES_TOGETHER, LETTERS_TOGETHER = 100, 60_000
_say: list[Callable[[Iterable[Any]], Iterable[Any]]] = []
_tell: list[Callable[..., Mapping[str, Any]]] = []


def say_acts_with(read: Callable[[Iterable[Any]], Iterable[Any]]) -> None:
    """Give the function that says the acts of a journal in French: it stands above the queries."""
    _say[:] = [read]


def tell_state_with(read: Callable[..., Mapping[str, Any]]) -> None:
    """Give the function that tells the state of a whole dossier, by its pk and `at`: it needs everybody's facts."""
    _tell[:] = [read]


def state_of(candidature_id: int, *, at: datetime) -> Mapping[str, Any]:
    """Return the state of a whole dossier, as plain data."""
    return _tell[0](candidature_id, at=at)


@dataclass(frozen=True)
class Copie:
    """One file of the copy: where it stands in it, and its content, read when it is asked for."""

    path: str
    content: Callable[[], Iterable[bytes]]


@dataclass
class Manifest:
    """The files that were copied, each with its size and its sha256."""

    lines: list[tuple[str, int, str]] = field(default_factory=list)

    def followed(self, copie: Copie) -> Iterator[bytes]:
        """Give the content of a file, and write it down once it has gone."""
        digest, size = hashlib.sha256(), 0
        for chunk in copie.content():
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        self.lines.append((copie.path, size, digest.hexdigest()))

    def as_csv(self) -> bytes:
        return as_csv(("fichier", "octets", "sha256"), self.lines)


def as_csv(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Write rows for a spreadsheet, in UTF-8 with its mark; no cell is a formula."""
    written = StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(headers)
    for row in rows:
        table.writerow([defused(cell) for cell in row])
    return written.getvalue().encode("utf-8-sig")


def defused(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def copies_of(candidature: Candidature) -> list[Copie]:
    """Return every file of the copy of a dossier, but its manifest: preuves, accusés, journal, messages."""
    chain = candidature.chain
    return [
        *_of_the_preuves(candidature),
        *_of_the_accuses(candidature),
        Copie("journal.csv", lambda: [_journal(chain)]),
        Copie("messages.csv", lambda: [_messages(candidature)]),
    ]


def _of_the_preuves(candidature: Candidature) -> Iterator[Copie]:
    """Yield what each deposit of each preuve holds, by chapitre and N°; the other files come last."""
    dossier = dossier_of(candidature)
    labels = {chapitre.spec.code: chapitre.spec.label for chapitre in dossier.chapitres} if dossier else {}
    held: set[int] = set()
    revisions = Revision.objects.filter(preuve__chapitre__dossier__candidature=candidature)
    ordered = revisions.select_related("preuve__chapitre", "deposited_by").prefetch_related("lines__piece__analyse")
    for revision in ordered.order_by("preuve__chapitre__code", "preuve__numero", "number"):
        code, numero = revision.preuve.chapitre.code, revision.preuve.numero
        folder = f"preuves/{_part(f'{code} {labels.get(code, str())}')}/{_part(numero)}/depot-{revision.number}"
        yield Copie(f"{folder}/depot.txt", partial(_text_of, revision))
        for line in sorted(revision.lines.all(), key=lambda line: line.rank):
            held.add(line.piece_id)
            if not _is_infected(line.piece):
                yield Copie(f"{folder}/{line.rank:02}-{_part(line.piece.name)}", line.piece.read)
    others = candidature.pieces.exclude(pk__in=held).select_related("analyse").order_by("pk")
    for piece in others:
        if not _is_infected(piece):
            yield Copie(f"autres-fichiers/{piece.pk}-{_part(piece.name)}", piece.read)


def _said_of(revision: Revision) -> bytes:
    made = revision.evidence_date.isoformat() if revision.evidence_date else ""
    facts = {
        "Preuve": revision.preuve.numero,
        "Dépôt": f"n°\u00a0{revision.number}, le {instant_in_figures(revision.deposited_at)}, {revision.deposited_by}",
        "Forme": Forme(revision.forme).label,
        "Réponse": revision.value,
        "Date de la preuve": made,
        "Version technique": revision.version_technique,
        "Commentaire": revision.comment,
        "Empreinte (sha256)": revision.sha256,
    }
    return "\n".join(f"{name}\u00a0: {text}" for name, text in facts.items()).encode()


def _text_of(revision: Revision) -> list[bytes]:
    return [_said_of(revision)]


def _is_infected(piece: Piece) -> bool:
    analyse = getattr(piece, "analyse", None)
    return analyse is not None and analyse.state == AnalyseState.INFECTED


def _of_the_accuses(candidature: Candidature) -> Iterator[Copie]:
    printed = Accuse.objects.filter(candidature=candidature, impression__isnull=False).select_related("impression")
    for accuse in printed.order_by("pk"):
        yield Copie(f"accuses/{_part(accuse.numero)}.pdf", accuse.impression.read)


def _journal(chain: str) -> bytes:
    lines = _say[0](journal_of(chain))
    rows = [(line.number, instant_in_figures(line.at, seconds=True), line.who, line.sentence) for line in lines]
    return as_csv(("numéro", "le", "par", "acte"), rows)


def _messages(candidature: Candidature) -> bytes:
    rows = [(instant_in_figures(sent.sent_at), str(sent.author), sent.text) for sent in thread_of(candidature)]
    return as_csv(("le", "par", "message"), rows)


def messages_to_print(candidature: Candidature) -> list[dict[str, Any]]:
    """Return the messages of a candidature as plain data, oldest first, by as many as one PDF holds; none without any.

    :param candidature: with its product, éditeur and dispositif joined
    """
    shared = {
        "nru": candidature.nru,
        "solution": candidature.produit.nom,
        "editeur": candidature.produit.editeur.raison_sociale,
        "dispositif": str(candidature.dispositif),
    }
    return [{**shared, "messages": group} for group in _together(map(_message, reversed(thread_of(candidature))))]


def _together(messages: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield messages by as many as one PDF holds."""
    group: list[dict[str, Any]] = []
    letters = 0
    for message in messages:
        length = len(message["texte"])
        if group and (len(group) == MESSAGES_TOGETHER or letters + length > LETTERS_TOGETHER):
            yield group
            group, letters = [], 0
        group.append(message)
        letters += length
    if group:
        yield group


def _message(sent: Message) -> dict[str, Any]:
    correction = next(iter(sent.corrections.all()), None)
    return {
        "par": sent.author.full_name,
        "camp": str(Camp(sent.camp).label),
        "envoye_le": sent.sent_at.isoformat(),
        "corrige_le": sent.corrects.sent_at.isoformat() if sent.corrects else "",
        "corrigee_le": correction.sent_at.isoformat() if correction else "",
        "texte": sent.text,
        "fichiers": [line.piece.name for line in sent.lines.all()],
    }


def _part(name: str) -> str:
    """Return a name that every system takes as a part of a path."""
    return _NOT_IN_A_NAME.sub("-", name).strip(" .")[:LONGEST_PART].strip(" .") or "sans-nom"
