"""From workbooks and annotations to a REM, with everything that is wrong in them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from candidatures.catalogue.dispositifs import DispositifSpec
from preuves.enums import Nature

from .annotations import NOTHING, Annotations, read_annotations
from .drafts import DraftChapitre, DraftExigence, DraftPreuve, DraftScenario, Gathering, cell_of
from .headers import Column, folded, header_key
from .inference import inferred_nature
from .problems import Problem
from .profils import Profiler
from .rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from .values import Values
from .workbook import read_sheet

LONGEST_CODE = 20


@dataclass(frozen=True)
class Reading:
    """What was read. `guessed`: the N° of the preuves whose words do not say their nature, called DOCUMENT."""

    spec: RemSpec
    problems: tuple[Problem, ...]
    guessed: frozenset[str] = frozenset()

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
) -> Reading:
    """Read the workbooks, parts of one REM, with their annotations.

    :param files: pairs (name, content), in the order of their rows
    :param natures: corrections made by hand, by N° preuve; they hold over the annotations
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
    finishing = Finishing(values, said, natures or {})
    spec = finishing.rem(gathering)
    return Reading(spec, (*values.problems, *said.problems), frozenset(finishing.guessed))


class Finishing:
    """Drafts made into the frozen REM: codes of chapitres, order, natures, what the annotations say."""

    def __init__(self, values: Values, annotations: Annotations, natures: Mapping[str, str]) -> None:
        self.values = values
        self.annotations = annotations
        self.natures = natures
        self.guessed: set[str] = set()

    def rem(self, gathered: Gathering) -> RemSpec:
        chapitres = sorted(gathered.chapitres.values(), key=lambda one: one.ordre)
        codes = self._codes(chapitres)
        if gathered.preuves:
            self._say_unknown(gathered)
        return RemSpec(tuple(self._chapitre(one, codes[one.label]) for one in chapitres))

    def _codes(self, chapitres: Sequence[DraftChapitre]) -> dict[str, str]:
        """Give each chapitre the code of the annotations, else one made of its label, unlike any other."""
        given = {one.label: self.annotations.chapitres.get(folded(one.label), "") for one in chapitres}
        taken: set[str] = set()
        for one in chapitres:
            code = given[one.label]
            if code and code in taken:
                sentence = f"Deux chapitres auraient le code {code}\u00a0: voyez [chapitres] dans les annotations."
                self.values.problems.append(
                    Problem(one.row.cell(Column.CHAPITRE), sentence, True, one.row.file, one.row.sheet)
                )
            taken.add(code)
        for one in chapitres:
            if not given[one.label]:
                given[one.label] = _slug(one.label, taken)
                taken.add(given[one.label])
        return given

    def _say_unknown(self, gathered: Gathering) -> None:
        """Name what the annotations speak of and the workbook has not."""
        labels = gathered.chapitres.keys()
        unknown = [(one, "Ce N° preuve") for one in self.annotations.preuves if one not in gathered.preuves]
        unknown += [(one, "Ce chapitre") for one in self.annotations.chapitres if one not in labels]
        for name, what in unknown:
            sentence = f"{what} n’est pas dans le classeur\u00a0: {name}."
            self.values.problems.append(Problem(name, sentence, False, self.annotations.file))

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
        said = self.annotations.preuves.get(one.numero, NOTHING)
        sauf = one.scenario.exigence.profils.sauf if said.sauf_profils is None else said.sauf_profils
        return PreuveSpec(
            numero=one.numero,
            texte=one.texte,
            nature=self.natures.get(one.numero) or said.nature or self._inferred(one),
            guichet=said.guichet or "ANS",
            constat=said.constat or "",
            sauf_profils=sauf,
        )

    def _inferred(self, one: DraftPreuve) -> str:
        if found := inferred_nature(one.texte):
            return found.value
        self.guessed.add(one.numero)
        sentence = f"La nature de la preuve {one.numero} ne se déduit pas de son texte\u00a0: «\u00a0Document\u00a0»."
        self.values.problems.append(Problem(cell_of(one), sentence, False, one.row.file, one.row.sheet))
        return Nature.DOCUMENT.value


def _slug(label: str, taken: set[str]) -> str:
    """Make a code of a label: capitals and hyphens, whole words as far as they go."""
    words = [one for one in header_key(label.replace("œ", "oe")).upper().split() if one != "ET"] or ["CHAPITRE"]
    code = words[0][:LONGEST_CODE]
    for word in words[1:]:
        if len(code) + 1 + len(word) > LONGEST_CODE:
            break
        code = f"{code}-{word}"
    number, found = 2, code
    while found in taken:
        found = f"{code[: LONGEST_CODE - len(str(number)) - 1]}-{number}"
        number += 1
    return found
