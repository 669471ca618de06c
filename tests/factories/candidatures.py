"""The situations of phase 1, reached through the real operations, so that they satisfy every constraint."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import Verdict, VoletKind
from candidatures.models import Absence, Candidature, Demande, Dispositif, Piece, Produit, Volet
from candidatures.operations.candidatures import accept_charte, open_candidature
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.instruction import admit_volet, ask_complement, judge_reference
from candidatures.operations.pieces import deposit_piece
from candidatures.operations.produits import create_produit
from candidatures.operations.referents import assign_referent, note_absence
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.queries.candidatures import charte_of
from candidatures.queries.volets import choices_of, spec_of_volet
from comptes.enums import Role
from comptes.models import Compte, Editeur, Rattachement
from segur_portal.demo.answers import complete, of_company, of_components, of_person, of_solution
from tests.factories.catalogue import load_the_desks

OPENING = datetime(2026, 6, 2, 22, 0, tzinfo=UTC)
DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)

PDF = b"%PDF-1.7\n% attestation sur l'honneur\n%%EOF\n"

_numbers = count(1)

COMPLETE: dict[str, Any] = (
    of_person("responsable", ("Lucie", "Marchand"), "lucie.marchand@sirocco.example", "Présidente", "0102030405")
    | of_person("contact", ("Hugo", "Petit"), "hugo.petit@sirocco.example", "Chef de produit", "0102030406")
    | of_company("Sirocco Logiciels", "552008443", "4 rue des Tilleuls", "35000", "Rennes")
    | of_solution("Sirocco Résidence", "4.2.1", {"identifiant": "W-123", "dispositif": "MS1", "profils": ["PA"]})
)
EDC = {"proxy": "propre", "nru_edc_utilisateur": "EDC-1", "nru_edc_proxy": "EDC-2"}
ELIGIBLE: dict[str, Any] = of_components(["PA", "PDS"], nie="NIE-1", nil="NIL-1", **EDC)
DUI, ESSAI = "ms-dui-va2", "essai-va2"
ANSWERS = {VoletKind.ADMINISTRATIF: COMPLETE, VoletKind.ELIGIBILITE: ELIGIBLE}
ANSWERS_TO = {
    DUI: ANSWERS,
    ESSAI: {
        VoletKind.ADMINISTRATIF: {
            **COMPLETE,
            "references_vague_1": {"lignes": [{"identifiant": "W-456", "dispositif": "ESS1", "profils": ["MER"]}]},
        },
        VoletKind.ELIGIBILITE: {**ELIGIBLE, "profils": ["MER", "SABLE"], "raison_d_essai": "Montrer les deux."},
    },
}


def a_dispositif(code: str = DUI) -> Dispositif:
    load_the_desks()
    return load_dispositif(spec=spec_of(code), at=OPENING)


def a_siren() -> str:
    """Return the next nine digits with a valid Luhn digit."""
    body = f"{next(_numbers):08d}"
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    total = sum(digit - 9 if digit > 9 else digit for digit in doubled)
    return f"{body}{-total % 10}"


def an_editeur(**changes: Any) -> Editeur:
    given = {
        "raison_sociale": "Sirocco Logiciels",
        "identifier": a_siren(),
        "adresse": "4 rue des Tilleuls",
        "code_postal": "35000",
        "commune": "Rennes",
        "registered_at": OPENING,
    }
    return Editeur.objects.create(**(given | changes))


def a_person(editeur: Editeur | None = None, role: Role = Role.SALARIE, **changes: Any) -> Compte:
    """Somebody with an account, rattaché to the éditeur if one is given."""
    number = next(_numbers)
    may_engage = changes.pop("may_engage", role == Role.MANDATAIRE)
    given = {"first_name": "Camille", "last_name": f"Personne{number}"}
    compte = Compte.objects.create_user(f"personne{number}@sirocco.example", None, **(given | changes))
    if editeur:
        Rattachement.objects.create(
            compte=compte, editeur=editeur, role=role, may_engage=may_engage, attached_at=OPENING
        )
    return compte


def a_produit(editeur: Editeur, by: Compte, nom: str = "Sirocco Résidence") -> Produit:
    return create_produit(editeur_id=editeur.pk, nom=nom, by=by, at=SUMMER)


def a_candidature(produit: Produit, by: Compte, *, charte: bool = True, code: str = DUI) -> Candidature:
    """A product attached to a démarche; `by` is a mandataire."""
    dispositif = a_dispositif(code)
    candidature = open_candidature(produit_id=produit.pk, dispositif_code=dispositif.pk, by=by, at=SUMMER)
    if charte:
        accept_charte(candidature_id=candidature.pk, charte_id=charte_of(dispositif).pk, by=by, at=SUMMER)
    return candidature


def the_volet(candidature: Candidature, kind: VoletKind = VoletKind.ADMINISTRATIF) -> Volet:
    return Volet.objects.select_related("candidature__dispositif").get(candidature=candidature, kind=kind)


def a_filled_volet(
    candidature: Candidature, by: Compte, kind: VoletKind = VoletKind.ADMINISTRATIF, **changes: Any
) -> Volet:
    """A volet with an answer to everything, not submitted."""
    volet, answers = the_volet(candidature, kind), ANSWERS_TO[candidature.dispositif_id][kind] | changes
    answers = complete(answers, spec_of_volet(volet), choices_of(volet))
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=by, at=SUMMER)
    return the_volet(candidature, kind)


def a_submitted_volet(
    candidature: Candidature,
    by: Compte,
    at: datetime = SUMMER,
    kind: VoletKind = VoletKind.ADMINISTRATIF,
    **changes: Any,
) -> Volet:
    volet = a_filled_volet(candidature, by, kind, **changes)
    submit_volet(volet_id=volet.pk, by=by, at=at)
    return the_volet(candidature, kind)


def a_dossier_handed_over(candidature: Candidature, by: Compte, at: datetime = SUMMER) -> Candidature:
    """Both volets submitted at that instant."""
    for kind in VoletKind:
        a_submitted_volet(candidature, by, at, kind)
    return candidature


def an_admitted_volet(candidature: Candidature, by: Compte, instructeur: Compte) -> Volet:
    """A candidature administrative, admitted after its only reference was confirmed."""
    volet = a_submitted_volet(candidature, by)
    confirm_reference(volet, instructeur)
    return admit(volet, instructeur)


def admit(volet: Volet, instructeur: Compte, at: datetime = SUMMER) -> Volet:
    admit_volet(volet_id=volet.pk, seen_version=volet.version, by=instructeur, at=at)
    return the_volet(volet.candidature, VoletKind(volet.kind))


def confirm_reference(volet: Volet, instructeur: Compte) -> None:
    judge_reference(
        volet_id=volet.pk, identifiant="W-123", verdict=Verdict.CONFIRMED, reason="", by=instructeur, at=SUMMER
    )


def a_demande(volet: Volet, by: Compte, *champs: str) -> Demande:
    """A demande de compléments on a submitted volet."""
    return ask_complement(
        volet_id=volet.pk, champs=list(champs), text="Précisez.", seen_version=volet.version, by=by, at=SUMMER
    )


def a_pdf(name: str = "attestation.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_piece(candidature: Candidature, by: Compte) -> Piece:
    return deposit_piece(candidature=candidature, upload=a_pdf(), by=by, at=SUMMER)


def a_nom_commercial(piece: Piece) -> dict[str, Any]:
    """The answer with one commercial name, whose attestation is this pièce."""
    kept = {"piece": piece.pk, "nom": piece.name, "sha256": piece.sha256}
    return {"lignes": [{"nom": "Alizé", "nil": "NIL-2", "version": "4.2", "attestation": kept}]}


def follow(candidature: Candidature, referent: Compte) -> None:
    """Make somebody who instructs the référent of a candidature that nobody follows."""
    assign_referent(candidature_id=candidature.pk, compte_id=referent.pk, seen=None, by=referent, at=SUMMER)


def an_absence(person: Compte, *, stand_in: Compte | None = None) -> Absence:
    """Somebody who instructs is absent in the week of `SUMMER`."""
    days = {"from_date": SUMMER.date(), "until_date": SUMMER.date() + timedelta(days=6)}
    stand_in_id = stand_in.pk if stand_in else None
    return note_absence(compte_id=person.pk, **days, stand_in_id=stand_in_id, by=person, at=SUMMER)
