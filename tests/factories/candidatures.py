"""Phase 1 as it happens: situations are reached through the real operations, so that they satisfy every constraint."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from candidatures import operations, queries
from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.models import Candidature, Dispositif, Produit, Volet
from comptes.enums import Role
from comptes.models import Compte, Editeur, Rattachement

OPENING = datetime(2026, 6, 2, 22, 0, tzinfo=UTC)
DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)

_numbers = count(1)

COMPLETE: dict[str, Any] = {
    "responsable_prenom": "Lucie",
    "responsable_nom": "Marchand",
    "responsable_fonction": "Présidente",
    "responsable_email": "lucie.marchand@sirocco.example",
    "responsable_telephone": "0102030405",
    "contact_prenom": "Hugo",
    "contact_nom": "Petit",
    "contact_fonction": "Chef de produit",
    "contact_email": "hugo.petit@sirocco.example",
    "contact_telephone": "0102030406",
    "entreprise_raison_sociale": "Sirocco Logiciels",
    "entreprise_siren": "552008443",
    "entreprise_adresse": "4 rue des Tilleuls",
    "entreprise_code_postal": "35000",
    "entreprise_commune": "Rennes",
    "entreprise_pays": "France",
    "solution_nom": "Sirocco Résidence",
    "version_technique": "4.2.1",
    "references_vague_1": {"lignes": [{"identifiant": "W-123", "dispositif": "MS1", "profils": ["PA"]}]},
    "references_vague_2": {"aucun": True},
}


def a_dispositif() -> Dispositif:
    return operations.load_dispositif(spec=spec_of("ms-dui-va2"), at=OPENING)


def a_siren() -> str:
    """The next nine digits whose Luhn key holds."""
    body = f"{next(_numbers):08d}"
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    total = sum(digit - 9 if digit > 9 else digit for digit in doubled)
    return f"{body}{-total % 10}"


def an_editeur(**changes: Any) -> Editeur:
    given = {
        "raison_sociale": "Sirocco Logiciels",
        "siren": a_siren(),
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
    return operations.create_produit(editeur_id=editeur.pk, nom=nom, by=by, at=SUMMER)


def a_candidature(produit: Produit, by: Compte, *, charte: bool = True) -> Candidature:
    """A product attached to the DUI démarche; `by` is a mandataire."""
    dispositif = a_dispositif()
    candidature = operations.open_candidature(produit_id=produit.pk, dispositif_code=dispositif.pk, by=by, at=SUMMER)
    if charte:
        operations.accept_charte(
            candidature_id=candidature.pk, charte_id=queries.charte_of(dispositif).pk, by=by, at=SUMMER
        )
    return candidature


def the_volet(candidature: Candidature, kind: VoletKind = VoletKind.ADMINISTRATIF) -> Volet:
    return Volet.objects.select_related("candidature__dispositif").get(candidature=candidature, kind=kind)


def a_filled_volet(candidature: Candidature, by: Compte) -> Volet:
    """A volet with an answer to everything, not submitted."""
    volet = the_volet(candidature)
    operations.save_answers(volet_id=volet.pk, answers=COMPLETE, seen_version=volet.version, by=by, at=SUMMER)
    return the_volet(candidature)


def a_submitted_volet(candidature: Candidature, by: Compte, at: datetime = SUMMER) -> Volet:
    volet = a_filled_volet(candidature, by)
    operations.submit_volet(volet_id=volet.pk, by=by, at=at)
    return the_volet(candidature)
