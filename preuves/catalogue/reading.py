"""Makes a REM from workbooks and annotations, with every problem found in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from candidatures.catalogue.specs import DispositifSpec
from preuves.enums import Nature

from .annotations import NOTHING, Annotation, Annotations, read_annotations
from .codes import Coding
from .drafts import DraftChapitre, DraftExigence, DraftPreuve, DraftScenario, Gathering, cell_of
from .inference import inferred_nature
from .known import NOTHING_KNOWN, Known, losses
from .problems import Problem, gathered
from .profils import Profiler
from .rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from .unseen import Warned
from .values import Values
from .workbook import read_sheet

SHOWN = 100
"""How many new preuves are asked about at a time."""


@dataclass(frozen=True)
class WorkbookReading:
    """What was read.

    :param guessed: the N° of the preuves whose nature is doubtful: its words do not tell it, or now tell another
    :param annotations: by N° preuve, all that is known of it: given now, by hand or in the file, or known before
    :param taken_over: the N° of the preuves whose annotation comes from before, and is not in the file
    :param inferred_codes: the codes made from the label, for the chapitres to which nobody gave one
    :param anything_known: whether the preuves of this dispositif were annotated before
    :param missing_prerequis: the code of the dispositif's prerequisite chapitre, when none has it
    :param sheets: each file with the title of the sheet that was read in it
    :param warned: what the eye does not see in the workbooks, to be confirmed before anything is published
    """

    spec: RemSpec
    problems: tuple[Problem, ...]
    guessed: frozenset[str] = frozenset()
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    taken_over: frozenset[str] = frozenset()
    inferred_codes: tuple[str, ...] = ()
    anything_known: bool = False
    missing_prerequis: str = ""
    sheets: tuple[tuple[str, str], ...] = ()
    warned: tuple[Warned, ...] = ()

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

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
        """The preuves whose nature a person should check: doubtful, or new when the others are known."""
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
    :param natures: corrections made by hand, by N° preuve; they win over the annotations
    :param known: what the dispositif knows already; the annotations win over it
    """
    profiler = Profiler(dispositif)
    values = Values(profiler)
    annotated = read_annotations(annotations, profiler, annotations_name)
    gathering = Gathering(values)
    sheets: list[tuple[str, str]] = []
    warned: list[Warned] = []
    for name, file in files:
        before = len(values.problems)
        sheet = read_sheet(file, name, take=gathering.add)
        values.problems[before:before] = sheet.problems
        sheets += [(name, sheet.name)] if sheet.name else []
        warned += sheet.warned
    finishing = Finishing(values, annotated, natures or {}, known)
    return replace(finishing.reading(gathering, dispositif), sheets=tuple(sheets), warned=tuple(warned))


class Finishing:
    """Turns drafts into the frozen REM: codes of chapitres, order, natures, annotations."""

    def __init__(self, values: Values, annotated: Annotations, natures: Mapping[str, str], known: Known) -> None:
        self.values = values
        self.annotated = annotated
        self.natures = natures
        self.known = known
        self.former = {line[-1].numero: line[-1] for line in known.spec.preuves()}
        self.guessed: set[str] = set()
        self.annotations: dict[str, Annotation] = {}

    def reading(self, gathering: Gathering, dispositif: DispositifSpec) -> WorkbookReading:
        prerequis = dispositif.chapitre_prerequis
        coding = Coding(
            sorted(gathering.chapitres.values(), key=lambda chapitre: chapitre.ordre), self.annotated, self.known
        )
        self.values.problems += coding.problems
        if gathering.preuves:
            self._say_unknown(gathering)
        spec = RemSpec(tuple(self._chapitre(chapitre, coding.given[chapitre.label]) for chapitre in coding.chapitres))
        lost = (
            losses(self.known.spec, spec, prerequis=prerequis, abandoned=self.annotated.abandoned)
            if gathering.preuves
            else ()
        )
        return WorkbookReading(
            spec,
            gathered((*self.values.problems, *self.annotated.problems, *lost, *_never_asked(dispositif, spec))),
            guessed=frozenset(self.guessed),
            annotations=self.annotations,
            taken_over=frozenset(
                self.known.annotations.keys() & gathering.preuves.keys() - self.annotated.preuves.keys()
            ),
            inferred_codes=tuple(coding.inferred),
            anything_known=bool(self.known.annotations),
            missing_prerequis="" if any(chapitre.code == prerequis for chapitre in spec.chapitres) else prerequis,
        )

    def _say_unknown(self, gathering: Gathering) -> None:
        """Report what the annotations mention and the workbook does not have."""
        labels = gathering.chapitres.keys()
        unknown = [(numero, "Ce N° preuve") for numero in self.annotated.preuves if numero not in gathering.preuves]
        unknown += [(label, "Ce chapitre") for label in self.annotated.chapitres if label not in labels]
        for name, what in unknown:
            sentence = f"{what} n’est pas dans le classeur\u00a0: {name}."
            self.values.problems.append(Problem(name, sentence, False, self.annotated.file))

    def _chapitre(self, chapitre: DraftChapitre, code: str) -> ChapitreSpec:
        exigences = sorted(chapitre.exigences, key=lambda exigence: (exigence.ordre, exigence.rank))
        return ChapitreSpec(code, chapitre.label, tuple(self._exigence(exigence) for exigence in exigences))

    def _exigence(self, exigence: DraftExigence) -> ExigenceSpec:
        return ExigenceSpec(
            identifiant=exigence.identifiant,
            fonction=exigence.fonction,
            texte=exigence.texte,
            commentaire=exigence.commentaire,
            perimetre=exigence.perimetre,
            profils=exigence.profils.codes,
            profils_historiques=exigence.profils_historiques,
            criticite=exigence.criticite,
            force=exigence.force,
            scenarios=tuple(self._scenario(scenario) for scenario in exigence.scenarios),
        )

    def _scenario(self, scenario: DraftScenario) -> ScenarioSpec:
        return ScenarioSpec(scenario.numero, scenario.texte, tuple(self._preuve(preuve) for preuve in scenario.preuves))

    def _preuve(self, preuve: DraftPreuve) -> PreuveSpec:
        annotation = self._annotation(preuve)
        in_the_workbook = preuve.scenario.exigence.profils.sauf
        return PreuveSpec(
            numero=preuve.numero,
            texte=preuve.texte,
            nature=annotation.nature or self._inferred(preuve),
            guichet=annotation.guichet or "ANS",
            constat=annotation.constat or "",
            sauf_profils=in_the_workbook if annotation.sauf_profils is None else annotation.sauf_profils,
        )

    def _annotation(self, preuve: DraftPreuve) -> Annotation:
        """Merge what is said of a preuve: by hand first, then in the file, then before."""
        now = Annotation(nature=self.natures.get(preuve.numero)).over(
            self.annotated.preuves.get(preuve.numero, NOTHING)
        )
        before = self.known.annotations.get(preuve.numero, NOTHING)
        if now.nature is None:
            self._doubt_the_nature(preuve, before)
        if now.sauf_profils is None:
            self._doubt_the_exceptions(preuve, before)
        annotation = now.over(before)
        if annotation != NOTHING:
            self.annotations[preuve.numero] = annotation
        return annotation

    def _doubt_the_nature(self, preuve: DraftPreuve, before: Annotation) -> None:
        """Report a known nature when the text has changed and now suggests another nature."""
        former, in_words = self.former.get(preuve.numero), inferred_nature(preuve.texte)
        if not (before.nature and former and in_words) or former.texte == preuve.texte or in_words == before.nature:
            return
        self.guessed.add(preuve.numero)
        kept = Nature(before.nature)
        self._say(
            preuve,
            f"Le texte de la preuve {preuve.numero} a changé, et suggère «\u00a0{in_words.label}\u00a0». "
            f"La nature connue, «\u00a0{kept.label}\u00a0», est conservée.",
        )

    def _doubt_the_exceptions(self, preuve: DraftPreuve, before: Annotation) -> None:
        """Report known exceptions of profil when the workbook names others."""
        in_the_workbook = preuve.scenario.exigence.profils.sauf
        if before.sauf_profils is None or not in_the_workbook or in_the_workbook == before.sauf_profils:
            return
        kept = ", ".join(before.sauf_profils) or "aucune"
        self._say(
            preuve,
            f"Le classeur excepte {', '.join(in_the_workbook)} de la preuve {preuve.numero}\u00a0: "
            f"l’exception connue ({kept}) est conservée.",
        )

    def _inferred(self, preuve: DraftPreuve) -> str:
        if nature := inferred_nature(preuve.texte):
            return nature.value
        self.guessed.add(preuve.numero)
        self._say(
            preuve,
            f"La nature de la preuve {preuve.numero} ne peut pas être déduite de son texte\u00a0: elle est lue comme "
            "«\u00a0Document\u00a0».",
        )
        return Nature.DOCUMENT.value

    def _say(self, preuve: DraftPreuve, sentence: str) -> None:
        self.values.problems.append(Problem(cell_of(preuve), sentence, False, preuve.row.file, preuve.row.sheet))


def _never_asked(dispositif: DispositifSpec, spec: RemSpec) -> list[Problem]:
    """Report the chapitres that an échéance asks for and that the REM does not have: nobody would ever owe them."""
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
