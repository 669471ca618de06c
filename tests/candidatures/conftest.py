from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connections

from candidatures.models import Candidature, Produit, Volet
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Editeur
from tests.factories import candidatures as make
from tests.ground import standing


@dataclass
class Team:
    """An éditeur with a product, attached, whose charte is accepted.

    `salarie` has the product, `newcomer` has none, `stranger` is the mandataire of another éditeur.
    """

    editeur: Editeur
    mandataire: Compte
    representant: Compte
    salarie: Compte
    newcomer: Compte
    stranger: Compte
    instructeur: Compte
    produit: Produit
    candidature: Candidature

    @property
    def volet(self) -> Volet:
        return make.the_volet(self.candidature)


def make_team() -> Team:
    from candidatures.operations.produits import give_acces

    editeur = make.an_editeur()
    mandataire = make.a_person(editeur, Role.MANDATAIRE, first_name="Marie", last_name="Dufour")
    salarie = make.a_person(editeur, Role.SALARIE, first_name="Sami", last_name="Leroy")
    produit = make.a_produit(editeur, mandataire)
    seat = salarie.rattachements.get()
    give_acces(produit_id=produit.pk, rattachement_id=seat.pk, by=mandataire, at=make.SUMMER)
    return Team(
        editeur=editeur,
        mandataire=mandataire,
        representant=make.a_person(editeur, Role.REPRESENTANT),
        salarie=salarie,
        newcomer=make.a_person(editeur, Role.SALARIE),
        stranger=make.a_person(make.an_editeur(), Role.MANDATAIRE),
        instructeur=make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Inès", last_name="Garnier"),
        produit=produit,
        candidature=make.a_candidature(produit, mandataire),
    )


team = standing(make_team)


def all_at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Run the act in that many threads, each with its own connection; return the results and the refusals."""

    def run(number: int) -> object:
        try:
            return act(number)
        except Exception as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
