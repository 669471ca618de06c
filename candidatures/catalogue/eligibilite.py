"""The formulaire d'éligibilité (webinar, slide « Le dossier administratif »)."""

from candidatures.catalogue.champs import NUMERO, Champ, Kind, Section, VoletSpec

AHI_ALONE = ("profils", ["AHI"])

ELIGIBILITE = VoletSpec(
    kind="eligibilite",
    title="Formulaire d’éligibilité",
    purpose="De quoi la solution est faite, pour qui, et sous quels numéros les autres guichets la connaissent.",
    sections=(
        Section(
            "Profils de la solution",
            (
                Champ(
                    "profils",
                    "Profils présentés",
                    Kind.CHOICES,
                    choices="profils",
                    help="Ils déterminent les preuves demandées ensuite.",
                ),
                Champ(
                    "architecture",
                    "Ce que la solution propose aussi",
                    Kind.CHOICES,
                    required=False,
                    choices="profils_architecture",
                    help="Certaines preuves ne sont demandées que pour ces usages.",
                ),
            ),
        ),
        Section(
            "Proxy e-santé et Pro Santé Connect",
            (
                Champ("proxy", "Proxy e-santé", Kind.CHOICE, choices="proxy", unless=AHI_ALONE),
                Champ(
                    "proxy_nom",
                    "Nom du proxy et de son éditeur",
                    only_if=("proxy", "tiers"),
                    unless=AHI_ALONE,
                    help="Seulement pour le proxy d’un autre éditeur.",
                ),
                Champ(
                    "nru_edc_utilisateur",
                    "NRU EDC PSC, éditeur de logiciel utilisateur",
                    Kind.IDENTIFIER,
                    required=False,
                    max_length=40,
                    advised="Le collège l’exigera ; demandez l’habilitation sans attendre.",
                    unless=AHI_ALONE,
                    prefill=NUMERO,
                ),
                Champ(
                    "nru_edc_proxy",
                    "NRU EDC PSC, éditeur de proxy",
                    Kind.IDENTIFIER,
                    required=False,
                    max_length=40,
                    help="Le vôtre, ou celui de l’éditeur du proxy tiers.",
                    advised="Le collège l’exigera ; demandez l’habilitation sans attendre.",
                    unless=AHI_ALONE,
                    prefill=NUMERO,
                ),
            ),
            "Le profil AHI, présenté seul, n’est pas concerné par l’Espace de confiance Pro Santé Connect (EDC PSC).",
        ),
        Section(
            "CNDA",
            (
                Champ(
                    "nie",
                    "NIE",
                    Kind.IDENTIFIER,
                    max_length=40,
                    help="Le numéro de l’éditeur au CNDA.",
                    prefill=NUMERO,
                ),
                Champ(
                    "nil",
                    "NIL du composant principal",
                    Kind.IDENTIFIER,
                    max_length=40,
                    help="Le numéro du logiciel au CNDA.",
                    prefill=NUMERO,
                ),
            ),
            "L’inscription au CNDA se fait sur son propre guichet ; elle peut précéder cette étape.",
        ),
        Section(
            "Groupement et distribution",
            (
                Champ(
                    "groupement",
                    "Membres du groupement solidaire",
                    Kind.LIST,
                    help="Les autres éditeurs parties prenantes. Vous déposez seul, comme chef de file ; tous sont "
                    "solidairement responsables. Joignez le mandat que chacun vous donne (un PDF ou une image de "
                    "20 Mo au plus).",
                    none_label="La solution est présentée par un seul éditeur",
                    distinct="siren",
                    without_editeur=True,
                    columns=(
                        Champ("raison_sociale", "Raison sociale"),
                        Champ("siren", "SIREN", Kind.SIREN, max_length=20),
                        Champ("mandat", "Mandat donné au chef de file", Kind.PIECE),
                    ),
                ),
                Champ(
                    "distributeurs",
                    "Distributeurs",
                    Kind.LIST,
                    help="Ceux qui commercialisent la solution auprès des clients. La liste se fige devant le collège.",
                    none_label="La solution n’a pas de distributeur",
                    distinct="siren",
                    columns=(
                        Champ("raison_sociale", "Raison sociale"),
                        Champ("siren", "SIREN", Kind.SIREN, max_length=20),
                    ),
                ),
            ),
        ),
        Section(
            "Composants additionnels",
            (
                Champ(
                    "additionnels",
                    "Composants additionnels",
                    Kind.LIST,
                    help="Édités par un membre du groupement ou par un tiers, et intégrés à la solution.",
                    none_label="La solution n’a pas de composant additionnel",
                    columns=(
                        Champ("nom", "Nom", max_length=120),
                        Champ("editeur", "Éditeur"),
                        Champ("appartenance", "Cet éditeur est", Kind.CHOICE, choices="appartenance"),
                        Champ("nil", "NIL", Kind.IDENTIFIER, required=False, max_length=40),
                        Champ("version", "Version technique", max_length=40),
                        Champ(
                            "teleservices", "Téléservices appelés", Kind.CHOICES, required=False, choices="teleservices"
                        ),
                    ),
                ),
            ),
        ),
        Section(
            "Versions et noms",
            (
                Champ(
                    "obsolescence",
                    "Versions dont l’arrêt est annoncé",
                    Kind.LIST,
                    help="Celles dont vous avez annoncé aux clients l’arrêt de maintenance ou de vente.",
                    none_label="Aucun arrêt n’est annoncé",
                    columns=(
                        Champ("version", "Version technique", max_length=40),
                        Champ("nature", "Arrêt", Kind.CHOICE, choices="arret"),
                        Champ("date", "Date d’effet", Kind.DATE),
                    ),
                ),
                Champ(
                    "noms_commerciaux",
                    "Autres noms commerciaux",
                    Kind.LIST,
                    help="Chaque nom a son NIL, sa version technique et son attestation sur l’honneur (un PDF ou une "
                    "image de 20 Mo au plus).",
                    none_label="La solution n’a qu’un nom",
                    columns=(
                        Champ("nom", "Nom commercial", max_length=120),
                        Champ("nil", "NIL", Kind.IDENTIFIER, max_length=40),
                        Champ("version", "Version technique", max_length=40),
                        Champ("attestation", "Attestation sur l’honneur", Kind.PIECE),
                    ),
                ),
            ),
        ),
    ),
)
