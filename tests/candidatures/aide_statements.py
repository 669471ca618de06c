"""What the webinar of 26 May 2026 says and that the help must say: its number, the page, and words of that page.

The numbers are those of the list of statements that was drawn from the webinar.
"""

STATEMENTS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (
        1,
        "/aide/vous-etes-distributeur/",
        ("Seul l’éditeur dépose.", "Le référencement de la solution que vous distribuez ne vous demande rien"),
    ),
    (
        3,
        "/aide/sessions/",
        ("Webinaire : parcours coordonné DUI", "Le replay et le support présenté sont dans l’espace industriel"),
    ),
    (4, "/aide/documents/", ("Le dispositif DUI Vague 2 du couloir médico-social",)),
    (
        5,
        "/aide/sessions/",
        ("4 juin 2026 , de 15 h à 16 h 30", "11 juin 2026 , de 16 h à 17 h 30", "Le lien « Inscrivez-vous »"),
    ),
    (6, "/aide/sessions/", ("30 juin 2026", "Comité éditeur", "« Rejoindre la réunion maintenant »")),
    (18, "/aide/commencer/", ("Inscrivez-vous à Industriels Santé Connect (ISC)", "le prérequis du parcours")),
    (38, "/aide/documents/", ("Notice d’équivalence",)),
    (39, "/aide/documents/", ("Liste – Équivalence des preuves DUI",)),
    (40, "/aide/equivalence/", ("Webinaire du 19 février 2026", "du 19 mars 2026", "Webinaire du 16 avril 2026")),
    (43, "/aide/dates-dui/", ("avant le 3 juin 2026", "obtenir déjà vos numéros")),
    (43, "/aide/par-quels-guichets/", ("Dès maintenant, même avant l’ouverture de la démarche",)),
    (66, "/aide/dates-dui/", ("page 54 du DSR MS DUI Vague 2",)),
    (
        89,
        "/aide/guichet-edc-psc/",
        (
            "Vous êtes Preuves documentaires BAS PSC opérationnel Outil de conformité Tests d’intrusion",
            "propre proxy e-santé, ou éditeur de proxy Oui Oui Oui Oui",
            "proxy e-santé d’un tiers Oui Oui Non Oui",
        ),
    ),
    (
        90,
        "/aide/guichet-edc-psc/",
        ("Le webinaire du 20 mars 2026", "Les étapes du raccordement", "tous les vendredis de 15 h à 16 h"),
    ),
    (
        92,
        "/aide/guichet-cnda/",
        ("« En cours / actif » , dans votre parcours éditeur CNDA, signifie que votre demande est au pré-examen",),
    ),
    (
        98,
        "/aide/documents/",
        ("Replays des webinaires", "les environnements, les thèmes du référencement et du financement"),
    ),
    (99, "/aide/documents/", ("Replays des sessions AMA", "préparés à partir d’un questionnaire")),
    (100, "/aide/documents/", ("Foire aux questions (FAQ) de l’ANS", "Dans votre Espace authentifié")),
    (101, "/aide/contacts/", ("Support Ségur", "Vous y échangez avec les experts de l’ANS", "Espace authentifié")),
    (
        102,
        "/aide/documents/",
        (
            "Parcours coordonné",
            "Environnements du parcours",
            "Architecture d’une solution",
            "Équivalence de preuves",
        ),
    ),
    (104, "/aide/contacts/", ("Support Ségur", "Votre dossier de candidature Ségur, et la lecture des textes")),
    (
        105,
        "/aide/contacts/",
        ("Rubrique « Contactez-nous »", "moyens d’identification électroniques, interopérabilité"),
    ),
    (106, "/aide/contacts/", ("centre-de-service@sesam-vitale.fr", "carte Vitale, le téléservice INSi")),
    (107, "/aide/contacts/", ("contact.cnda@assurance-maladie.fr", "La contractualisation avec le CNDA")),
    (108, "/aide/contacts/", ("sicnda.ameli.fr", "CNDA – support technique")),
    (109, "/aide/contacts/", ("Assistance de l’ASP", "Le financement, le paiement et les pièces justificatives")),
    (110, "/aide/documents/", ("Guide utilisateur de l’Espace authentifié",)),
    (
        111,
        "/aide/editeur/",
        ("édite la solution présentée au référencement", "une personne physique ou morale, publique ou privée"),
    ),
    (
        112,
        "/aide/distributeur/",
        ("vend la solution référencée", "L’éditeur le mandate pour déposer une demande de financement"),
    ),
    (
        113,
        "/aide/groupement-solidaire/",
        ("Plusieurs personnes morales distinctes", "Un éditeur chef de file les représente"),
    ),
    (115, "/aide/composant-principal/", ("Le composant principal est unique", "c’est le chef de file")),
)
