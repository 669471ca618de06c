"""Which preuve each of many files answers, told by the N° in its name, before anything travels.

A N° has slashes and dots, a name of file has none or others: only letters and figures count. A folder may bear the N°
instead of its files.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from candidatures.rules.formats import ending_of
from preuves.catalogue.natures import NatureSpec
from preuves.enums import Forme, Nature, Sort
from preuves.rules.depots import MOST_FILES

_WORDS = re.compile(r"[a-z]+|[0-9]+")
_OF_THE_SYSTEM = re.compile(r"(?i)(\.|~\$|thumbs\.db$|desktop\.ini$|__macosx)")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


@dataclass(frozen=True)
class Fichier:
    """A file that somebody chose.

    :param path: its name, after the folders that hold it if any
    :param sha256: of the whole; empty when nobody computed it
    """

    path: str
    size: int
    sha256: str = ""

    @property
    def name(self) -> str:
        return self.path.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True)
class Cible:
    """An expected preuve to which a file may be matched.

    :param spec: what its nature accepts
    :param closed: why it takes no deposit now; empty when it does
    :param seen: the number of its latest revision, 0 when it has none
    :param held: the sha256 of the files of its latest revision
    :param value: the forme, the value, the date and the version technique of its latest revision
    """

    numero: str
    title: str
    nature: Nature
    spec: NatureSpec
    closed: str = ""
    seen: int = 0
    held: frozenset[str] = frozenset()
    value: tuple[str, str, date | None, str] = ("", "", None, "")


@dataclass(frozen=True)
class Rapproche:
    """What becomes of one file.

    :param numeros: of the preuves that its name tells; one when it is matched
    :param sentence: what to know of it, in French
    """

    fichier: Fichier
    sort: Sort
    numeros: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def numero(self) -> str:
        return self.numeros[0] if len(self.numeros) == 1 else ""


class Index:
    """The N° of a dossier, by their letters and figures."""

    def __init__(self, numeros: Iterable[str]) -> None:
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        for numero in numeros:
            self._by_words.setdefault(_words(numero), []).append(numero)
        self._lengths = sorted({len(runs) for runs in self._by_words}, reverse=True)

    def told_by(self, path: str) -> tuple[str, ...]:
        """Return the N° that a name tells, or else the nearest folder that tells one."""
        parts = [part for part in path.replace("\\", "/").split("/") if part]
        if parts:
            parts[-1] = _ENDING.sub("", parts[-1])
        for part in reversed(parts):
            if numeros := tuple(dict.fromkeys(self._within(_words(part)))):
                return numeros
        return ()

    def _within(self, runs: tuple[str, ...]) -> Iterator[str]:
        """Yield the N° that stand in these words, the longest first where several begin."""
        place = 0
        while place < len(runs):
            length = next((n for n in self._lengths if runs[place : place + n] in self._by_words), 0)
            yield from self._by_words.get(runs[place : place + length], ())
            place += length or 1


def _words(text: str) -> tuple[str, ...]:
    """Return the runs of letters and of figures of a text; « 01 » is « 1 », « É » is « e »."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(word.lstrip("0") or "0" if word.isdigit() else word for word in _WORDS.findall(plain))


def matched(fichiers: Sequence[Fichier], cibles: Mapping[str, Cible]) -> list[Rapproche]:
    """Say what becomes of each file, in the order given.

    :param cibles: by N°, every preuve of the dossier
    """
    index = Index(cibles)
    lines = [_alone(fichier, index.told_by(fichier.path), cibles) for fichier in fichiers]
    return _together(lines)


def _alone(fichier: Fichier, numeros: tuple[str, ...], cibles: Mapping[str, Cible]) -> Rapproche:
    if _OF_THE_SYSTEM.match(fichier.name):
        return Rapproche(fichier, Sort.IGNORED, sentence="Fichier de l’ordinateur\u00a0: il n’est pas envoyé.")
    if not numeros:
        return Rapproche(
            fichier, Sort.UNKNOWN, sentence="Aucun N° de preuve de ce dossier dans ce nom\u00a0: renommez le fichier."
        )
    if len(numeros) > 1:
        return Rapproche(
            fichier,
            Sort.AMBIGUOUS,
            numeros,
            f"Ce nom donne plusieurs N°\u00a0: {', '.join(numeros)}. Gardez-en un seul dans le nom.",
        )
    cible = cibles[numeros[0]]
    if reason := _refusal(fichier, cible):
        return Rapproche(fichier, Sort.REFUSED, numeros, reason)
    if fichier.sha256 and fichier.sha256 in cible.held:
        return Rapproche(
            fichier, Sort.SAME, numeros, "Ce fichier est déjà déposé pour cette preuve\u00a0: rien à faire."
        )
    return Rapproche(fichier, Sort.READY, numeros)


def _refusal(fichier: Fichier, cible: Cible) -> str:
    if cible.closed:
        return cible.closed
    if cible.spec.forme is not Forme.FILES:
        return "Cette preuve ne se dépose pas sous forme de fichier."
    if not fichier.size:
        return "Ce fichier est vide."
    known = [taken for taken in cible.spec.door.formats if ending_of(fichier.name) in taken.endings]
    if not known:
        return f"Cette preuve demande {cible.spec.accepts}."
    if fichier.size > max(cible.spec.door.largest_of(taken) for taken in known):
        return f"Ce fichier est trop grand\u00a0: cette preuve demande {cible.spec.accepts}."
    return ""


def _together(lines: Sequence[Rapproche]) -> list[Rapproche]:
    """Look at the files of one preuve together: chosen twice, too many, or several to deposit as one."""
    ready = Counter(line.numero for line in lines if line.sort is Sort.READY)
    seen: set[tuple[str, str]] = set()
    told = []
    for line in lines:
        key = (line.numero, line.fichier.sha256)
        if line.sort is not Sort.READY:
            told.append(line)
        elif line.fichier.sha256 and key in seen:
            told.append(replace(line, sort=Sort.IGNORED, sentence="Le même fichier est déjà dans cette liste."))
        elif ready[line.numero] > MOST_FILES:
            sentence = f"Au plus {MOST_FILES} fichiers pour une preuve\u00a0: {ready[line.numero]} portent ce N°."
            told.append(replace(line, sort=Sort.REFUSED, sentence=sentence))
        else:
            seen.add(key)
            told.append(replace(line, sentence=_in_one_deposit(ready[line.numero])))
    return told


def refused(line: Rapproche, reason: str) -> Rapproche:
    """Return a line whose file was refused once it was read."""
    return replace(line, sort=Sort.REFUSED, sentence=reason)


def _in_one_deposit(count: int) -> str:
    return f"{count} fichiers pour cette preuve\u00a0: ils forment un seul dépôt." if count > 1 else ""
