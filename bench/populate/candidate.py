"""The acts of an éditeur and of the agency on a dossier administratif, each by its operation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from candidatures.enums import Verdict, VoletKind
from candidatures.models import Candidature, Volet
from candidatures.operations import candidatures as candidatures_operations
from candidatures.operations.candidatures import open_candidature
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.derogations import foreclose_candidature
from candidatures.operations.instruction import admit_volet, ask_complement, judge_reference
from candidatures.operations.produits import create_produit, give_acces
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.queries.candidatures import charte_of
from candidatures.queries.volets import choices_of, facts_of, spec_of_volet
from candidatures.rules.submission import references_of, warnings_before_submitting
from comptes.catalogue.countries import FRANCE
from comptes.enums import Role
from comptes.models import Compte, Editeur, Invitation
from comptes.operations.editeurs import register_editeur
from comptes.operations.invitations import accept_invitation, invite
from comptes.rules.companies import Company
from referencement.models import SeanceDuCollege
from referencement.operations.retraits import withdraw_candidature
from referencement.operations.versions import present_new_version
from segur_portal.demo.answers import complete, of_company, of_components, of_person, of_solution

from .agency import Agency
from .identities import with_its_key

TEXT = "Précisez le périmètre retenu et joignez le justificatif correspondant."
EDC = {"proxy": "propre"}


def siren_of(number: int) -> str:
    """Return the SIREN of the éditeur of a story."""
    return with_its_key(f"{70_000_000 + number}")


@dataclass
class Candidate:
    """One éditeur, its solution and the agency. Each method is an act, at the instant `at`.

    :param number: the number of the story, from which its SIREN, names and numbers are made
    """

    nom: str
    number: int
    dispositif: str
    profils: list[str]
    agency: Agency
    candidature: Candidature = field(init=False)

    @property
    def siren(self) -> str:
        return siren_of(self.number)

    def go_on(self) -> None:
        """Continue from the copy of another story, whose éditeur has this story's SIREN."""
        self._know_the_editeur()
        self.produit = self.editeur.produits.get()
        self._about(Candidature.objects.filter(produit=self.produit).latest("opened_at", "pk"))
        self.seance = SeanceDuCollege.objects.filter(examens__candidature=self.candidature).order_by("pk").last()

    def _know_the_editeur(self) -> None:
        self.editeur = Editeur.objects.get(identifier=self.siren)
        seats = self.editeur.rattachements.select_related("compte").order_by("pk")
        people = [seat.compte for seat in seats]
        self.mandataire, self.salarie = people[:2]

    # The éditeur, its people and its solution

    def arrive(self, *, at: datetime) -> None:
        """Register the éditeur, join it, invite three others, create the product and give the salariés access to it."""
        register_editeur(
            raison_sociale=f"{self.nom} Éditions",
            company=Company(FRANCE, self.siren),
            adresse="14 quai des Embruns",
            code_postal="35000",
            commune="Rennes",
            mandataire=self._email("lucie"),
            by=self.agency.administrateur,
            at=at,
        )
        self.editeur = Editeur.objects.get(identifier=self.siren)
        self.mandataire = self._join("Lucie", "Marchand", at)
        others = (
            ("Hugo", "Petit", Role.SALARIE),
            ("Anna", "Garnier", Role.SALARIE),
            ("Paul", "Keller", Role.REPRESENTANT),
        )
        for first, _last, role in others:
            invite(
                editeur_id=self.editeur.pk, email=self._email(first.lower()), role=role, may_engage=False,
                by=self.mandataire, at=at,
            )  # fmt: skip
        people = [self._join(first, last, at) for first, last, _ in others]
        self._know_the_editeur()
        self.produit = create_produit(editeur_id=self.editeur.pk, nom=self.nom, by=self.mandataire, at=at)
        for compte in people[:2]:
            seat = compte.rattachements.get()
            give_acces(produit_id=self.produit.pk, rattachement_id=seat.pk, by=self.mandataire, at=at)

    def _email(self, person: str) -> str:
        return f"{person}@histoire-{self.number}.example"

    def _join(self, first: str, last: str, at: datetime) -> Compte:
        invitation = Invitation.objects.get(email=self._email(first.lower()))
        accept_invitation(token=invitation.token, names=(first, last), password=None, at=at)
        return Compte.objects.get(email=invitation.email)

    def attach(self, *, at: datetime) -> None:
        opened = open_candidature(
            produit_id=self.produit.pk, dispositif_code=self.dispositif, by=self.mandataire, at=at
        )
        self._about(opened)

    def widen(self, count: int, *, at: datetime) -> None:
        """Present that many other solutions, and accept their charte."""
        for rank in range(2, count + 2):
            self.produit = create_produit(
                editeur_id=self.editeur.pk, nom=f"{self.nom} {rank}", by=self.mandataire, at=at
            )
            self.attach(at=at)
            self.accept_charte(at=at)

    def present_next_version(self, *, at: datetime) -> None:
        """Present the next version, and continue with its candidature."""
        self._about(present_new_version(candidature_id=self.candidature.pk, by=self.mandataire, at=at))

    def _about(self, candidature: Candidature) -> None:
        self.candidature = Candidature.objects.with_names().get(pk=candidature.pk)

    def accept_charte(self, *, at: datetime) -> None:
        charte = charte_of(self.candidature.dispositif)
        key = self.candidature.pk
        candidatures_operations.accept_charte(candidature_id=key, charte_id=charte.pk, by=self.mandataire, at=at)

    # The dossier administratif

    def fill(self, kind: VoletKind, *, only: int | None = None, at: datetime) -> None:
        """Answer a volet, or only its `only` first questions."""
        volet = self._volet(kind)
        answers = dict(list(self._answers(volet).items())[:only])
        save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=self.salarie, at=at)

    def _answers(self, volet: Volet) -> dict[str, Any]:
        former, editeur = self.candidature.succeeds, self.editeur
        place = (editeur.adresse, editeur.code_postal, editeur.commune)
        answers = (
            of_person("responsable", ("Lucie", "Marchand"), self.mandataire.email, "Présidente", "0102030405")
            | of_person("contact", ("Hugo", "Petit"), self.salarie.email, "Chef de produit", "0102030406")
            | of_company(editeur.raison_sociale, editeur.identifier, *place)
            | of_solution(self.nom, "4.2.1" if former is None else "5.0.0")
            | ({"references_vague_2": {"lignes": [{"nru": former.nru}]}} if former else {})
        )
        nie, nil = f"NIE-{self.number:04d}", f"NIL-{self.number:04d}"
        exempt = {} if self.profils == ["AHI"] else EDC
        answers |= of_components(self.profils, nie=nie, nil=nil, raison_d_essai="Un essai.", **exempt)
        spec = spec_of_volet(volet)
        known = {code: value for code, value in answers.items() if code in spec.by_code}
        return complete(known, spec, choices_of(volet))

    def submit(self, kind: VoletKind, *, at: datetime) -> None:
        volet = self._volet(kind)
        read = frozenset(warning.champ for warning in warnings_before_submitting(facts_of(volet)))
        submit_volet(volet_id=volet.pk, read=read, by=self.mandataire, at=at)

    def ask(self, kind: VoletKind, *, at: datetime) -> None:
        volet = self._volet(kind)
        champs = ["distributeurs"] if kind is VoletKind.ELIGIBILITE else ["version_technique"]
        ask_complement(
            volet_id=volet.pk, champs=champs, text=TEXT, seen_version=volet.version, by=self.agency.instructeur, at=at
        )

    def cancel_the_demande(self, kind: VoletKind, *, at: datetime) -> None:
        demande = self._volet(kind).demandes.get(state="asked")
        by = self.agency.instructeur
        cancel_demande(demande_id=demande.pk, reason="Demande faite par erreur.", by=by, at=at)

    def admit(self, kind: VoletKind, *, at: datetime) -> None:
        """Confirm every earlier reference, and admit the volet."""
        volet, by = self._volet(kind), self.agency.instructeur
        for reference in references_of(facts_of(volet).answers):
            judge_reference(
                volet_id=volet.pk, identifiant=reference.identifiant, verdict=Verdict.CONFIRMED, reason="", by=by, at=at
            )
        volet.refresh_from_db()
        admit_volet(volet_id=volet.pk, seen_version=volet.version, by=by, at=at)

    def _volet(self, kind: VoletKind) -> Volet:
        volets = Volet.objects.select_related("candidature__produit__editeur", "candidature__dispositif")
        return volets.get(candidature=self.candidature, kind=kind)

    def withdraw(self, *, at: datetime) -> None:
        withdraw_candidature(candidature_id=self.candidature.pk, by=self.mandataire, at=at)

    def foreclose(self, *, at: datetime) -> None:
        foreclose_candidature(
            candidature_id=self.candidature.pk, echeance="date-1", reason="Le dossier n’a pas été déposé.",
            by=self.agency.responsable, at=at,
        )  # fmt: skip
