"""The cast of the demonstration. Companies, people, numbers and addresses are invented.

No company's SIREN begins with 0, no département bears the number 00, `.example` leads nowhere, and the telephone
numbers are those that the regulator keeps for works of fiction.
"""

from dataclasses import dataclass

from comptes.catalogue.countries import FRANCE
from comptes.enums import Role, RoleANS

AGENCE = "Agence du numérique en santé"


@dataclass(frozen=True)
class CastCompany:
    raison_sociale: str
    identifier: str
    adresse: str
    code_postal: str
    commune: str
    country: str = FRANCE


@dataclass(frozen=True)
class Persona:
    """A person whom a visitor may be; `role`, `organisation` and `can` are shown on the page of personas.

    :param seat: role in `company`, and whether it may engage the éditeur
    """

    first_name: str
    last_name: str
    email: str
    role: str
    can: str
    company: CastCompany | None = None
    seat: tuple[Role, bool] = (Role.SALARIE, False)
    role_ans: RoleANS | None = None

    @property
    def key(self) -> str:
        return self.email.partition("@")[0].replace(".", "-")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def organisation(self) -> str:
        if self.company:
            return self.company.raison_sociale
        return AGENCE if self.role_ans else "À la demande de l’ANS"


SIROCCO = CastCompany("Sirocco Logiciels", "019283746", "14 quai des Embruns", "00120", "Valmer-sur-Aune")
ALIZE = CastCompany("Alizé Informatique", "024681355", "3 rue du Phare", "00450", "Saint-Orens-les-Dunes")
MISTRAL = CastCompany("Mistral Social", "051739266", "27 avenue des Cèdres", "00780", "Montrouvre")

NADIA = Persona(
    "Nadia",
    "Ferrand",
    "nadia.ferrand@sirocco.example",
    "Mandataire",
    "Gère l’équipe et les produits, accepte la charte, dépose les dossiers.",
    SIROCCO,
    (Role.MANDATAIRE, True),
)
PAUL = Persona(
    "Paul",
    "Keller",
    "paul.keller@sirocco.example",
    "Représentant, avec délégation",
    "Gère les salariés et les produits, et peut engager l’éditeur : il a accepté la charte de Sirocco Résidence.",
    SIROCCO,
    (Role.REPRESENTANT, True),
)
INES = Persona(
    "Inès",
    "Moreau",
    "ines.moreau@sirocco.example",
    "Représentante, sans délégation",
    "Gère les salariés et les produits, mais ne peut pas accepter la charte.",
    SIROCCO,
    (Role.REPRESENTANT, False),
)
THEO = Persona(
    "Théo",
    "Lambert",
    "theo.lambert@sirocco.example",
    "Salarié, avec accès à un produit",
    "Remplit le dossier de Sirocco Résidence. Ne voit pas Sirocco Domicile.",
    SIROCCO,
)
CHLOE = Persona(
    "Chloé",
    "Garnier",
    "chloe.garnier@sirocco.example",
    "Salariée, sans accès",
    "Fait partie de l’équipe, mais ne voit encore aucun produit.",
    SIROCCO,
)
KARIM = Persona(
    "Karim",
    "Benali",
    "karim.benali@alize.example",
    "Mandataire",
    "Seul chez Alizé Informatique, pour une solution au profil AHI : dépose, et peut engager l’éditeur.",
    ALIZE,
    (Role.MANDATAIRE, True),
)
ELODIE = Persona(
    "Élodie",
    "Vasseur",
    "elodie.vasseur@mistral.example",
    "Mandataire",
    "Présente Mistral Parcours : dépose les dossiers et les preuves, et peut engager l’éditeur.",
    MISTRAL,
    (Role.MANDATAIRE, True),
)
CAMILLE = Persona(
    "Camille",
    "Roussel",
    "camille.roussel@agence.example",
    "Instructrice",
    "Examine les dossiers, puis les preuves, chapitre par chapitre.",
    role_ans=RoleANS.INSTRUCTEUR,
)
OLIVIER = Persona(
    "Olivier",
    "Mercier",
    "olivier.mercier@agence.example",
    "Responsable d’instruction",
    "Se prononce comme un instructeur, et rouvre ce qui était validé.",
    role_ans=RoleANS.RESPONSABLE_INSTRUCTION,
)
HELENE = Persona(
    "Hélène",
    "Marchal",
    "helene.marchal@agence.example",
    "Responsable d’instruction",
    "Accorde ou approuve ce que son collègue a demandé : il faut deux personnes.",
    role_ans=RoleANS.RESPONSABLE_INSTRUCTION,
)
SOPHIE = Persona(
    "Sophie",
    "Delmas",
    "sophie.delmas@agence.example",
    "Membre du collège",
    "Lit tous les dossiers, en vue du collège.",
    role_ans=RoleANS.MEMBRE_COLLEGE,
)
MARC = Persona(
    "Marc",
    "Aubry",
    "marc.aubry@agence.example",
    "Membre du collège",
    "Siège au collège technique, et a travaillé autrefois pour Sirocco Logiciels.",
    role_ans=RoleANS.MEMBRE_COLLEGE,
)
LEILA = Persona(
    "Leïla",
    "Haddad",
    "leila.haddad@agence.example",
    "Membre du collège",
    "Siège au collège technique.",
    role_ans=RoleANS.MEMBRE_COLLEGE,
)
JULIEN = Persona(
    "Julien",
    "Caron",
    "julien.caron@agence.example",
    "Secrétaire du collège",
    "Lit tous les dossiers et prépare les séances du collège.",
    role_ans=RoleANS.SECRETAIRE_COLLEGE,
)
ANNE = Persona(
    "Anne",
    "Le Goff",
    "anne.legoff@agence.example",
    "Administratrice",
    "Inscrit les éditeurs, invite leur premier mandataire, importe le référentiel.",
    role_ans=RoleANS.ADMINISTRATEUR,
)

REMI = Persona(
    "Rémi",
    "Castaing",
    "remi.castaing@expertise.example",
    "Expert, sans rôle",
    "Lit un seul chapitre, quand l’ANS le lui demande\u00a0; l’éditeur ne le sait pas.",
)

PERSONAS = (NADIA, PAUL, INES, THEO, CHLOE, KARIM, ELODIE, CAMILLE, OLIVIER, HELENE, SOPHIE, MARC, LEILA, JULIEN, ANNE)
# Those whose account is opened later in the story, for a second reading: no company, no role.
EXPERTS = (REMI,)
