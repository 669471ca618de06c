"""The acts of the cast, one function each: find people and things by name, then call the operation of the page."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from candidatures.catalogue.aide import every_fiche
from candidatures.catalogue.dispositifs import every_spec
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import DerogationState, Verdict, VoletKind
from candidatures.models import Candidature, Produit, Volet
from candidatures.operations import candidatures as candidatures_operations
from candidatures.operations import derogations as derogations_operations
from candidatures.operations import produits as produits_operations
from candidatures.operations import requetes as requetes_operations
from candidatures.operations.aide import load_aide
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.instruction import admit_volet, ask_complement, judge_reference
from candidatures.operations.pieces import keep_pieces
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.queries.candidatures import charte_of
from candidatures.queries.volets import answers_at, choices_of, facts_of, spec_of_volet
from candidatures.rules.answers import answer
from candidatures.rules.submission import references_of, warnings_before_submitting
from comptes.dates import PARIS
from comptes.enums import Role
from comptes.models import Compte, Editeur, Invitation, Rattachement
from comptes.operations import comptes_ans as comptes_ans_operations
from comptes.operations import invitations as invitations_operations
from comptes.operations.editeurs import register_editeur
from comptes.operations.invitations import accept_invitation
from comptes.rules.companies import Company
from guichets.catalogue.guichets import every_guichet
from guichets.operations.demandes import record_demande
from guichets.operations.guichets import load_guichet
from guichets.queries.architecture import architecture_of, spec_of_candidature
from guichets.rules.architecture import requis
from guichets.rules.declarations import declaration_of
from preuves.catalogue.equivalences import read_equivalences
from preuves.catalogue.files import rem_files_of
from preuves.catalogue.reading import read_rem
from preuves.operations.equivalences import publish_equivalences
from preuves.operations.rem import publish_rem
from preuves.queries.imports_equivalences import side_of

from .answers import complete
from .cast import CastCompany, Persona

EQUIVALENCES = Path(__file__).parent / "equivalences"
DUI = "ms-dui-va2"


def publish_the_catalogue(*, at: datetime) -> None:
    """Load every desk, dispositif and fiche of help, publish the REM and the équivalences, by the usual operations."""
    for guichet in every_guichet():
        load_guichet(spec=guichet)
    for spec in every_spec():
        load_dispositif(spec=spec, at=at)
        _publish_rem(spec, at=at)
    _publish_equivalences(at=at)
    load_aide(specs=every_fiche(), at=at)


def _publish_equivalences(*, at: datetime) -> None:
    """Publish the tables of équivalences, each named `<source>_<cible>.xlsx`, between dispositifs that are open."""
    codes = {spec.code for spec in every_spec()}
    for path in sorted(EQUIVALENCES.glob("*.xlsx")):
        source, _, cible = path.stem.partition("_")
        if not {source, cible} <= codes:
            continue
        with path.open("rb") as file:
            reading = read_equivalences(file, path.name, source=side_of(source), cible=side_of(cible))
        assert not reading.blocked, reading.problems
        day = at.astimezone(PARIS).date()
        publish_equivalences(source=source, cible=cible, spec=reading.spec, date=day, by=None, at=at)


def _publish_rem(spec: DispositifSpec, *, at: datetime) -> None:
    """Publish the REM of a dispositif, if its workbook exists."""
    files = rem_files_of(spec.code)
    if files is None:
        return
    with files.workbook.open("rb") as file:
        reading = read_rem([(files.workbook.name, file)], spec, annotations=files.annotations)
    assert not reading.blocked, reading.problems
    publish_rem(
        dispositif_code=spec.code,
        spec=reading.spec,
        annotations=reading.annotations,
        date=at.astimezone(PARIS).date(),
        by=None,
        at=at,
    )


def open_compte_ans(persona: Persona, *, by: Persona | None = None, at: datetime) -> None:
    assert persona.role_ans
    comptes_ans_operations.open_compte_ans(
        email=persona.email,
        first_name=persona.first_name,
        last_name=persona.last_name,
        roles=[persona.role_ans],
        by=compte_of(by) if by else None,
        at=at,
    )


def register(company: CastCompany, *, mandataire: Persona, by: Persona, at: datetime) -> None:
    register_editeur(
        raison_sociale=company.raison_sociale,
        company=Company(company.country, company.identifier),
        adresse=company.adresse,
        code_postal=company.code_postal,
        commune=company.commune,
        mandataire=mandataire.email,
        by=compte_of(by),
        at=at,
    )


def invite(persona: Persona, *, by: Persona, at: datetime) -> None:
    assert persona.company
    role, may_engage = persona.seat
    editeur_id = _editeur(persona.company).pk
    invitations_operations.invite(
        editeur_id=editeur_id, email=persona.email, role=role, may_engage=may_engage, by=compte_of(by), at=at
    )


def invite_somebody(email: str, *, by: Persona, at: datetime) -> None:
    """Invite a salarié who is not of the cast, and who has not answered yet."""
    assert by.company
    editeur_id = _editeur(by.company).pk
    invitations_operations.invite(
        editeur_id=editeur_id, email=email, role=Role.SALARIE, may_engage=False, by=compte_of(by), at=at
    )


def join(persona: Persona, *, at: datetime) -> None:
    """Accept the invitation. The account has no password: the cast signs in through the page of personas."""
    invitation = Invitation.objects.get(email=persona.email, accepted_at=None, cancelled_at=None)
    names = (persona.first_name, persona.last_name)
    accept_invitation(token=invitation.token, names=names, password=None, at=at)


def create_produit(nom: str, *, by: Persona, at: datetime) -> None:
    assert by.company
    produits_operations.create_produit(editeur_id=_editeur(by.company).pk, nom=nom, by=compte_of(by), at=at)


def give_acces(nom: str, *, to: Persona, by: Persona, at: datetime) -> None:
    seat = Rattachement.objects.current().get(compte__email=to.email)
    produits_operations.give_acces(produit_id=_produit(nom).pk, rattachement_id=seat.pk, by=compte_of(by), at=at)


def open_candidature(nom: str, *, by: Persona, at: datetime) -> None:
    candidatures_operations.open_candidature(produit_id=_produit(nom).pk, dispositif_code=DUI, by=compte_of(by), at=at)


def accept_charte(nom: str, *, by: Persona, at: datetime) -> None:
    candidature = candidature_of(nom)
    charte = charte_of(candidature.dispositif)
    candidatures_operations.accept_charte(candidature_id=candidature.pk, charte_id=charte.pk, by=compte_of(by), at=at)


def fill(
    nom: str, typed: Mapping[str, Any], *, of: VoletKind = VoletKind.ADMINISTRATIF, by: Persona, at: datetime
) -> None:
    """Answer some champs of a volet, as typed in its form; files among the answers are stored first."""
    volet = _volet(nom, of)
    spec, choices = spec_of_volet(volet), choices_of(volet)
    answers = {code: answer(spec.by_code[code], text, choices=choices) for code, text in typed.items()}
    kept = keep_pieces(candidature=volet.candidature, answers=answers, by=compte_of(by), at=at)
    save_answers(volet_id=volet.pk, answers=kept, seen_version=volet.version, by=compte_of(by), at=at)


def submit(nom: str, *, of: VoletKind = VoletKind.ADMINISTRATIF, by: Persona, at: datetime) -> None:
    """Submit a volet, with an answer to what its file asks since the story was written, having read each warning."""
    volet = _volet(nom, of)
    given = facts_of(volet).answers
    answers = complete(given, spec_of_volet(volet), choices_of(volet))
    if answers.keys() - given.keys():
        save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=compte_of(by), at=at)
    read = frozenset(warning.champ for warning in warnings_before_submitting(facts_of(volet)))
    submit_volet(volet_id=volet.pk, read=read, by=compte_of(by), at=at)


def confirm_references(nom: str, *, by: Persona, at: datetime) -> None:
    """Confirm every earlier reference that the éditeur declared."""
    volet = _volet(nom)
    for reference in references_of(facts_of(volet).answers):
        judge_reference(
            volet_id=volet.pk,
            identifiant=reference.identifiant,
            verdict=Verdict.CONFIRMED,
            reason="",
            by=compte_of(by),
            at=at,
        )


def ask(nom: str, champs: list[str], text: str, *, of: VoletKind, by: Persona, at: datetime) -> None:
    """Ask the éditeur to complete these champs."""
    volet = _volet(nom, of)
    ask_complement(volet_id=volet.pk, champs=champs, text=text, seen_version=volet.version, by=compte_of(by), at=at)


def admit(nom: str, *, of: VoletKind = VoletKind.ADMINISTRATIF, by: Persona, at: datetime) -> None:
    volet = _volet(nom, of)
    admit_volet(volet_id=volet.pk, seen_version=volet.version, by=compte_of(by), at=at)


def compte_of(persona: Persona) -> Compte:
    return Compte.objects.get(email=persona.email)


def _editeur(company: CastCompany) -> Editeur:
    return Editeur.objects.get(country=company.country, identifier=company.identifier)


def _produit(nom: str) -> Produit:
    return Produit.objects.get(nom=nom)


def candidature_of(nom: str) -> Candidature:
    return Candidature.objects.with_names().get(produit__nom=nom, dispositif=DUI)


def nil_of(candidature: Candidature) -> str:
    """Return the NIL of the principal component, as the éditeur answered it."""
    volet = Volet.objects.get(candidature=candidature, kind=VoletKind.ELIGIBILITE)
    return str(answers_at(volet, version=volet.version)["nil"])


def ask_derogation(
    nom: str, echeance: str, *, motive: str, wished: datetime | None = None, by: Persona, at: datetime
) -> None:
    """Ask the ANS for a dérogation at an échéance."""
    requetes_operations.ask_derogation(
        candidature_id=candidature_of(nom).pk,
        echeance=echeance,
        motive=motive,
        wished=wished,
        by=compte_of(by),
        at=at,
    )


def instruct_derogation(nom: str, *, to: datetime, by: Persona, at: datetime) -> None:
    """Propose a new limit in answer to the éditeur's demande de dérogation."""
    asked = candidature_of(nom).derogations.get(state=DerogationState.ASKED)
    requetes_operations.instruct_derogation(derogation_id=asked.pk, to=to, by=compte_of(by), at=at)


def grant_derogation(nom: str, *, by: Persona, at: datetime) -> None:
    """Grant the dérogation that another person proposed."""
    proposed = candidature_of(nom).derogations.get(state=DerogationState.REQUESTED)
    derogations_operations.grant_derogation(derogation_id=proposed.pk, by=compte_of(by), at=at)


def _volet(nom: str, kind: VoletKind = VoletKind.ADMINISTRATIF) -> Volet:
    volets = Volet.objects.select_related("candidature__produit__editeur", "candidature__dispositif")
    return volets.get(candidature__produit__nom=nom, candidature__dispositif=DUI, kind=kind)


def declare(nom: str, numeros: Mapping[str, str], *, by: Persona, at: datetime) -> None:
    """Declare the demandes that a solution has made at the other desks.

    :param numeros: number of each demande, by key of the demande required (`cnda:/INSI`)
    """
    candidature = candidature_of(nom)
    required = requis(architecture_of(candidature), spec_of_candidature(candidature))
    for requise in required.demandes:
        if requise.key in numeros:
            record_demande(
                candidature_id=candidature.pk,
                declaration=declaration_of(requise, numero=numeros[requise.key], logiciel=nom),
                by=compte_of(by),
                at=at,
            )
