"""Whether a demande may be declared as given; the reasons are French sentences, by field."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import Portee, RoleEdcPsc

from .architecture import Architecture, DemandeRequise
from .objets import Objet

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}")


@dataclass(frozen=True)
class Declaration:
    """A demande as an éditeur declares it.

    :param guichet: the code of the desk
    :param numero: its number at the desk; empty until known
    """

    guichet: str
    numero: str = ""
    role: RoleEdcPsc | None = None
    proxy: str = ""
    composant: str = ""
    teleservice: str = ""
    nil: str = ""
    logiciel: str = ""
    is_third_party: bool = False

    @property
    def objet(self) -> Objet:
        role = self.role.value if self.role else ""
        return Objet(self.guichet, role, self.proxy, self.composant, self.teleservice)


def declaration_of(required: DemandeRequise, *, numero: str = "", logiciel: str = "") -> Declaration:
    """Build the declaration of a required demande."""
    objet = required.objet
    return Declaration(
        guichet=objet.guichet,
        numero=numero,
        role=RoleEdcPsc(objet.role) if objet.role else None,
        proxy=objet.proxy,
        composant=objet.composant,
        teleservice=objet.teleservice,
        nil=required.nil if required.guichet.portee is Portee.COMPOSANT else "",
        logiciel=logiciel,
        is_third_party=required.is_third_party,
    )


def known_of_the_formulaire(
    required: Iterable[DemandeRequise], declared: Collection[str]
) -> tuple[DemandeRequise, ...]:
    """Return the required demandes that are not declared yet and that the formulaire d'éligibilité identifies.

    :param declared: the keys of the declared objets
    """
    undeclared = (demande for demande in required if demande.objet.key not in declared)
    return tuple(demande for demande in undeclared if demande.numero or demande.nil)


def faults_of_declaration(
    declaration: Declaration, architecture: Architecture, teleservices: Mapping[str, str]
) -> dict[str, str]:
    """Say what is wrong with a declaration, by name of field; empty when it can be kept."""
    return dict([*_of_the_identifiers(declaration), *_of_the_object(declaration, architecture, teleservices)])


def _of_the_identifiers(declaration: Declaration) -> Iterator[tuple[str, str]]:
    for field in ("numero", "nil"):
        if (value := getattr(declaration, field)) and not _IDENTIFIER.fullmatch(value):
            yield (
                field,
                "Un identifiant compte 40 caractères au plus\u00a0: lettres, chiffres, points, _, / et -.",
            )
    if len(declaration.logiciel) > 200:
        yield "logiciel", "Ce nom dépasse 200 caractères."


def _of_the_object(
    declaration: Declaration, architecture: Architecture, teleservices: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    match spec_of_guichet(declaration.guichet).portee:
        case Portee.ROLE:
            if declaration.role is None:
                yield "role", "Indiquez en quelle qualité l’habilitation est demandée."
        case Portee.COMPOSANT:
            yield from _of_the_component(declaration, architecture, teleservices)
        case Portee.PREUVE:
            yield "", "Pour faire cette demande, déposez la preuve."
        case Portee.SOLUTION:
            return
        case _ as never:
            assert_never(never)


def _of_the_component(
    declaration: Declaration, architecture: Architecture, teleservices: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if declaration.teleservice not in teleservices:
        yield "teleservice", "Ce téléservice n’est pas proposé par la démarche."
    names = {additionnel.nom for additionnel in architecture.additionnels}
    if declaration.composant and declaration.composant not in names:
        yield "composant", "Ce composant n’est pas déclaré dans votre formulaire d’éligibilité."
    elif reason := why_not_this_nil(declaration.nil, declaration.composant, architecture):
        yield "nil", reason


def why_not_this_nil(nil: str, composant: str, architecture: Architecture) -> str:
    """Say that a NIL contradicts the one declared for the component in the éligibilité; empty when it does not."""
    expected = nil_of(composant, architecture)
    if nil and expected and nil.casefold() != expected.casefold():
        name = composant or "le composant principal"
        return f"Ce NIL n’est pas celui que vous avez déclaré pour {name} ({expected})."
    return ""


def nil_to_keep(declaration: Declaration, architecture: Architecture) -> str:
    """Return the NIL of a new demande: the one declared with it, else the éligibilité's; empty without a component."""
    if spec_of_guichet(declaration.guichet).portee is not Portee.COMPOSANT:
        return ""
    return declaration.nil or nil_of(declaration.composant, architecture)


def nil_of(composant: str, architecture: Architecture) -> str:
    """Return the NIL that the éligibilité declares for a component; empty when it declares none."""
    nils = {additionnel.nom: additionnel.nil for additionnel in architecture.additionnels} | {"": architecture.nil}
    return nils.get(composant, "")
