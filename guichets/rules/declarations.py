"""What may be declared of a demande: French sentences by field."""

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
    """A demande as an éditeur declares it, with what is known of it.

    :param guichet: the code of the desk
    :param numero: at the desk; empty until known
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
    """Declare what the process requires, with what is known of it."""
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
    """Among what is required and not declared yet, what the formulaire d'éligibilité already identifies.

    :param declared: the objects that are
    """
    return tuple(one for one in required if one.objet.key not in declared and (one.numero or one.nil))


def faults_of_declaration(
    declaration: Declaration, architecture: Architecture, teleservices: Mapping[str, str]
) -> dict[str, str]:
    """Say what is wrong with a declaration, by name of field; nothing when it can be kept."""
    return dict([*_of_the_identifiers(declaration), *_of_the_object(declaration, architecture, teleservices)])


def _of_the_identifiers(declaration: Declaration) -> Iterator[tuple[str, str]]:
    for field in ("numero", "nil"):
        if (value := getattr(declaration, field)) and not _IDENTIFIER.fullmatch(value):
            yield field, "Un identifiant compte 40 caractères au plus : des lettres, des chiffres et . _ / -"
    if len(declaration.logiciel) > 200:
        yield "logiciel", "Ce nom dépasse 200 caractères."


def _of_the_object(
    declaration: Declaration, architecture: Architecture, teleservices: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    match spec_of_guichet(declaration.guichet).portee:
        case Portee.ROLE:
            if declaration.role is None:
                yield "role", "Dites en quelle qualité l’habilitation est demandée."
        case Portee.COMPOSANT:
            yield from _of_the_component(declaration, architecture, teleservices)
        case Portee.PREUVE:
            yield "", "Cette demande se fait en déposant la preuve."
        case Portee.SOLUTION:
            return
        case _ as never:
            assert_never(never)


def _of_the_component(
    declaration: Declaration, architecture: Architecture, teleservices: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if declaration.teleservice not in teleservices:
        yield "teleservice", "Ce téléservice n’est pas proposé par la démarche."
    names = {one.nom for one in architecture.additionnels}
    if declaration.composant and declaration.composant not in names:
        yield "composant", "Ce composant n’est pas déclaré dans votre formulaire d’éligibilité."
    elif reason := why_not_this_nil(declaration.nil, declaration.composant, architecture):
        yield "nil", reason


def why_not_this_nil(nil: str, composant: str, architecture: Architecture) -> str:
    """Say that a NIL is not the one declared for the component in the éligibilité; empty when it may be."""
    expected = nil_of(composant, architecture)
    if nil and expected and nil.casefold() != expected.casefold():
        name = composant or "le composant principal"
        return f"Ce NIL n’est pas celui que vous avez déclaré pour {name} ({expected})."
    return ""


def nil_to_keep(declaration: Declaration, architecture: Architecture) -> str:
    """Return the NIL of a new demande: as declared with it, else in the éligibilité; none where no component is."""
    if spec_of_guichet(declaration.guichet).portee is not Portee.COMPOSANT:
        return ""
    return declaration.nil or nil_of(declaration.composant, architecture)


def nil_of(composant: str, architecture: Architecture) -> str:
    """Return the NIL of a component as the éligibilité declares it; empty when it does not."""
    known = {one.nom: one.nil for one in architecture.additionnels} | {"": architecture.nil}
    return known.get(composant, "")
