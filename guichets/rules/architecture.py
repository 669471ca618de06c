"""By which desks a solution is concerned, for what, and with which pieces. Pure data from what the éditeur answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from candidatures.catalogue.dispositifs import DispositifSpec
from guichets.catalogue.pieces import PieceSpec, pieces_of
from guichets.enums import Role

PROPRE = "propre"
TIERS = "tiers"


@dataclass(frozen=True)
class Additionnel:
    """A composant additionnel as declared; it brings its own NIL and the téléservices that it calls."""

    nom: str
    nil: str
    is_third_party: bool
    teleservices: tuple[str, ...]


@dataclass(frozen=True)
class Architecture:
    """What the solution is made of, as its formulaire d'éligibilité says it; an empty `proxy` is not answered yet."""

    profils: frozenset[str]
    proxy: str = ""
    nil: str = ""
    nru_utilisateur: str = ""
    nru_proxy: str = ""
    proxy_nom: str = ""
    additionnels: tuple[Additionnel, ...] = ()


@dataclass(frozen=True)
class HabilitationRequise:
    """An habilitation that the collège asks for.

    :param is_third_party: held by the proxy's own éditeur: read under the NRU declared, and no piece is asked here
    """

    role: Role
    numero: str
    proxy: str
    is_third_party: bool
    pieces: tuple[PieceSpec, ...]

    @property
    def objet(self) -> str:
        return objet_of_habilitation(self.role, self.proxy)

    @property
    def key(self) -> str:
        """What stands for it in an address."""
        return key_of(self.objet)

    @property
    def label(self) -> str:
        held_as = "éditeur de votre proxy tiers" if self.is_third_party else self.role.label.lower()
        return f"Habilitation EDC PSC, {held_as}"


@dataclass(frozen=True)
class HomologationRequise:
    """An homologation that the collège asks for: one component, one téléservice. The principal has no name."""

    composant: str
    teleservice: str
    nom: str
    nil: str
    is_third_party: bool

    @property
    def objet(self) -> str:
        return objet_of_homologation(self.composant, self.teleservice)

    @property
    def key(self) -> str:
        return key_of(self.objet)

    @property
    def label(self) -> str:
        return f"Homologation CNDA {self.nom}, {self.composant or 'composant principal'}"


@dataclass(frozen=True)
class Requis:
    """All that the other desks must grant, in the order in which it is obtained."""

    habilitations: tuple[HabilitationRequise, ...]
    homologations: tuple[HomologationRequise, ...]

    @property
    def concerned_by_edc_psc(self) -> bool:
        return bool(self.habilitations)


def objet_of_habilitation(role: Role, proxy: str = "") -> str:
    return f"edc_psc:{role.value}/{proxy if role is Role.UTILISATEUR else ''}"


def objet_of_homologation(composant: str, teleservice: str) -> str:
    return f"cnda:{composant}/{teleservice}"


def key_of(objet: str) -> str:
    """An address ends with one slash, and not with two."""
    return objet.rstrip("/")


def requis(architecture: Architecture, spec: DispositifSpec) -> Requis:
    """Say what a solution must obtain from the EDC PSC and the CNDA.

    A profil out of the EDC PSC is so only when it is presented alone. A proxy alone is not homologated by the CNDA.
    """
    return Requis(_habilitations(architecture, spec), _homologations(architecture, spec))


def concerned_by_edc_psc(profils: Collection[str], spec: DispositifSpec) -> bool:
    return not profils or not spec.sans_edc_psc.issuperset(profils)


def _habilitations(architecture: Architecture, spec: DispositifSpec) -> tuple[HabilitationRequise, ...]:
    if not concerned_by_edc_psc(architecture.profils, spec):
        return ()
    numeros = {Role.UTILISATEUR: architecture.nru_utilisateur, Role.PROXY: architecture.nru_proxy}
    return tuple(
        HabilitationRequise(
            role=role,
            numero=numeros[role],
            proxy="",
            is_third_party=role is Role.PROXY and architecture.proxy == TIERS,
            pieces=pieces_of(role, architecture.proxy or PROPRE),
        )
        for role in Role
    )


def _homologations(architecture: Architecture, spec: DispositifSpec) -> tuple[HomologationRequise, ...]:
    """One for the principal and each téléservice of its profils, and those that each additionnel calls."""
    wanted = {code for profil in architecture.profils for code in spec.teleservices_requis.get(profil, ())}
    principal = [
        HomologationRequise("", code, nom, architecture.nil, is_third_party=False)
        for code, nom in spec.teleservices.items()
        if code in wanted
    ]
    return (*principal, *(one for module in architecture.additionnels for one in _of_module(module, spec.teleservices)))


def _of_module(module: Additionnel, teleservices: Mapping[str, str]) -> list[HomologationRequise]:
    return [
        HomologationRequise(module.nom, code, nom, module.nil, is_third_party=module.is_third_party)
        for code, nom in teleservices.items()
        if code in module.teleservices
    ]
