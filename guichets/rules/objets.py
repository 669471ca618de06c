"""What a demande at another desk is for, and its names, which depend on what that desk decides on."""

from dataclasses import dataclass
from typing import assert_never

from candidatures.catalogue.dispositifs import name_of_teleservice
from guichets.catalogue.guichets import spec_of_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Portee, RoleEdcPsc

PRINCIPAL = "composant principal"


@dataclass(frozen=True)
class Objet:
    """What one demande is for; the fields that its desk does not use stay empty.

    :param guichet: the code of the desk
    :param proxy: for the role of utilisateur, which proxy is used, when there are several
    :param composant: the component; empty for the principal one
    :param preuve: the N° of the preuve whose deposit is the demande
    """

    guichet: str
    role: str = ""
    proxy: str = ""
    composant: str = ""
    teleservice: str = ""
    preuve: str = ""

    @property
    def spec(self) -> GuichetSpec:
        return spec_of_guichet(self.guichet)

    @property
    def key(self) -> str:
        """A key that is unique in a candidature: `edc_psc:proxy/`, `cnda:Agenda/INSI`."""
        match self.spec.portee:
            case Portee.ROLE:
                return f"{self.guichet}:{self.role}/{self.proxy if self.role == RoleEdcPsc.UTILISATEUR else ''}"
            case Portee.COMPOSANT:
                return f"{self.guichet}:{self.composant}/{self.teleservice}"
            case Portee.PREUVE:
                return f"{self.guichet}:{self.preuve}"
            case Portee.SOLUTION:
                return f"{self.guichet}:"
            case _ as never:
                assert_never(never)

    @property
    def label(self) -> str:
        match self.spec.portee:
            case Portee.ROLE:
                proxy = f" ({self.proxy})" if self.proxy else ""
                return f"{self.spec.intitule}, {RoleEdcPsc(self.role).label.lower()}{proxy}"
            case Portee.COMPOSANT:
                return f"{self.spec.intitule} {name_of_teleservice(self.teleservice)}, {self.composant or PRINCIPAL}"
            case Portee.PREUVE:
                return f"{self.spec.intitule}, preuve {self.preuve}"
            case Portee.SOLUTION:
                return self.spec.intitule
            case _ as never:
                assert_never(never)

    @property
    def constat(self) -> str:
        """Its name in the annotations of the REM; empty when it answers no preuve.

        A constat names a téléservice and no component, so only the principal component answers it.
        """
        match self.spec.portee:
            case Portee.ROLE:
                return f"{self.guichet}:{self.role}".upper()
            case Portee.COMPOSANT:
                return "" if self.composant else f"{self.guichet}:{self.teleservice}".upper()
            case Portee.PREUVE:
                return ""
            case Portee.SOLUTION:
                return self.guichet.upper()
            case _ as never:
                assert_never(never)

    @property
    def name_at_desk(self) -> str:
        """Its name at the desk: the téléservice or the role; empty when the desk uses neither."""
        return self.teleservice or self.role
