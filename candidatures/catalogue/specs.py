"""What a dispositif is, once its file is read: dates, profils, desks, volets, charte. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from candidatures.catalogue.champs import VoletSpec
from candidatures.enums import ExigenceDEcheance


@dataclass(frozen=True)
class Exigences:
    """What one échéance asks.

    :param kinds: each thing that it asks; an échéance asks at least one
    :param chapitres: the codes of the only chapitres of which it asks it; of all of them when it names none
    :param volets: the same, of the volets
    """

    kinds: tuple[ExigenceDEcheance, ...] = ()
    chapitres: tuple[str, ...] = ()
    volets: tuple[str, ...] = ()

    def ask(self, kind: ExigenceDEcheance, of: str = "") -> bool:
        """Whether it asks that.

        :param of: the code of a chapitre or of a volet; empty, whether it asks that of all of them
        """
        only = self.only(kind)
        return kind in self.kinds and (not only or of in only)

    @property
    def ask_for_volets_alone(self) -> bool:
        return self.kinds == (ExigenceDEcheance.VOLETS_SOUMIS,)

    def only(self, kind: ExigenceDEcheance) -> tuple[str, ...]:
        """The codes of what it asks that of; none when it asks it of everything."""
        match kind:
            case ExigenceDEcheance.VOLETS_SOUMIS:
                return self.volets
            case ExigenceDEcheance.CHAPITRES_SOUMIS | ExigenceDEcheance.RETOURS_REPONDUS:
                return self.chapitres
            case ExigenceDEcheance.DEMANDES_AVANCEES:
                return ()


NOTHING_ASKED = Exigences()


@dataclass(frozen=True)
class EcheanceSpec:
    """One legal instant; `at` is aware, from the file's civil time in Europe/Paris."""

    code: str
    nom: str
    objet: str
    explication: str
    at: datetime
    exigences: Exigences


@dataclass(frozen=True)
class CharteSpec:
    version: str
    texte: str
    sha256: str


@dataclass(frozen=True)
class FormulaireSpec:
    """What a volet asks, as it is published: all that `read_formulaire` needs to read it again."""

    version: str
    contenu: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True)
class RecoursSpec:
    """The voies et délais de recours that an adverse decision bears.

    :param is_draft: the text still awaits the approval of counsel
    """

    texte: str
    is_draft: bool

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(part.strip().replace("\n", " ") for part in self.texte.split("\n\n"))


# The expected duration of each kind of step, unless the file of a dispositif says another. Ours: no source gives any.
DUREES: Mapping[str, timedelta] = {
    "charte": timedelta(days=3),
    "volet": timedelta(days=15),
    "examen-volet": timedelta(days=15),
    "chapitre": timedelta(days=20),
    "examen-chapitre": timedelta(days=20),
    "etape-editeur": timedelta(days=15),
    "etape-guichet": timedelta(days=30),
    "convention": timedelta(days=15),
    "signature": timedelta(days=10),
    "college": timedelta(days=30),
}


@dataclass(frozen=True)
class DelaisSpec:
    """The time that the ANS leaves to whom it answers late.

    :param before: what it asks less than that before an échéance makes it consider a dérogation by itself
    :param answer: the time to answer what it asks once the échéance is over
    """

    before: timedelta
    answer: timedelta


@dataclass(frozen=True)
class FichiersSpec:
    """What a dispositif says of files.

    :param grace: how long after an échéance may still arrive the files of what was submitted before it; zero is never
    :param quota: how many bytes of files one candidature may keep
    """

    grace: timedelta = timedelta(minutes=60)
    quota: int = 100 * 1024**3


@dataclass(frozen=True)
class GuichetDemande:
    """What a dispositif asks of another desk.

    :param sans_profils: those that the desk does not concern, when no other is presented
    :param teleservices: by profil, the téléservices that it must grant, when it grants any
    """

    sans_profils: frozenset[str] = frozenset()
    teleservices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class DispositifSpec:
    """One dispositif.

    :param concerne: who uses the software that it is about, as it stands after « pour »; may be empty
    :param structures: by profil, examples of the structures that it is about, in the words of people who look for them
    :param guichets: by the code of each desk that must grant something, what it is asked
    :param quatre_yeux: the codes of the chapitres whose conclusion by one instructeur is confirmed by another
    :param tested_at: the desks where the tests are held that preuves ask for
    :param days_to_answer: what the éditeur has, once a suspension or a retrait is announced
    """

    code: str
    nom: str
    couloir: str
    concerne: str
    vague: int
    prefixe_nru: str
    opens_at: datetime
    echeances: tuple[EcheanceSpec, ...]
    profils: Mapping[str, str]
    structures: Mapping[str, tuple[str, ...]]
    profils_architecture: Mapping[str, str]
    chapitre_prerequis: str
    quatre_yeux: frozenset[str]
    teleservices: Mapping[str, str]
    guichets: Mapping[str, GuichetDemande]
    tested_at: tuple[str, ...]
    dispositifs_vague_1: Mapping[str, str]
    volets: Mapping[str, VoletSpec] = field(repr=False)
    formulaires: Mapping[str, FormulaireSpec] = field(repr=False)
    days_to_answer: int
    delais: DelaisSpec
    durees: Mapping[str, timedelta] = field(repr=False)
    fichiers: FichiersSpec
    recours: RecoursSpec = field(repr=False)
    charte: CharteSpec = field(repr=False)

    @property
    def titre(self) -> str:
        """How pages call it: as `str(Dispositif)` does."""
        return f"{self.nom}, vague {self.vague}"

    @property
    def examples(self) -> tuple[str, ...]:
        """One structure of each profil, for a page that has room for few."""
        return tuple(names[0] for names in self.structures.values())
