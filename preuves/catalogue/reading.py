"""From workbooks and annotations to a REM, with everything that is wrong in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from candidatures.catalogue.specs import DispositifSpec
from preuves.enums import Nature

from .annotations import NOTHING, Annotation, Annotations, read_annotations
from .codes import Coding
from .drafts import DraftChapitre, DraftExigence, DraftPreuve, DraftScenario, Gathering, cell_of
from .inference import inferred_nature
from .known import NOTHING_KNOWN, Known, losses
from .problems import Problem
from .profils import Profiler
from .rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from .values import Values
from .workbook import read_sheet

SHOWN = 100
"""How many new preuves are asked about at a time."""


@dataclass(frozen=True)
class WorkbookReading:
    """What was read.

    :param guessed: the N° of the preuves whose nature is doubtful: their words do not say it, or now say another
    :param annotations: by N° preuve, all that holds of it: said now, by hand or in the file, or known before
    :param taken_over: the N° of the preuves of which something is known from before, and not said again
    :param inferred_codes: the codes of the chapitres that nobody gave one, made of their label
    :param anything_known: whether the preuves of this dispositif were annotated before
    :param missing_prerequis: the code of the dispositif's prerequisite chapitre, when none has it
    """

    spec: RemSpec
    problems: tuple[Problem, ...]
    guessed: frozenset[str] = frozenset()
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    taken_over: frozenset[str] = frozenset()
    inferred_codes: tuple[str, ...] = ()
    anything_known: bool = False
    missing_prerequis: str = ""

    @property
    def blocked(self) -> bool:
        return any(one.blocks for one in self.problems)

    @property
    def scenarios(self) -> int:
        return sum(len(exigence.scenarios) for _, exigence in self.spec.exigences())

    @property
    def natures(self) -> dict[str, int]:
        counted = Counter(preuve.nature for *_, preuve in self.spec.preuves())
        return {nature: counted[nature] for nature in Nature.values if counted[nature]}

    @property
    def unannotated(self) -> tuple[str, ...]:
        """The N° of the preuves of which nobody said anything, in the order of the REM."""
        return tuple(line[-1].numero for line in self.spec.preuves() if line[-1].numero not in self.annotations)

    @property
    def to_check(self) -> frozenset[str]:
        """The preuves whose nature a person should look at: doubtful, or new where the others are known."""
        return self.guessed.union(self.unannotated[:SHOWN] if self.anything_known else ())

    @property
    def by_chapitre(self) -> dict[str, int]:
        """How many preuves each chapitre has, by its code."""
        counted = Counter(chapitre.code for chapitre, *_ in self.spec.preuves())
        return {chapitre.code: counted[chapitre.code] for chapitre in self.spec.chapitres}


def read_rem(
    files: Iterable[tuple[str, BinaryIO]],
    dispositif: DispositifSpec,
    *,
    annotations: str = "",
    annotations_name: str = "annotations",
    natures: Mapping[str, str] | None = None,
    known: Known = NOTHING_KNOWN,
) -> WorkbookReading:
    """Read the workbooks, parts of one REM, with their annotations.

    :param files: pairs (name, content), in the order of their rows
    :param natures: corrections made by hand, by N° preuve; they hold over the annotations
    :param known: what the dispositif knows already; the annotations hold over it
    """
    profiler = Profiler(dispositif)
    values = Values(profiler)
    said = read_annotations(annotations, profiler, annotations_name)
    gathering = Gathering(values)
    for name, file in files:
        sheet = read_sheet(file, name)
        values.problems += sheet.problems
        for row in sheet.rows:
            gathering.add(row)
    finishing = Finishing(values, said, natures or {}, known)
    return finishing.reading(gathering, dispositif)


class Finishing:
    """Drafts made into the frozen REM: codes of chapitres, order, natures, what is said and what is known."""

    def __init__(self, values: Values, said: Annotations, natures: Mapping[str, str], known: Known) -> None:
        self.values = values
        self.said = said
        self.natures = natures
        self.known = known
        self.former = {line[-1].numero: line[-1] for line in known.spec.preuves()}
        self.guessed: set[str] = set()
        self.annotations: dict[str, Annotation] = {}

    def reading(self, gathered: Gathering, dispositif: DispositifSpec) -> WorkbookReading:
        prerequis = dispositif.chapitre_prerequis
        coding = Coding(sorted(gathered.chapitres.values(), key=lambda one: one.ordre), self.said, self.known)
        self.values.problems += coding.problems
        if gathered.preuves:
            self._say_unknown(gathered)
        spec = RemSpec(tuple(self._chapitre(one, coding.given[one.label]) for one in coding.chapitres))
        lost = (
            losses(self.known.spec, spec, prerequis=prerequis, abandoned=self.said.abandoned)
            if gathered.preuves
            else ()
        )
        return WorkbookReading(
            spec,
            (*self.values.problems, *self.said.problems, *lost, *_never_asked(dispositif, spec)),
            guessed=frozenset(self.guessed),
            annotations=self.annotations,
            taken_over=frozenset(self.known.annotations.keys() & gathered.preuves.keys() - self.said.preuves.keys()),
            inferred_codes=tuple(coding.inferred),
            anything_known=bool(self.known.annotations),
            missing_prerequis="" if any(one.code == prerequis for one in spec.chapitres) else prerequis,
        )

    def _say_unknown(self, gathered: Gathering) -> None:
        """Name what the annotations speak of and the workbook has not."""
        labels = gathered.chapitres.keys()
        unknown = [(one, "Ce N° preuve") for one in self.said.preuves if one not in gathered.preuves]
        unknown += [(one, "Ce chapitre") for one in self.said.chapitres if one not in labels]
        for name, what in unknown:
            sentence = f"{what} n’est pas dans le classeur\u00a0: {name}."
            self.values.problems.append(Problem(name, sentence, False, self.said.file))

    def _chapitre(self, chapitre: DraftChapitre, code: str) -> ChapitreSpec:
        exigences = sorted(chapitre.exigences, key=lambda one: (one.ordre, one.rank))
        return ChapitreSpec(code, chapitre.label, tuple(self._exigence(one) for one in exigences))

    def _exigence(self, one: DraftExigence) -> ExigenceSpec:
        return ExigenceSpec(
            identifiant=one.identifiant,
            fonction=one.fonction,
            texte=one.texte,
            commentaire=one.commentaire,
            perimetre=one.perimetre,
            profils=one.profils.codes,
            profils_historiques=one.profils_historiques,
            criticite=one.criticite,
            force=one.force,
            scenarios=tuple(self._scenario(scenario) for scenario in one.scenarios),
        )

    def _scenario(self, one: DraftScenario) -> ScenarioSpec:
        return ScenarioSpec(one.numero, one.texte, tuple(self._preuve(preuve) for preuve in one.preuves))

    def _preuve(self, one: DraftPreuve) -> PreuveSpec:
        annotation = self._annotation(one)
        in_the_workbook = one.scenario.exigence.profils.sauf
        return PreuveSpec(
            numero=one.numero,
            texte=one.texte,
            nature=annotation.nature or self._inferred(one),
            guichet=annotation.guichet or "ANS",
            constat=annotation.constat or "",
            sauf_profils=in_the_workbook if annotation.sauf_profils is None else annotation.sauf_profils,
        )

    def _annotation(self, one: DraftPreuve) -> Annotation:
        """Put together what is said of a preuve: by hand first, then in the file, then before."""
        said = Annotation(nature=self.natures.get(one.numero)).over(self.said.preuves.get(one.numero, NOTHING))
        before = self.known.annotations.get(one.numero, NOTHING)
        if said.nature is None:
            self._doubt_the_nature(one, before)
        if said.sauf_profils is None:
            self._doubt_the_exceptions(one, before)
        found = said.over(before)
        if found != NOTHING:
            self.annotations[one.numero] = found
        return found

    def _doubt_the_nature(self, one: DraftPreuve, before: Annotation) -> None:
        """Show a nature that is known of other words than those that the workbook now has."""
        former, in_words = self.former.get(one.numero), inferred_nature(one.texte)
        if not (before.nature and former and in_words) or former.texte == one.texte or in_words == before.nature:
            return
        self.guessed.add(one.numero)
        kept = Nature(before.nature)
        self._say(
            one,
            f"Le texte de la preuve {one.numero} a changé, et dit «\u00a0{in_words.label}\u00a0»\u00a0: "
            f"la nature connue, «\u00a0{kept.label}\u00a0», est gardée.",
        )

    def _doubt_the_exceptions(self, one: DraftPreuve, before: Annotation) -> None:
        """Show the exceptions of profil that are known, when the workbook names others."""
        in_the_workbook = one.scenario.exigence.profils.sauf
        if before.sauf_profils is None or not in_the_workbook or in_the_workbook == before.sauf_profils:
            return
        kept = ", ".join(before.sauf_profils) or "aucune"
        self._say(
            one,
            f"Le classeur excepte {', '.join(in_the_workbook)} de la preuve {one.numero}\u00a0: "
            f"l’exception connue ({kept}) est gardée.",
        )

    def _inferred(self, one: DraftPreuve) -> str:
        if found := inferred_nature(one.texte):
            return found.value
        self.guessed.add(one.numero)
        self._say(
            one, f"La nature de la preuve {one.numero} ne se déduit pas de son texte\u00a0: «\u00a0Document\u00a0»."
        )
        return Nature.DOCUMENT.value

    def _say(self, one: DraftPreuve, sentence: str) -> None:
        self.values.problems.append(Problem(cell_of(one), sentence, False, one.row.file, one.row.sheet))


def _never_asked(dispositif: DispositifSpec, spec: RemSpec) -> list[Problem]:
    """Name the chapitres of which an échéance asks something, and that the REM has not: nobody would ever owe it."""
    codes = {chapitre.code for chapitre in spec.chapitres}
    return [
        Problem(
            f"echeances.{echeance.code}.chapitres",
            f"Le chapitre {code}, que vise l’échéance «\u00a0{echeance.nom}\u00a0», n’est pas dans le classeur.",
            blocks=False,
            file=f"{dispositif.code}.toml",
        )
        for echeance in dispositif.echeances
        for code in echeance.exigences.chapitres
        if spec.chapitres and code not in codes
    ]
