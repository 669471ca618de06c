"""The candidature administrative (webinar, slide « Zoom sur la phase 1 »)."""

from candidatures.catalogue.champs import Champ, Kind, Section, VoletSpec


def _person(prefix: str, of_whom: str) -> tuple[Champ, ...]:
    return (
        Champ(f"{prefix}_prenom", "Prénom", max_length=80),
        Champ(f"{prefix}_nom", "Nom", max_length=80),
        Champ(f"{prefix}_fonction", "Fonction", max_length=120, help=f"La fonction {of_whom} dans l’entreprise."),
        Champ(f"{prefix}_email", "Adresse e-mail", Kind.EMAIL, max_length=254),
        Champ(
            f"{prefix}_telephone",
            "Téléphone",
            Kind.PHONE,
            max_length=20,
            help="Dix chiffres, ou un numéro international commençant par +.",
        ),
    )


ADMINISTRATIF = VoletSpec(
    kind="administratif",
    title="Candidature administrative",
    purpose="Qui présente la solution, qui suit le dossier, et de quelle version il s’agit.",
    sections=(
        Section(
            "Responsable légal",
            _person("responsable", "du responsable légal"),
            "La personne qui représente légalement l’entreprise.",
        ),
        Section(
            "Contact pour le référencement",
            _person("contact", "du contact"),
            "La personne que l’ANS appelle pour ce dossier. Ce peut être la même.",
        ),
        Section(
            "Entreprise",
            (
                Champ("entreprise_raison_sociale", "Raison sociale", prefill="raison_sociale"),
                Champ(
                    "entreprise_siren",
                    "Numéro SIREN",
                    Kind.SIREN,
                    max_length=20,
                    prefill="siren",
                    help="Neuf chiffres.",
                ),
                Champ("entreprise_adresse", "Adresse du siège", prefill="adresse"),
                Champ("entreprise_code_postal", "Code postal", max_length=10, prefill="code_postal"),
                Champ("entreprise_commune", "Commune", max_length=100, prefill="commune"),
                Champ("entreprise_pays", "Pays", max_length=60, prefill="pays"),
                Champ("entreprise_site", "Site internet", required=False),
            ),
        ),
        Section(
            "Version candidate",
            (
                Champ("solution_nom", "Nom de la solution logicielle", max_length=120, prefill="produit"),
                Champ(
                    "version_technique",
                    "Version technique candidate",
                    max_length=40,
                    help="Telle qu’elle s’affiche dans le logiciel : c’est elle, et elle seule, qui sera référencée.",
                ),
                Champ(
                    "references_vague_1",
                    "Référencements obtenus en vague 1",
                    Kind.LIST,
                    help="Chaque référencement déjà obtenu par cette même solution dispense des preuves de vague 1 "
                    "reprises en vague 2, une fois confirmé par l’ANS. Plusieurs sont possibles.",
                    none_label="La solution n’a pas été référencée en vague 1",
                    columns=(
                        Champ("identifiant", "Identifiant wiin.io", Kind.IDENTIFIER, max_length=40),
                        Champ("dispositif", "Dispositif", Kind.CHOICE, choices="dispositifs_vague_1"),
                        Champ("profils", "Profils", Kind.CHOICES, choices="profils"),
                    ),
                ),
                Champ(
                    "references_vague_2",
                    "Référencements obtenus en vague 2",
                    Kind.LIST,
                    help="Le numéro unique (NRU) de la candidature qui a abouti au référencement.",
                    none_label="La solution n’a pas été référencée en vague 2",
                    columns=(Champ("nru", "NRU de la candidature", Kind.IDENTIFIER, max_length=40),),
                ),
            ),
            "Une solution logicielle réunit un composant principal, un composant proxy e-santé et, s’il y en a, des "
            "composants additionnels.",
        ),
    ),
)
