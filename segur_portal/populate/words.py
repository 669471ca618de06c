"""The names that things take: invented, plain, and varied enough for a list to look like one."""

FIRST_NAMES = (
    "Adèle", "Bastien", "Camille", "Damien", "Élodie", "Fabrice", "Gaëlle", "Hugo", "Inès", "Julien", "Karim", "Lucie",
    "Maëlys", "Nicolas", "Océane", "Pierre", "Quentin", "Rachida", "Sophie", "Thibault", "Ursule", "Valentin",
    "Yasmine", "Zoé",
)  # fmt: skip
LAST_NAMES = (
    "Aubert", "Benali", "Carpentier", "Delmas", "Étienne", "Faure", "Garnier", "Hamidi", "Imbert", "Joly", "Keller",
    "Lefèvre", "Marchand", "Nguyen", "Olivier", "Petit", "Quéré", "Rousseau", "Salmon", "Traoré", "Urbain", "Vasseur",
    "Weber", "Ziani",
)  # fmt: skip
WINDS = (
    "Alizé", "Autan", "Bise", "Brise", "Galerne", "Mistral", "Noroît", "Sirocco", "Suroît", "Tramontane", "Zéphyr",
    "Embrun", "Estran", "Lagune", "Marée", "Phare",
)  # fmt: skip
TRADES = ("Logiciels", "Santé", "Informatique", "Systèmes", "Numérique", "Éditions", "Technologies", "Services")
PLACES = ("Résidence", "Domicile", "Foyer", "Horizon", "Accueil", "Parcours", "Usager", "Dossier", "Lien", "Équipe")
TOWNS = (
    ("35000", "Rennes"), ("69003", "Lyon"), ("31000", "Toulouse"), ("59000", "Lille"), ("67000", "Strasbourg"),
    ("44000", "Nantes"), ("13002", "Marseille"), ("33000", "Bordeaux"), ("21000", "Dijon"), ("29200", "Brest"),
)  # fmt: skip
STREETS = ("rue des Tilleuls", "avenue de la Gare", "quai des Moulins", "place du Marché", "chemin des Vignes")
COMPLEMENTS = (
    "Précisez le périmètre retenu et joignez le justificatif correspondant.",
    "La version annoncée n’est pas celle du formulaire : laquelle est candidate ?",
    "Le numéro déclaré n’est pas reconnu ; vérifiez-le auprès du guichet concerné.",
)
TO_CORRECT = (
    "La copie d’écran ne montre pas la version technique candidate.",
    "Le scénario s’arrête avant l’étape 4 : l’accusé de réception n’apparaît pas.",
    "Le document n’est pas signé par une personne qui peut engager l’éditeur.",
    "Le résultat montré n’est pas celui que l’exigence demande ; reprenez le scénario dans l’ordre.",
)
NOT_APPLICABLE = "La solution ne propose pas cette fonction dans le périmètre présenté."
ANSWERED = "La fonction est décrite au chapitre 4 du manuel, et réglée par l’administrateur de la structure."
