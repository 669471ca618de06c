"""What a solution must ask at which desk, and with which pieces, derived from the answers of the éditeur."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from candidatures.catalogue.specs import DispositifSpec, GuichetDemande
from guichets.catalogue.guichets import spec_of_guichet
from guichets.catalogue.specs import GuichetSpec, PieceSpec
from guichets.enums import Portee, RoleEdcPsc

from .objets import PRINCIPAL, Objet

PROPRE = "propre"
TIERS = "tiers"


@dataclass(frozen=True)
class Additionnel:
    """A composant additionnel as declared: it has its own NIL, and calls its own téléservices."""

    nom: str
    nil: str
    is_third_party: bool
    teleservices: tuple[str, ...]


@dataclass(frozen=True)
class Architecture:
    """What the solution is made of, from its formulaire d'éligibilité; `proxy` is empty until answered."""

    profils: frozenset[str]
    proxy: str = ""
    nil: str = ""
    nru_utilisateur: str = ""
    nru_proxy: str = ""
    proxy_nom: str = ""
    additionnels: tuple[Additionnel, ...] = ()


@dataclass(frozen=True)
class DemandeRequise:
    """A grant that the collège asks for.

    :param nom: the name of the téléservice, when it is for one
    :param numero: the number given in the éligibilité
    :param is_third_party: whether another éditeur holds it: it is read under the declared number, without pieces
    """

    objet: Objet
    nom: str = ""
    numero: str = ""
    nil: str = ""
    is_third_party: bool = False
    pieces: tuple[PieceSpec, ...] = ()

    @property
    def guichet(self) -> GuichetSpec:
        return self.objet.spec

    @property
    def key(self) -> str:
        """The key used in an address; without its final slash, since the address already has one."""
        return self.objet.key.rstrip("/")

    @property
    def label(self) -> str:
        spec = self.guichet
        match spec.portee:
            case Portee.ROLE if self.is_third_party:
                return f"{spec.intitule}, éditeur de votre proxy tiers"
            case Portee.COMPOSANT:
                return f"{spec.intitule} {self.nom}, {self.objet.composant or PRINCIPAL}"
            case Portee.ROLE | Portee.PREUVE | Portee.SOLUTION:
                return self.objet.label
            case _ as never:
                assert_never(never)


@dataclass(frozen=True)
class Requis:
    """All that the other desks must grant, in the order in which an éditeur obtains it."""

    demandes: tuple[DemandeRequise, ...]

    def of(self, guichet: str) -> tuple[DemandeRequise, ...]:
        return tuple(demande for demande in self.demandes if demande.objet.guichet == guichet)


def requis(architecture: Architecture, spec: DispositifSpec) -> Requis:
    """Say what a solution must obtain from each desk that its dispositif names.

    A desk is skipped only when none of the solution's profils concerns it.
    """
    desks = sorted((spec_of_guichet(code) for code in spec.guichets), key=lambda desk: (desk.rank, desk.code))
    demandes = [demande for desk in desks for demande in _of_desk(desk, spec.guichets[desk.code], architecture, spec)]
    return Requis(tuple(demandes))


def _of_desk(
    desk: GuichetSpec, asked: GuichetDemande, architecture: Architecture, spec: DispositifSpec
) -> Iterable[DemandeRequise]:
    if architecture.profils and asked.sans_profils.issuperset(architecture.profils):
        return ()
    match desk.portee:
        case Portee.ROLE:
            return _of_roles(desk, architecture)
        case Portee.COMPOSANT:
            return _of_components(desk, asked, architecture, spec.teleservices)
        case Portee.SOLUTION:
            return (DemandeRequise(Objet(desk.code)),)
        case Portee.PREUVE:  # the REM asks for it, preuve by preuve
            return ()
        case _ as never:
            assert_never(never)


def _of_roles(desk: GuichetSpec, architecture: Architecture) -> Iterable[DemandeRequise]:
    """Require both roles; with a third-party proxy, the habilitation of its éditeur is required."""
    numeros = {RoleEdcPsc.UTILISATEUR: architecture.nru_utilisateur, RoleEdcPsc.PROXY: architecture.nru_proxy}
    return [
        DemandeRequise(
            Objet(desk.code, role=role.value),
            numero=numeros[role],
            is_third_party=role is RoleEdcPsc.PROXY and architecture.proxy == TIERS,
            pieces=desk.pieces.get((role, architecture.proxy or PROPRE), ()),
        )
        for role in RoleEdcPsc
    ]


def _of_components(
    desk: GuichetSpec, asked: GuichetDemande, architecture: Architecture, teleservices: Mapping[str, str]
) -> Iterable[DemandeRequise]:
    """Require one demande for each téléservice of the principal's profils, and for each that an additionnel calls.

    The CNDA does not homologate a proxy alone.
    """
    wanted = {code for profil in architecture.profils for code in asked.teleservices.get(profil, ())}
    principal = Additionnel("", architecture.nil, is_third_party=False, teleservices=tuple(wanted))
    return [
        DemandeRequise(
            Objet(desk.code, composant=module.nom, teleservice=code),
            nom=nom,
            nil=module.nil,
            is_third_party=module.is_third_party,
        )
        for module in (principal, *architecture.additionnels)
        for code, nom in teleservices.items()
        if code in module.teleservices
    ]
