"""Contradictions in a dispositif's file, once each key has its shape. Pure functions.

A value of the wrong shape is skipped: that was reported already, and the rest is still checked.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from string import Formatter
from typing import Any

from candidatures.catalogue.champs import ChampKind
from candidatures.catalogue.echeances import faults_of_echeances
from candidatures.catalogue.places import Path
from candidatures.catalogue.shape import Fault
from candidatures.catalogue.volets import NATURES

# What an article of the convention may quote, between braces.
VARIABLES = ("editeur", "jours", "responsable", "solution", "version", "nil", "profils", "dispositif", "nru")

# What the portal itself reads of the answers, whatever else a dispositif asks; for a list, the columns that it reads.
READ: Mapping[str, Mapping[str, ChampKind | frozenset[str]]] = {
    "administratif": {
        **dict.fromkeys(("responsable_prenom", "responsable_nom", "responsable_fonction"), ChampKind.TEXT),
        **dict.fromkeys(("entreprise_raison_sociale", "entreprise_adresse"), ChampKind.TEXT),
        **dict.fromkeys(("entreprise_commune", "entreprise_pays"), ChampKind.TEXT),
        "entreprise_code_postal": ChampKind.POSTAL_CODE,
        "entreprise_immatriculation": ChampKind.COMPANY,
        "solution_nom": ChampKind.TEXT,
        "version_technique": ChampKind.TEXT,
        "references_vague_1": frozenset({"identifiant", "dispositif", "profils"}),
        "references_vague_2": frozenset({"nru"}),
    },
    "eligibilite": {
        "profils": ChampKind.CHOICES,
        "architecture": ChampKind.CHOICES,
        "proxy": ChampKind.CHOICE,
        "proxy_nom": ChampKind.TEXT,
        **dict.fromkeys(("nru_edc_utilisateur", "nru_edc_proxy", "nie", "nil"), ChampKind.IDENTIFIER),
        "groupement": frozenset({"raison_sociale", "immatriculation", "mandat"}),
        "distributeurs": frozenset({"raison_sociale", "immatriculation"}),
        "additionnels": frozenset(
            {"nom", "editeur", "immatriculation", "appartenance", "nil", "version", "teleservices"}
        ),
        "obsolescence": frozenset({"version", "nature", "date"}),
        "noms_commerciaux": frozenset({"nom", "nil", "version", "attestation"}),
    },
}
_NATURE_OF = {kind: nature for nature, kind in NATURES.items()}


class Sound:
    """The parts of a file that have the right shape, and so may be read.

    :param broken: the paths that do not
    """

    def __init__(self, raw: Mapping[str, Any], broken: Collection[Path]) -> None:
        self._raw = raw
        self._broken = {path[:end] for path in broken for end in range(1, len(path) + 1)}

    def holds(self, path: Path) -> bool:
        """Whether a path, and all that it holds, has its shape."""
        return path not in self._broken

    def table(self, *path: str) -> Mapping[str, Any]:
        """Return a table, which may contain mistakes; an empty one when it is missing or is not a table."""
        value: Any = self._raw
        for step in path:
            value = value.get(step, {}) if isinstance(value, Mapping) else {}
        return value if isinstance(value, Mapping) else {}

    def champs(self, kind: str) -> dict[Path, Mapping[str, Any]]:
        """Return, by its path, each champ of a volet that has its shape."""
        sections = self.table("volets", kind).get("sections")
        champs = {
            ("volets", kind, "sections", section, "champs", rank): champ
            for section, table in enumerate(sections if isinstance(sections, list) else ())
            if isinstance(table, Mapping)
            for rank, champ in enumerate(table["champs"] if isinstance(table.get("champs"), list) else ())
        }
        return {path: champ for path, champ in champs.items() if self.holds(path)}

    def is_whole(self, kind: str) -> bool:
        """Whether every champ of a volet has its shape."""
        return bool(self.table("volets", kind)) and self.holds(("volets", kind))


def faults_of_coherence(raw: Mapping[str, Any], broken: Collection[Path]) -> Iterator[Fault]:
    """List the contradictions, each with its path."""
    sound = Sound(raw, broken)
    yield from _instants(sound, raw)
    if sound.holds(("echeances",)):
        yield from faults_of_echeances(raw["echeances"])
    yield from _structures(sound)
    yield from _guichets(sound)
    yield from _articles(sound)
    for kind in READ:
        yield from _champs(sound, kind)


def _instants(sound: Sound, raw: Mapping[str, Any]) -> Iterator[Fault]:
    """The opening must come first, then the échéances in the order of the file."""
    written: list[tuple[Path, Any]] = [(("ouverture",), raw.get("ouverture"))]
    for code, echeance in sound.table("echeances").items():
        if isinstance(echeance, Mapping):
            written.append((("echeances", code, "instant"), echeance.get("instant")))
    before: tuple[Path, datetime] | None = None
    for path, instant in written:
        if isinstance(instant, str) and sound.holds(path):
            yield path, "une heure s’écrit sans guillemets."
        if not isinstance(instant, datetime) or not sound.holds(path):
            continue
        if before and instant < before[1]:
            yield path, f"cette date vient avant celle de {before[0][-2] if len(before[0]) > 1 else 'l’ouverture'}."
        before = path, instant


def _structures(sound: Sound) -> Iterator[Fault]:
    """The structures are those of profils that exist."""
    profils, path = sound.table("profils"), ("profils-structures",)
    for code in sound.table(*path):
        if sound.holds(path) and code not in profils:
            yield (*path, code), f"«\u00a0{code}\u00a0» n’est pas l’un des profils, {', '.join(profils)}."


def _guichets(sound: Sound) -> Iterator[Fault]:
    profils, teleservices = sound.table("profils"), sound.table("teleservices")
    for desk, asked in sound.table("guichets").items():
        path = ("guichets", desk)
        if not sound.holds(path):
            continue
        yield from _unknown((*path, "sans-profils"), asked.get("sans-profils", ()), profils, "profils")
        for profil, codes in asked.get("teleservices", {}).items():
            place = (*path, "teleservices", profil)
            if profil != "defaut" and profil not in profils:
                yield (
                    place,
                    f"«\u00a0{profil}\u00a0» n’est ni «\u00a0defaut\u00a0», ni l’un des profils, {', '.join(profils)}.",
                )
            yield from _unknown(place, codes, teleservices, "téléservices")


def _unknown(path: Path, codes: Collection[str], known: Collection[str], label: str) -> Iterator[Fault]:
    for index, code in enumerate(codes):
        if code not in known:
            yield (*path, index), f"«\u00a0{code}\u00a0» n’est pas l’un des {label}, {', '.join(known)}."


def _articles(sound: Sound) -> Iterator[Fault]:
    """The articles of the convention may only use the variables that exist."""
    articles = sound.table("convention").get("articles")
    for index, article in enumerate(articles if isinstance(articles, list) else ()):
        path = ("convention", "articles", index)
        if sound.holds(path):
            yield from (((*path, "texte"), sentence) for sentence in _variables(article["texte"]))


def _variables(texte: str) -> Iterator[str]:
    try:
        parts = list(Formatter().parse(texte))
    except ValueError:
        yield "une accolade est ouverte et pas fermée, ou fermée et pas ouverte."
        return
    for _, name, spec, conversion in parts:
        if name is not None and (name not in VARIABLES or spec or conversion):
            yield f"la variable «\u00a0{name}\u00a0» n’existe pas\u00a0; il y a {', '.join(VARIABLES)}."


def _champs(sound: Sound, kind: str) -> Iterator[Fault]:
    champs = sound.champs(kind)
    codes = [champ["code"] for champ in champs.values()]
    for path, champ in champs.items():
        if codes.index(champ["code"]) != list(champs).index(path):
            yield (*path, "code"), f"le code «\u00a0{champ['code']}\u00a0» sert déjà à un autre champ de ce volet."
        yield from _champ(sound, path, champ)
        for rank, column in enumerate(champ.get("colonnes", ())):
            yield from _champ(sound, (*path, "colonnes", rank), column)
        other = champ.get("seulement-si", {}).get("champ")
        if other and other not in codes and sound.is_whole(kind):
            yield (*path, "seulement-si", "champ"), f"aucun champ de ce volet n’a le code «\u00a0{other}\u00a0»."
    if sound.is_whole(kind):
        yield from _read(kind, {champ["code"]: (path, champ) for path, champ in champs.items()})


def _champ(sound: Sound, path: Path, champ: Mapping[str, Any]) -> Iterator[Fault]:
    """List the contradictions within one champ or one column."""
    nature, columns = champ.get("nature", "texte"), [column["code"] for column in champ.get("colonnes", ())]
    if nature.startswith("choix") and "liste" not in champ:
        yield (*path, "liste"), "un choix se fait dans une liste\u00a0: laquelle ?"
    if (nature == "liste") != bool(columns):
        yield path, "un champ de nature «\u00a0liste\u00a0» a des colonnes, et lui seul en a."
    if twice := sorted({code for code in columns if columns.count(code) > 1}):
        yield (*path, "colonnes"), f"deux colonnes ont le code «\u00a0{twice[0]}\u00a0»."
    if "distinct" in champ and champ["distinct"] not in columns:
        yield (*path, "distinct"), f"«\u00a0{champ['distinct']}\u00a0» n’est pas l’une de ses colonnes."
    desk = champ.get("sans-objet-si-dispense-de")
    if desk and desk not in sound.table("guichets"):
        yield (
            (*path, "sans-objet-si-dispense-de"),
            f"«\u00a0{desk}\u00a0» n’est pas l’un des guichets de ce dispositif.",
        )


def _read(kind: str, asked: Mapping[str, tuple[Path, Mapping[str, Any]]]) -> Iterator[Fault]:
    """A volet must have the champs that the portal reads, of the natures that it expects."""
    for code, wanted in READ[kind].items():
        if code not in asked:
            yield (
                ("volets", kind),
                f"le portail lit la réponse au champ «\u00a0{code}\u00a0», et aucun champ ne la demande.",
            )
            continue
        path, champ = asked[code]
        if isinstance(wanted, ChampKind):
            if NATURES[champ.get("nature", "texte")] is not wanted:
                yield (*path, "nature"), f"le portail lit «\u00a0{code}\u00a0» comme {_NATURE_OF[wanted]}."
        elif missing := sorted(wanted - {column["code"] for column in champ.get("colonnes", ())}):
            yield (*path, "colonnes"), f"le portail lit aussi les colonnes {', '.join(missing)}, qui n’y sont pas."
