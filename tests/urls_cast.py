"""The people who ask for every address, the object behind each address, and what is typed in its form.

A new address with a parameter needs its object in `a_company`: by the parameter's name in `keys`, or by address in
`special` when it needs another one than its neighbours. A form tells more when something valid is `typed` in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from candidatures.enums import FicheKind, VoletKind
from candidatures.models import (
    AccesProduit,
    Candidature,
    DeplacementDEcheance,
    Derogation,
    Lot,
    ModeleDeDemande,
    Piece,
    Transfert,
)
from candidatures.operations import produits as produits_operations
from candidatures.operations.aide import open_fiche, publish_version, write_version
from candidatures.operations.calendrier import open_calendar
from candidatures.operations.derogations import request_derogation
from candidatures.operations.echeances import propose_move
from candidatures.operations.modeles import create_modele
from candidatures.operations.transferts import propose_transfert
from candidatures.queries.accuses import accuse_numero
from candidatures.queries.candidatures import charte_of
from comptes import clock
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Echec, Editeur, Notice, Rattachement
from comptes.operations.invitations import invite
from comptes.operations.travaux import note_failure
from guichets.models import Anomalie, Capture
from preuves.effects import draw_pages
from preuves.enums import Nature
from preuves.models import Envoi, VersionDuREM
from preuves.operations.envois import declare_envoi
from preuves.operations.exports import ask_export
from referencement.enums import Decision, ReexamenGround
from referencement.models import Examen, Reexamen
from referencement.operations.reexamens import request_reexamen
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import envois, fichiers
from tests.factories import equivalences as equal
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.aide import a_page
from tests.factories.comptes import InscriptionFactory
from tests.factories.referencement import a_decided_examen, a_listed_examen, a_photo, an_attributed_solution, an_examen
from tests.factories.tours import project_everything
from tests.factories.workbooks import a_sent_rem, rows_of
from tests.ground import GROUND

AGENCY = {
    "inst": RoleANS.INSTRUCTEUR,
    "resp": RoleANS.RESPONSABLE_INSTRUCTION,
    "coll": RoleANS.MEMBRE_COLLEGE,
    "secr": RoleANS.SECRETAIRE_COLLEGE,
    "admi": RoleANS.ADMINISTRATEUR,
}
OF_AN_EXAMEN = (
    "examen",
    "examen_claim",
    "examen_release",
    "avis",
    "conclure",
    "contester",
    "rouvrir",
    "lecture_ask",
    "conclusion_answer",
)
AT_THE_DESKS = ("page", "declare", "demande", "end", "capture", "declare_known")
OF_A_LIST = ("tableau", "tableau_save")
OF_A_DOSSIER = (
    "preuves:dossier",
    "preuves:chapitre",
    "preuves:chapitre_submit",
    "preuves:give",
    "preuves:exports",
    "preuves:ensemble",
    "preuves:ensemble_preview",
    "preuves:ensemble_deposit",
    "preuves:classeur",
    "preuves:classeur_download",
    "preuves:classeur_deposit",
    "preuves:preuve",
    "preuves:simulation",
    "preuves:version",
)
OF_A_SEANCE = (
    "seance",
    "seance_agenda",
    "seance_cancel",
    "seance_close",
    "seance_move",
    "seance_presences",
    "seance_secretaire",
    "examen",
    "examen_avis",
    "examen_decide",
    "examen_rank",
    "examen_rapporteur",
    "examen_unlist",
)
# Why a candidature is refused, in a séance that is still open.
NOT_YET_SAID = "Un motif qui attend la clôture."
ADDRESS = {"adresse": "1 quai du Port", "code_postal": "29200", "commune": "Brest", "pays": "France"}


@dataclass(frozen=True)
class Company:
    """An éditeur, one person per role, and for each address its object and what is typed there."""

    people: dict[str, Compte]
    keys: dict[str, Any]
    special: dict[str, dict[str, Any]]
    typed: dict[str, dict[str, Any]]

    def url(self, name: str, parameters: tuple[str, ...]) -> str:
        known = self.keys | self.special.get(name, {})
        missing = [parameter for parameter in parameters if parameter not in known]
        assert not missing, f"Say in tests/urls_cast.py which object stands for {missing} of {name}."
        return reverse(name, kwargs={parameter: known[parameter] for parameter in parameters})


@dataclass(frozen=True)
class Cast:
    ours: Company
    theirs: Company
    browsers: dict[str, Client]


def an_export(candidature: Candidature, by: Compte) -> int:
    return ask_export(candidature_id=candidature.pk, by=by, at=clock.now()).pk


def a_cast() -> Cast:
    """Return two similar éditeurs, the ANS, and one signed-in browser per role."""
    prove.a_rem()
    equal.an_essai_rem()
    ours, theirs = a_company(), a_company()
    people = {"anon": None, **ours.people, "stra": theirs.people["mand"]}
    people |= {key: make.a_person(roles_ans=[role]) for key, role in AGENCY.items()}
    project_everything(at=clock.now())
    return Cast(ours, theirs, {key: browser(person) for key, person in people.items()})


def _made_in_summer() -> Cast:
    with clock.travel(make.SUMMER):
        return a_cast()


def cast_of_a_module() -> Any:
    """Return a fixture: the people and their objects, made once for the tests of a module; it is summer.

    No other module has them: what a browser did stays in its session, whatever the database forgets.
    """

    def cast(db: None) -> Iterator[Cast]:
        with clock.travel(make.SUMMER):
            yield GROUND.made

    cast.build = partial(_made_in_summer)  # type: ignore[attr-defined]  # read by `wanted_by`
    return pytest.fixture(cast)


def browser(person: Compte | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend=BY_PASSWORD)
    return client


def a_company() -> Company:
    editeur = make.an_editeur()
    people = {
        "mand": make.a_person(editeur, Role.MANDATAIRE),
        "repr": make.a_person(editeur, Role.REPRESENTANT),
        "dele": make.a_person(editeur, Role.REPRESENTANT, may_engage=True),
        "sala": make.a_person(editeur, Role.SALARIE),
        "newc": make.a_person(editeur, Role.SALARIE),
    }
    colleague = make.a_person(editeur, Role.SALARIE)
    invitation = an_invitation(editeur, people["mand"])
    filled = a_candidature(people, "Rempli")
    make.a_filled_volet(filled, people["mand"])
    submitted = a_candidature(people, "Soumis")
    volet = make.a_submitted_volet(submitted, people["mand"])
    make.confirm_reference(volet, make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    piece = make.a_piece(submitted, people["mand"])
    noms = make.a_nom_commercial(piece)
    eligible = make.a_submitted_volet(submitted, people["mand"], kind=VoletKind.ELIGIBILITE, noms_commerciaux=noms)
    make.a_demande(eligible, make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]), "nil")
    reviewed = a_candidature(people, "Relu")
    make.a_submitted_volet(reviewed, people["mand"])
    without_charte = a_candidature(people, "Sans charte", charte=False)
    fichier = a_fichier(a_candidature(people, "Fichiers"), people["mand"])
    proved = a_dossier(a_candidature(people, "Preuves"), people["mand"])
    referenced = a_candidature(people, "Référencée")
    an_attributed_solution(make.a_dossier_handed_over(referenced, people["mand"]), people["mand"])
    refused = a_candidature(people, "Refusée")
    reexamen = a_reexamen(an_examen(refused, people["mand"], Decision.NOT_ATTRIBUTED, reasons=["Un motif."]))
    anomalie = an_anomalie(proved, people["mand"])
    taken = a_photo(filled)
    derogation = a_derogation(filled)
    move = a_move(filled)
    listed = a_listed_examen(proved)
    decided = a_decided_examen(submitted, people["mand"], Decision.NOT_ATTRIBUTED, reasons=[NOT_YET_SAID])
    free = make.a_produit(editeur, people["mand"], "Libre")
    give_acces(free, people)
    return Company(
        people=people,
        keys={
            "absence_id": 1,
            "lecture_id": 1,
            "lot_id": Lot.objects.create(geste="attribuer", asked_at=make.SUMMER, asked_by=people["mand"]).pk,
            "vue_id": 1,
            "acces_id": AccesProduit.objects.get(produit=filled.produit).pk,
            "anomalie_id": anomalie.pk,
            "capture_id": a_capture(anomalie, people["mand"]).pk,
            "code": "date-1",
            "compte_id": make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]).pk,
            "demande_id": anomalie.demande_id,
            "derogation_id": derogation.pk,
            "dispositif": filled.dispositif_id,
            "echec_id": a_failed_work(editeur).pk,
            "editeur_id": editeur.pk,
            "inscription_id": InscriptionFactory(compte=make.a_person()).pk,
            "invitation_id": invitation.pk,
            "import_id": a_sent_rem(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]), rows_of(1)).pk,
            "key": "0123456789abcdef",
            "modele_id": a_modele(f"Version illisible {editeur.pk}").pk,
            "kind": VoletKind.ADMINISTRATIF,
            "notice_id": Notice.objects.filter(compte=people["mand"]).order_by("pk")[0].pk,
            "move_id": move.pk,
            "nru": filled.nru,
            "photo_id": taken.pk,
            "piece_id": piece.pk,
            "produit_id": filled.produit_id,
            "reexamen_id": reexamen.pk,
            "rattachement_id": seat_of(colleague).pk,
            "token": invitation.token,
            "transfert_id": a_transfert(filled).pk,
            "version_id": VersionDuREM.objects.order_by("pk")[0].pk,
            "uidb64": urlsafe_base64_encode(force_bytes(colleague.pk)),
        },
        special={
            **of_the_help(f"aide-{editeur.pk}"),
            "candidatures:accuse": {"numero": accuse_numero(volet.address)},
            "candidatures:attach": {"produit_id": free.pk},
            **of_equivalences(),
            "candidatures:calendrier_feed": {"token": calendar_of(people["mand"])},
            "candidatures:charte": {"nru": without_charte.nru},
            "candidatures:demande": {"nru": reviewed.nru},
            "candidatures:demande_cancel": {"nru": submitted.nru, "kind": VoletKind.ELIGIBILITE},
            "candidatures:judge": {"nru": submitted.nru},
            "candidatures:volet_review": {"nru": submitted.nru},
            "candidatures:volet_claim": {"nru": submitted.nru},
            "candidatures:volet_release": {"nru": submitted.nru},
            **{f"preuves:{name}": {"nru": proved.nru, "code": "INS"} for name in OF_AN_EXAMEN},
            **{name: {"nru": proved.nru, "code": "MAT", "numero": "MAT.01.01.01"} for name in OF_A_DOSSIER},
            **{f"guichets:{name}": {"nru": proved.nru, "key": "cnda:/INSI"} for name in AT_THE_DESKS},
            # Not made yet: nobody downloads it.
            "preuves:export": {"nru": proved.nru, "export_id": an_export(proved, people["mand"])},
            **{f"preuves:{name}": {"kind": VoletKind.ELIGIBILITE, "code": "distributeurs"} for name in OF_A_LIST},
            "preuves:tableau_download": {"kind": VoletKind.ELIGIBILITE, "code": "distributeurs", "nature": "csv"},
            "preuves:motif_edit": {"key": "other"},
            "preuves:motif_retire": {"key": "other"},
            "preuves:chapitre_take_back": {"nru": proved.nru, "code": "INS"},
            "preuves:fichier": {"nru": fichier.candidature.nru, "piece_id": fichier.pk},
            "preuves:lecture": {"nru": fichier.candidature.nru, "piece_id": fichier.pk},
            "preuves:envoi": {"nru": fichier.candidature.nru, "envoi_id": envoi_of(fichier).pk},
            "preuves:part": {"nru": fichier.candidature.nru, "envoi_id": envoi_of(fichier).pk, "number": 1},
            "preuves:page_image": {"nru": fichier.candidature.nru, "piece_id": fichier.pk, "number": 1},
            **{f"referencement:{name}": {"seance_id": listed.seance_id, "nru": proved.nru} for name in OF_A_SEANCE},
            # Nothing is printed here: a machine without libpango answers otherwise.
            "referencement:document_preview": {"seance_id": decided.seance_id, "nru": submitted.nru, "kind": "rapport"},
            "referencement:minutes_preview": {"seance_id": decided.seance_id, "kind": "rapport"},
            "referencement:examen_preview": {"seance_id": decided.seance_id, "nru": submitted.nru},
            "comptes:neighbour": {"sens": "suivante"},
            "referencement:convention_act": {"geste": "preparer"},
            "referencement:parcours_image": {"forme": "svg"},
            "referencement:parcours_type_image": {"forme": "svg"},
            "referencement:examen_new": {"seance_id": listed.seance_id, "nru": filled.nru},
            "referencement:deplacement_new": {"code": "date-2"},
            "referencement:document": {"numero": f"ATT-{referenced.nru}"},
            "referencement:solution": {"nru": referenced.nru},
            "referencement:version_new": {"nru": referenced.nru},
            "referencement:referencement": {"nru": referenced.nru},
            "referencement:referencement_act": {"nru": referenced.nru, "geste": "proposer"},
            "referencement:renounce": {"nru": referenced.nru},
            "referencement:reexamen": {"nru": refused.nru},
            "referencement:reexamen_decide": {"nru": refused.nru},
            "comptes:agent_act": {"geste": "suspendre"},
            "candidatures:transfert_decide": {"geste": "approuver"},
            "comptes:export": {"code": "chapitres", "nature": "csv"},
            "referencement:pilotage_echeance": {"dispositif": filled.dispositif_id, "code": "date-1"},
            "comptes:texte": {"cle": "lettre.comptes.joined"},
            "comptes:texte_act": {"cle": "lettre.comptes.joined", "geste": "fichier"},
            "comptes:password_reset": {"token": default_token_generator.make_token(colleague)},
        },
        typed={
            "referencement:suivi": {"geste": "etiquette", "nom": "Recours"},
            "referencement:lot_new": {"geste": "repartir"},
            "referencement:vue_new": {"liste": "referencement:instruction", "nom": "Retards"},
            "candidatures:acces_give": {"rattachement": seat_of(people["newc"]).pk},
            "candidatures:attach": {"dispositif": filled.dispositif_id},
            "candidatures:charte": {"charte": charte_of(filled.dispositif).pk},
            "candidatures:demande": {"champs": ["version_technique"], "text": "Précisez.", "version": volet.version},
            "candidatures:demande_cancel": {"reason": "Une erreur de champ."},
            "candidatures:judge": {"identifiant": "W-123", "verdict": "confirmed"},
            "candidatures:modele_new": {"titre": "Un titre", "champs": ["solution_nom"], "text": "Précisez."},
            "candidatures:produit_new": {"editeur": editeur.pk, "nom": "Nouveau"},
            "candidatures:produit_edit": {"editeur": editeur.pk, "nom": "Autre nom"},
            "candidatures:volet": {"seen_version": 0},
            "candidatures:volet_review": {"version": volet.version},
            "preuves:motif_new": {"text": "La date manque."},
            "preuves:motif_edit": {"text": "L’heure manque."},
            "referencement:messages": {"token": "le-jeton-d-un-formulaire", "text": "Bonjour."},
            "referencement:deplacement": {"geste": "abandonner"},
            "referencement:deplacement_new": {
                "to": "2027-11-01T12:00",
                "arrete": "Arrêté du 01/07/2026",
                "motive": "Incident.",
                "geste": "proposer",
            },
            "referencement:derogations": {"echeance": "date-2", "to": "2027-11-01T12:00", "motive": "Incident."},
            "referencement:derogation_decide": {"geste": "accorder"},
            "referencement:referencement_act": {"kind": "retrait", "reasons": "Une exigence n’est plus satisfaite."},
            "referencement:renounce": {"effect": "2027-01-04"},
            "referencement:reexamen": {"ground": "corrected", "reason": "Le dossier est corrigé."},
            "referencement:reexamen_decide": {"geste": "accorder"},
            "referencement:derogation_ask": {"echeance": "date-2", "motive": "Incident."},
            "referencement:seance_new": {
                "held_at": "2047-11-23T14:00",
                "quorum": 1,
                "membres": listed.seance.membres.values_list("compte", flat=True)[0],
            },
            "referencement:seance_cancel": {"reason": "Trop peu de dossiers.", "version": listed.seance.version},
            "referencement:foreclose": {"photo": taken.pk, "motif": "Rien n’a été déposé."},
            "referencement:examen_unlist": {"motif": "Dossier retiré à la demande de l’éditeur."},
            "referencement:examen_decide": {"decision": Decision.POSTPONED, "version": 0},
            "preuves:preuve": {"seen": 1, "value": "7", "evidence_date": "2026-06-20", "version_technique": "4.2.1"},
            "guichets:anomalie": {"motif": "Le guichet est prévenu."},
            "guichets:declare": {"numero": "CNDA-1"},
            "guichets:demande": {"numero": desks.cnda("DMP").numero, "version": anomalie.demande.version},
            "guichets:capture": {"etape": "pre_examen"},
            "guichets:capture_confirm": {"version": anomalie.demande.version},
            "guichets:capture_refuse": {"motif": "Le logiciel ne se lit pas."},
            "comptes:account": {"first_name": "Autre", "last_name": "Nom"},
            "comptes:editeur_edit": {"raison_sociale": "Autre nom", **ADDRESS},
            "comptes:editeur_new": {
                "entreprise-pays": "FR",
                "entreprise-numero": make.a_siren(),
                "raison_sociale": "Bora",
                "mandataire": "b@bora.example",
                **ADDRESS,
            },
            "comptes:inscription": {"geste": "accepter"},
            "comptes:invite": {"email": "nouveau@sirocco.example", "role": Role.REPRESENTANT},
            "comptes:seat": {"role": Role.REPRESENTANT},
            "comptes:see_as": {"motif": "La personne a demandé de l’aide."},
            "comptes:texte": {"seen": 0, "corps": "{personne} est arrivée.\n{lien}"},
            "comptes:agent": {"roles": [RoleANS.SECRETAIRE_COLLEGE]},
            "comptes:agent_new": {
                "email": "nouvelle@agence.example",
                "first_name": "Inès",
                "last_name": "Garnier",
                "roles": [RoleANS.INSTRUCTEUR],
            },
        },
    )


def a_transfert(candidature: Candidature) -> Transfert:
    """A transfer that waits for another person of the ANS."""
    cible = make.an_editeur()
    make.a_person(cible, Role.MANDATAIRE)
    by = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    return propose_transfert(
        produit_id=candidature.produit_id, cible_id=cible.pk, motive="Cession.", by=by, at=make.SUMMER
    )


def a_candidature(people: dict[str, Compte], nom: str, *, charte: bool = True) -> Candidature:
    mandataire = people["mand"]
    produit = make.a_produit(seat_of(mandataire).editeur, mandataire, nom)
    give_acces(produit, people)
    return make.a_candidature(produit, mandataire, charte=charte)


def a_dossier(candidature: Candidature, by: Compte) -> Candidature:
    """A dossier whose chapitre MAT is complete, and INS submitted."""
    proved = prove.a_candidature_to_prove(candidature, by, make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    prove.a_complete_chapitre(proved, by, "MAT", at=make.SUMMER)
    prove.a_submitted_chapitre(proved, by, "INS", at=make.SUMMER)
    return proved


def an_anomalie(candidature: Candidature, by: Compte) -> Anomalie:
    """An answer of the CNDA with a stage that nobody knows, for the DMP, which is declared."""
    demande = desks.a_demande(candidature, by, desks.cnda("DMP"), at=make.SUMMER)
    desks.a_releve(demande, "recours", at=make.SUMMER, date_etape=make.SUMMER.date())
    return Anomalie.objects.get(demande=demande)


def a_reexamen(examen: Examen) -> Reexamen:
    """A nouvel examen, proposed by an instructeur who is not in the cast."""
    return request_reexamen(
        candidature_id=examen.candidature_id,
        ground=ReexamenGround.RECOURS,
        reason="Le recours est fondé.",
        by=make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]),
        at=make.SUMMER,
    )


def a_capture(anomalie: Anomalie, by: Compte) -> Capture:
    """A capture of the CNDA's space, that the ANS has not confirmed yet."""
    return desks.a_capture(anomalie.demande, by, at=make.SUMMER, date_etape=make.SUMMER.date())


def a_derogation(candidature: Candidature) -> Derogation:
    """A dérogation at Date 1, proposed by an instructeur who is not in the cast."""
    return request_derogation(
        candidature_id=candidature.pk,
        echeance="date-1",
        to=make.DATE_1 + timedelta(days=14),
        motive="Incident.",
        by=make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]),
        at=make.SUMMER,
    )


def a_move(candidature: Candidature) -> DeplacementDEcheance:
    """A move of Date 1 proposed by a responsable who is not in the cast; there is only one, for both éditeurs."""
    waiting = DeplacementDEcheance.objects.filter(echeance__dispositif=candidature.dispositif_id).first()
    return waiting or propose_move(
        dispositif_code=candidature.dispositif_id,
        code="date-1",
        to=make.DATE_1 + timedelta(days=7),
        arrete="Arrêté du 01/07/2026",
        motive="Incident.",
        by=make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]),
        at=make.SUMMER,
    )


def of_the_help(code: str) -> dict[str, dict[str, Any]]:
    """A page of the help centre, published, and its next version, which is not."""
    by = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    first = open_fiche(kind=FicheKind.PAGE, code=code, values=a_page(), by=by, at=make.SUMMER)
    publish_version(version_id=first.pk, by=by, at=make.SUMMER)
    write_version(fiche_id=first.fiche_id, seen=1, values=a_page(titre="Suite"), by=by, at=make.SUMMER)
    of_the_fiche = {"fiche_id": first.fiche_id, "numero": 1}
    kept = ("aide_fiche", "aide_edit", "aide_version", "aide_publish", "aide_withdraw")
    return {
        **{f"candidatures:{name}": of_the_fiche for name in kept},
        **{f"candidatures:{name}": {"code": code} for name in ("aide_page", "aide_answer")},
        "candidatures:aide_new": {"kind": FicheKind.PAGE},
        "candidatures:aide_rubrique": {"parcours": "faq"},
        "candidatures:aide_ici": {"page": "volets"},
    }


def of_equivalences() -> dict[str, dict[str, Any]]:
    """A published table, and the workbook of another one, to be previewed."""
    sent = equal.a_sent_table(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    version = equal.a_table(equal.a_line())
    previews = {f"preuves:equivalences_{name}": {"import_id": sent.pk} for name in ("preview", "publish", "discard")}
    pages = {f"preuves:equivalences_{name}": {"version_id": version.pk} for name in ("version", "withdraw")}
    return {**previews, **pages}


def a_fichier(candidature: Candidature, by: Compte) -> Piece:
    """A PDF that was deposited for a preuve, submitted, scanned and drawn."""
    make.a_submitted_volet(candidature, by, kind=VoletKind.ELIGIBILITE)
    piece = fichiers.a_scanned_piece(candidature, by, "preuve.pdf", fichiers.PDF)
    fichiers.a_revision_with(piece, by=by, submitted=True)
    draw_pages(piece.pk)
    return piece


def envoi_of(piece: Piece) -> Envoi:
    """A video that who deposited a file declared too, and of which nothing came."""
    annonce = envois.an_annonce(part_size=settings.UPLOAD_PART_SIZE, parts=(envois.sha256(envois.VIDEO),))
    declaration = {"annonce": annonce, "nature": Nature.VIDEO, "by": piece.deposited_by, "at": make.SUMMER}
    return declare_envoi(candidature_id=piece.candidature_id, **declaration)


def give_acces(produit: Any, people: dict[str, Compte]) -> None:
    seat = seat_of(people["sala"])
    produits_operations.give_acces(produit_id=produit.pk, rattachement_id=seat.pk, by=people["mand"], at=make.SUMMER)


def seat_of(person: Compte) -> Rattachement:
    return person.rattachements.get()


def calendar_of(person: Compte) -> str:
    return open_calendar(compte_id=person.pk, at=make.SUMMER).token


def a_modele(titre: str) -> ModeleDeDemande:
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    demande = {"champs": ["version_technique"], "text": "Précisez.", "by": responsable, "at": make.SUMMER}
    demande["dispositif_code"] = make.DUI
    return create_modele(titre=titre, kind=VoletKind.ADMINISTRATIF, **demande)


def an_invitation(editeur: Editeur, by: Compte) -> Any:
    email = f"invite{editeur.pk}@sirocco.example"
    return invite(editeur_id=editeur.pk, email=email, role=Role.SALARIE, may_engage=False, by=by, at=make.SUMMER)


def a_failed_work(editeur: Editeur) -> Echec:
    """A task that no worker takes, since no broker listens."""
    arguments = [editeur.pk, "2026-07-01"]
    note_failure(
        task="comptes.effects.send_digest", arguments=arguments, error=ValueError("essai"), at=clock.machine_now()
    )
    return Echec.objects.get(arguments=arguments)
