"""One candidature of each kind, in any dispositif, with all that its pages show."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.models import AccesProduit, Candidature
from candidatures.operations.derogations import request_derogation
from candidatures.operations.produits import give_acces
from candidatures.queries.accuses import accuse_numero
from comptes.enums import Role, RoleANS
from comptes.models import Compte
from guichets.enums import RoleEdcPsc
from preuves.enums import Avis
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries.dossier import dossier_of
from preuves.queries.instruction import submitted_revisions
from referencement.enums import Decision
from referencement.operations.autorisations import settle_autorisation
from segur_portal.demo.verbs import publish_the_catalogue
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.referencement import COLLEGE, a_photo, an_attributed_solution, an_examen

AT = prove.AUTUMN
AGENCY = {
    "inst": RoleANS.INSTRUCTEUR,
    "resp": RoleANS.RESPONSABLE_INSTRUCTION,
    "coll": RoleANS.MEMBRE_COLLEGE,
    "secr": RoleANS.SECRETAIRE_COLLEGE,
    "admi": RoleANS.ADMINISTRATEUR,
}


@dataclass
class World:
    """The candidatures of one dispositif.

    :param people: by role, of its éditeur and of the ANS
    :param situations: for each candidature, the values of the parameters of URLs; under the name of a URL, the values
        for that one only
    """

    code: str
    people: dict[str, Compte]
    situations: dict[str, dict[str, Any]] = field(default_factory=dict)

    def urls(self, name: str, parameters: tuple[str, ...]) -> list[str]:
        """Return the addresses of this URL name for its candidatures."""
        if "nru" not in parameters and "numero" not in parameters:
            return []
        every = [{**keys, **keys.get(name, {})} for keys in self.situations.values()]
        known = [keys for keys in every if {*parameters} - {"kind"} <= keys.keys()]
        kinds = list(VoletKind) if "kind" in parameters else [""]
        return [
            reverse(name, kwargs={parameter: {**keys, "kind": kind}[parameter] for parameter in parameters})
            for keys in known
            for kind in kinds
        ]


def a_world(code: str) -> World:
    """A candidature with its preuves, one that awaits an answer, one attributed, one refused."""
    editeur = make.an_editeur(raison_sociale="Maison")
    people = {"mand": make.a_person(editeur, Role.MANDATAIRE), "sala": make.a_person(editeur, Role.SALARIE)}
    people |= {key: make.a_person(roles_ans=[role]) for key, role in AGENCY.items()}
    world = World(code, people)
    world.situations = {
        "asked": _asked(world),
        "proved": _proved(world),
        "attributed": _attributed(world),
        "refused": _refused(world),
    }
    return world


def both_worlds() -> dict[str, World]:
    """Return the world of each dispositif of the tests, by its code, with the desks and the REM of the catalogue."""
    publish_the_catalogue(at=make.OPENING)
    return {code: a_world(code) for code in (make.DUI, make.ESSAI)}


def a_candidature(world: World, nom: str) -> Candidature:
    by = world.people["mand"]
    produit = make.a_produit(by.rattachements.get().editeur, by, nom)
    seat = world.people["sala"].rattachements.get()
    give_acces(produit_id=produit.pk, rattachement_id=seat.pk, by=by, at=make.SUMMER)
    assert AccesProduit.objects.filter(produit=produit).exists()
    return make.a_candidature(produit, by, code=world.code)


def _asked(world: World) -> dict[str, Any]:
    """Both volets submitted; a complément asked for, a message, a demande de dérogation, a photo."""
    candidature, by, ans = a_candidature(world, "Alizé"), world.people["mand"], world.people["inst"]
    administratif = make.a_submitted_volet(candidature, by)
    eligibilite = make.a_submitted_volet(candidature, by, kind=VoletKind.ELIGIBILITE)
    make.a_demande(eligibilite, ans, "nil")
    first = spec_of(world.code).echeances[0]
    derogation = request_derogation(
        candidature_id=candidature.pk,
        echeance=first.code,
        to=first.at + timedelta(days=14),
        motive="Incident.",
        by=ans,
        at=make.SUMMER,
    )
    photo = a_photo(candidature, first.code, first.at)
    return {
        "nru": candidature.nru,
        "candidatures:accuse": {"numero": accuse_numero(administratif.address)},
        "derogation_id": derogation.pk,
        "photo_id": photo.pk,
    }


def _proved(world: World) -> dict[str, Any]:
    """Its prerequisite chapitre approved, with the autorisation; another submitted; every desk asked."""
    by, ans, spec = world.people["mand"], world.people["inst"], spec_of(world.code)
    candidature = prove.a_candidature_to_prove(a_candidature(world, "Brume"), by, ans)
    _approve(candidature, by, ans, spec.chapitre_prerequis)
    autorisation = settle_autorisation(candidature_id=candidature.pk, at=AT + timedelta(days=2))
    assert autorisation is not None
    dossier = dossier_of(candidature)
    assert dossier is not None
    second = next(
        chapitre
        for chapitre in dossier.chapitres
        if chapitre.facts.due and chapitre.spec.code != spec.chapitre_prerequis
    )
    prove.a_submitted_chapitre(candidature, by, second.spec.code)
    for role in RoleEdcPsc:
        desks.a_demande(candidature, by, desks.edc(role))
    first, *_ = spec.teleservices
    demande = desks.a_demande(candidature, by, desks.cnda(first))
    return {
        "nru": candidature.nru,
        "code": second.spec.code,
        "preuves:preuve": {"numero": second.facts.due[0]},
        "referencement:document": {"numero": autorisation.document.numero},
        "demande_id": demande.pk,
        "key": f"cnda:/{first}",
    }


def _approve(candidature: Candidature, by: Compte, ans: Compte, code: str) -> None:
    chapitre, at = prove.a_submitted_chapitre(candidature, by, code), AT + timedelta(days=1)
    claim_chapitre(chapitre_id=chapitre.pk, by=ans, at=at)
    for numero, revision in submitted_revisions(chapitre).items():
        given = {"sha256": revision.sha256, "avis": Avis.ACCEPTED, "reason": ""}
        save_draft(chapitre_id=chapitre.pk, numero=numero, by=ans, at=at, **given)
    chapitre.refresh_from_db()
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=ans, at=at)


def _attributed(world: World) -> dict[str, Any]:
    candidature, by = a_candidature(world, "Cirrus"), world.people["mand"]
    examen = an_attributed_solution(make.a_dossier_handed_over(candidature, by), by)
    return {
        "nru": candidature.nru,
        "referencement:document": {"numero": f"ATT-{candidature.nru}"},
        "seance_id": examen.seance_id,
        "geste": "proposer",
    }


def _refused(world: World) -> dict[str, Any]:
    candidature, by = a_candidature(world, "Dune"), world.people["mand"]
    make.a_dossier_handed_over(candidature, by)
    examen = an_examen(candidature, by, Decision.NOT_ATTRIBUTED, COLLEGE, reasons=["Un motif."])
    return {"nru": candidature.nru, "seance_id": examen.seance_id}
