"""The acts on the preuves, and the answers of the other desks."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from guichets.operations.demandes import record_demande
from guichets.operations.releves import note_releve
from guichets.queries.architecture import architecture_of, spec_of_candidature
from guichets.rules.architecture import requis
from guichets.rules.declarations import declaration_of
from preuves.effects import draw_pages, scan_piece
from preuves.enums import Avis, ChapitreState, Nature
from preuves.models import Chapitre
from preuves.operations import depots as depots_operations
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.operations.quatre_yeux import confirm_conclusion
from preuves.queries.chapitres import soumissions_standing
from preuves.queries.dossier import Dossier, dossier_of
from segur_portal.demo.proving import contenu_of
from tests.factories.guichets import AnAnswer

from .candidate import Candidate

TO_CORRECT = "La copie d’écran ne montre pas la version technique candidate."


class Prover(Candidate):
    """The acts of the éditeur and of the agency once the dossier administratif is admitted."""

    # The preuves; a chapitre is named by its rank among those where something is due

    def deposit(self, *ranks: int, without: int = 0, at: datetime) -> None:
        """Deposit the preuves that are missing, with one file for all those of a nature.

        :param without: how many, the last ones, to leave out
        """
        dossier, kept = self._dossier(), dict[Nature, int]()
        for rank in ranks:
            missing = self._facts(rank).missing
            for numero in missing[: len(missing) - without]:
                self._deposit(dossier, numero, 0, kept, at)
        for piece in kept.values():
            scan_piece(piece)
            draw_pages(piece)

    def correct(self, rank: int, *, at: datetime) -> None:
        """Deposit again the preuves that were returned."""
        dossier, facts, kept = self._dossier(), self._facts(rank), dict[Nature, int]()
        returned = self._chapitre(rank).preuves.filter(state="to_correct").order_by("pk")
        for numero in returned.values_list("numero", flat=True):
            self._deposit(dossier, numero, facts.preuves[numero].revision, kept, at)

    def _deposit(self, dossier: Dossier, numero: str, seen: int, kept: dict[Nature, int], at: datetime) -> None:
        attendu = dossier.attendu(numero)
        assert attendu is not None
        contenu = contenu_of(dossier, attendu, kept=kept, by=self.salarie, at=at)
        depots_operations.deposit(
            candidature_id=self.candidature.pk, numero=numero, contenu=contenu, seen=seen, by=self.salarie, at=at
        )

    def hand_over(self, *ranks: int, at: datetime) -> None:
        for rank in ranks:
            code = self._due()[rank].spec.code
            submit_chapitre(candidature_id=self.candidature.pk, code=code, by=self.mandataire, at=at)

    def claim(self, *ranks: int, at: datetime) -> None:
        for rank in ranks:
            claim_chapitre(chapitre_id=self._chapitre(rank).pk, by=self.agency.instructeur, at=at)

    def judge(self, *ranks: int, returned: int = 0, only: int | None = None, at: datetime) -> None:
        """Write drafts on the preuves submitted.

        :param returned: how many, the first ones, to return
        :param only: how many to read; all when None
        """
        for rank in ranks:
            chapitre = self._chapitre(rank)
            accepted = set(chapitre.preuves.filter(state="accepted").values_list("numero", flat=True))
            asked = soumissions_standing(chapitre)[0].revisions
            left = [(numero, sha256) for numero, sha256 in asked.items() if numero not in accepted]
            for place, (numero, sha256) in enumerate(left[:only]):
                avis, reason = (Avis.TO_CORRECT, TO_CORRECT) if place < returned else (Avis.ACCEPTED, "")
                save_draft(
                    chapitre_id=chapitre.pk, numero=numero, sha256=sha256, avis=avis, reason=reason,
                    by=self.agency.instructeur, at=at,
                )  # fmt: skip

    def conclude(self, *ranks: int, at: datetime) -> None:
        for rank in ranks:
            chapitre = self._chapitre(rank)
            by = self.agency.instructeur
            conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by, at=at)
            chapitre.refresh_from_db()
            if chapitre.state == ChapitreState.UNDER_REVIEW:  # where the dispositif asks two people
                second = self.agency.responsable
                confirm_conclusion(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=second, at=at)

    def prove(self, *, at: datetime) -> None:
        """Bring every chapitre where something is due from nothing to approved, within the day."""
        ranks = range(len(self._due()))
        self.deposit(*ranks, at=at)
        self.hand_over(*ranks, at=at + timedelta(hours=1))
        for act in (self.claim, self.judge, self.conclude):
            act(*ranks, at=at + timedelta(hours=2))

    def _dossier(self) -> Dossier:
        dossier = dossier_of(self.candidature)
        assert dossier is not None
        return dossier

    def _due(self) -> list[Any]:
        return [chapitre for chapitre in self._dossier().chapitres if chapitre.facts.due]

    def _facts(self, rank: int) -> Any:
        return self._due()[rank].facts

    def _chapitre(self, rank: int) -> Chapitre:
        return Chapitre.objects.get(dossier__candidature=self.candidature, code=self._due()[rank].spec.code)

    # The other desks

    def declare(self, *, at: datetime) -> None:
        """Declare every demande that the solution must make at a desk."""
        for rank, required in enumerate(self._required()):
            declaration = declaration_of(required, numero=f"N{self.number:04d}-{rank}", logiciel=self.nom)
            record_demande(candidature_id=self.candidature.pk, declaration=declaration, by=self.salarie, at=at)

    def _required(self) -> Any:
        return requis(architecture_of(self.candidature), spec_of_candidature(self.candidature)).demandes

    def be_told(self, etape: str = "", *, shift: int = 0, at: datetime) -> None:
        """Write the relevés of each demande, through every stage in between.

        :param etape: the stage to reach; without it, each demande is one stage further than the demande before
        :param shift: the rank of the stage of the first demande, without `etape`
        """
        for rank, demande in enumerate(self.candidature.demandes_aux_guichets.order_by("pk")):
            stages = list(demande.spec.labels)
            way = demande.spec.way(demande.spec.initial.code, etape or stages[(rank + shift) % len(stages)])
            for step, stage in enumerate(way or ()):
                on = date.fromordinal(at.date().toordinal() - 1)
                objet = {"objet": demande.teleservice, "nil": demande.nil} if demande.teleservice else {}
                answer = AnAnswer(demande.numero, stage, on, logiciel=self.nom, **objet)
                when = at + timedelta(minutes=step)
                note_releve(demande_id=demande.pk, pull_id=uuid4(), answer=answer, at=when)
