"""Dossiers de preuves: what each candidature is asked, and how far each of its chapitres has gone."""

from dataclasses import dataclass

from candidatures.enums import VoletKind
from candidatures.rules.submission import references_of
from preuves.catalogue.natures import NATURES
from preuves.catalogue.rem import empreinte
from preuves.enums import Act, Nature
from preuves.models import DossierDePreuves
from preuves.queries import Rem
from preuves.rules.exigibilite import Presentation, Reference, exigibilites

from .chapitres import ChapitreStory, Expected
from .dossiers import Candidate
from .pieces import add_pieces
from .world import World

NOT_BEGUN = 0.1
Shape = tuple[frozenset[str], frozenset[str], tuple[Reference, ...]]


@dataclass
class Due:
    """What is due of a candidature, by chapitre; worked out once for all those that present the same thing."""

    rem: Rem

    def __post_init__(self) -> None:
        self._known: dict[Shape, dict[str, list[Expected]]] = {}
        self._expected = {
            preuve.numero: Expected(
                preuve.numero,
                NATURES[Nature(preuve.nature)].forme,
                NATURES[Nature(preuve.nature)].types,
                empreinte(exigence, scenario, preuve),
            )
            for _, exigence, scenario, preuve in self.rem.spec.preuves()
        }

    def of(self, made: Candidate) -> dict[str, list[Expected]]:
        """Ask the rule itself. The name of a reference changes a sentence, and nothing of what is due."""
        eligibilite = made.answers[VoletKind.ELIGIBILITE]
        references = references_of(made.answers[VoletKind.ADMINISTRATIF])
        shape = (
            frozenset(eligibilite["profils"]),
            frozenset(eligibilite.get("architecture", ())),
            tuple(
                Reference("W", one.dispositif, frozenset(one.profils))
                for one in references
                if one.identifiant in made.confirmed
            ),
        )
        if shape not in self._known:
            self._known[shape] = self._work_out(shape)
        return self._known[shape]

    def _work_out(self, shape: Shape) -> dict[str, list[Expected]]:
        profils, architecture, references = shape
        found = exigibilites(self.rem.attendues, Presentation(profils, architecture, references))
        due: dict[str, list[Expected]] = {one.code: [] for one in self.rem.spec.chapitres}
        for one in self.rem.attendues:
            if found[one.numero].is_due:
                due[one.chapitre].append(self._expected[one.numero])
        return due


def add_dossier(world: World, made: Candidate, due: Due) -> None:
    """Make the dossier of an admitted candidature, unless it has deposited nothing yet."""
    if made.admitted_at is None or (world.luck(NOT_BEGUN) and not world.finished):
        return
    last = world.until_date_2
    opened_at = world.instant(made.admitted_at, last, 0, 0.2)
    number = world.tables[DossierDePreuves].add(
        candidature_id=made.id, version_id=due.rem.version.pk, opened_at=opened_at, pinned_at=opened_at
    )
    made.chain.tell(
        Act.DOSSIER_OPENED,
        on=f"dossier:{made.nru}",
        by=made.team.people[2],
        at=opened_at,
        date=f"{due.rem.version.date:%d/%m/%Y}",
    )
    pieces = add_pieces(world, made, opened_at)
    advance = world.dice.uniform(0, 1.4)
    expected = due.of(made)
    for rank, (code, preuves) in enumerate(expected.items()):
        start = world.instant(opened_at, last, 0, 0.6)
        story = ChapitreStory(world, made, number, code, preuves, pieces, (start, last))
        if preuves:
            progress = advance - rank / len(expected) + world.dice.uniform(-0.15, 0.15)
            story.live(1 if world.finished else progress)
        story.write()
