from django.db.models import IntegerChoices, TextChoices


class VoletKind(TextChoices):
    ADMINISTRATIF = "administratif", "Candidature administrative"
    ELIGIBILITE = "eligibilite", "Formulaire d’éligibilité"


class VoletState(TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Soumis à l’ANS"
    COMPLEMENT_REQUESTED = "complement_requested", "Complément demandé"
    ADMITTED = "admitted", "Recevable"


class CandidatureState(TextChoices):
    OPEN = "open", "Ouverte"
    WITHDRAWN = "withdrawn", "Retirée"
    FORECLOSED = "foreclosed", "Close pour dépôt hors délai"


CLOSED = (CandidatureState.WITHDRAWN, CandidatureState.FORECLOSED)


class Freeze(TextChoices):
    """Whether the dossier may still change; the database derives it from the examens of the candidature."""

    FREE = "free", "Modifiable"
    COLLEGE = "college", "À l’ordre du jour du collège"
    ATTRIBUTED = "attributed", "Référencement attribué"


class EtatDeDate(TextChoices):
    """Where one Date of a candidature stands."""

    MET = "met", "Faite"
    MISSED = "missed", "Manquée"
    PUT_OFF = "put_off", "Reportée"
    TO_COME = "to_come", "À venir"
    WITHOUT_OBJECT = "without_object", "Non applicable"
    IN_HAND = "in_hand", "Remis, en attente de l’ANS"


class ExigenceDEcheance(TextChoices):
    """What an échéance may require; `catalogue/dispositifs/` says which requires what."""

    VOLETS_SOUMIS = "volets-soumis", "Chaque volet soumis une fois"
    CHAPITRES_SOUMIS = "chapitres-soumis", "Chaque chapitre soumis une fois"
    DEMANDES_AVANCEES = "demandes-avancees", "Chaque demande assez avancée pour un dossier réputé complet"
    RETOURS_REPONDUS = "retours-repondus", "Chaque retour sur un chapitre répondu"


class DeplacementState(TextChoices):
    """The state of the move of an échéance, which takes two people of the ANS."""

    PROPOSED = "proposed", "À approuver"
    APPROVED = "approved", "En vigueur"
    REFUSED = "refused", "Abandonné"


class DerogationState(TextChoices):
    """The state of a dérogation, which takes two people of the ANS."""

    ASKED = "asked", "À instruire"
    REQUESTED = "requested", "À accorder"
    TO_REFUSE = "to_refuse", "Refus à confirmer"
    GRANTED = "granted", "Accordée"
    REFUSED = "refused", "Refusée"
    WITHDRAWN = "withdrawn", "Retirée par l’éditeur"


UNDECIDED = (DerogationState.ASKED, DerogationState.REQUESTED, DerogationState.TO_REFUSE)


class DemandeKind(TextChoices):
    """Why named champs of a volet are open again."""

    COMPLEMENT = "complement", "Complément demandé par l’ANS"
    REOPENING = "reopening", "Réouverture à la demande de l’éditeur"


class DemandeState(TextChoices):
    ASKED = "asked", "En attente de réponse"
    ANSWERED = "answered", "Répondue"
    CLOSED = "closed", "Close"
    CANCELLED = "cancelled", "Annulée"


class Verdict(TextChoices):
    """The judgement of the ANS on an earlier reference."""

    CONFIRMED = "confirmed", "Confirmée"
    REFUSED = "refused", "Refusée"


class GesteDeLot(TextChoices):
    """What may be done to many candidatures at once."""

    ASSIGN = "attribuer", "Attribuer à une personne"
    SHARE_OUT = "repartir", "Répartir entre les personnes présentes"
    HAND_OVER = "confier", "Confier les dossiers d’une personne à des collègues"
    LABEL = "etiqueter", "Poser une étiquette"
    WRITE = "ecrire", "Écrire le même message"
    ASK = "completer", "Demander un complément"
    REMIND = "relancer", "Relancer l’éditeur"
    ENLIST = "inscrire", "Inscrire à une séance du collège"
    PREPARE = "preparer", "Préparer la clôture pour dépôt hors délai"


class LigneDeLotState(TextChoices):
    """What became of one candidature of a lot."""

    PENDING = "pending", "À faire"
    DONE = "done", "Fait"
    REFUSED = "refused", "Refusé"
    STOPPED = "stopped", "Échec"


class Camp(TextChoices):
    """The side of a candidature from which somebody writes."""

    EDITEUR = "editeur", "Éditeur"
    ANS = "ans", "ANS"


class AccuseKind(TextChoices):
    """What an accusé de dépôt says that the ANS received."""

    VOLET = "volet", "Volet"
    CHAPITRE = "chapitre", "Chapitre de preuves"
    FICHIER = "fichier", "Fichier d’une preuve"


class Act(TextChoices):
    """The acts of the journal, each with the French sentence that its readers see."""

    PRODUIT_CREATED = "produit.created", "Le produit « {produit} » est créé"
    PRODUIT_NUMBERED = "produit.numbered", "Les numéros du produit « {nom} » sont enregistrés : {numeros}"
    PRODUIT_RENAMED = "produit.renamed", "Le produit « {ancien_nom} » devient « {nom} »"
    ACCES_GIVEN = "acces.given", "{compte} reçoit l’accès au produit « {produit} »"
    ACCES_ENDED = "acces.ended", "{compte} n’a plus accès au produit « {produit} »"
    TRANSFERT_PROPOSED = (
        "transfert.proposed",
        "Un transfert du produit «\u00a0{produit}\u00a0» est proposé, de {ancien_editeur} à {editeur}",
    )
    TRANSFERT_APPROVED = (
        "transfert.approved",
        "Le produit «\u00a0{produit}\u00a0» passe de {ancien_editeur} à {editeur}",
    )
    TRANSFERT_REFUSED = (
        "transfert.refused",
        "Le transfert du produit «\u00a0{produit}\u00a0», de {ancien_editeur} à {editeur}, est refusé",
    )
    CANDIDATURE_OPENED = (
        "candidature.opened",
        "Le produit « {produit} » est rattaché à la démarche {dispositif} sous le numéro {nru}",
    )
    CHARTE_ACCEPTED = (
        "charte.accepted",
        "La charte de référencement est acceptée (version {version})",
    )
    VOLET_SAVED = "volet.saved", "{volet} : champs enregistrés : {champs}"
    ANSWERS_REUSED = "answers.reused", "{volet}\u00a0: réponses réutilisées de {origines}\u00a0: {champs}"
    VOLET_SUBMITTED = "volet.submitted", "{volet} : soumission n° {numero} à l’ANS"
    VOLET_ADMITTED = "volet.admitted", "{volet} : déclaré recevable par l’ANS"
    VOLET_CLAIMED = "volet.claimed", "{volet}\u00a0: examen commencé"
    VOLET_TAKEN_OVER = "volet.taken_over", "{volet}\u00a0: examen réattribué ({motif})"
    VOLET_RELEASED = "volet.released", "{volet}\u00a0: examen laissé à un autre instructeur"
    VOLET_HANDED_OVER = "volet.handed_over", "{volet}\u00a0: examen confié à {compte}"
    COMPLEMENT_ASKED = "complement.asked", "{volet} : l’ANS demande un complément sur {champs}"
    VOLET_REOPENED = "volet.reopened", "{volet} : l’ANS rouvre {champs}"
    COMPLEMENT_CANCELLED = (
        "complement.cancelled",
        "{volet}\u00a0: l’ANS annule sa demande de compléments n°\u00a0{numero}",
    )
    REOPENING_CANCELLED = (
        "reopening.cancelled",
        "{volet}\u00a0: l’ANS annule la réouverture n°\u00a0{numero}\u00a0; il est de nouveau recevable",
    )
    ANSWERS_PUT_ASIDE = (
        "answers.put_aside",
        "{volet}\u00a0: ce qui n’était pas soumis est mis de côté pour {champs}",
    )
    MODELE_CREATED = "modele.created", "Le modèle de demande «\u00a0{titre}\u00a0» est créé"
    MODELE_RETIRED = "modele.retired", "Le modèle de demande «\u00a0{titre}\u00a0» est retiré"
    WARNINGS_READ = "warnings.read", "{volet} : avertissements lus avant la soumission : {avertissements}"
    REFERENCE_JUDGED = "reference.judged", "La référence {reference} est {verdict} par l’ANS"
    PIECE_DEPOSITED = "piece.deposited", "Fichier n° {piece} déposé"
    MESSAGE_POSTED = "message.posted", "Message n°\u00a0{message} dans la messagerie de la candidature"
    CANDIDATURE_WITHDRAWN = "candidature.withdrawn", "La candidature est retirée par l’éditeur"
    CANDIDATURE_FORECLOSED = (
        "candidature.foreclosed",
        "La candidature est close pour dépôt hors délai (forclusion) – {echeance}\u00a0: {motif}",
    )
    CANDIDATURE_REOPENED = "candidature.reopened", "La candidature est rouverte par une dérogation ({echeance})"
    DEROGATION_REQUESTED = (
        "derogation.requested",
        "Une dérogation est demandée à l’ANS ({echeance})\u00a0: jusqu’au {instant}",
    )
    DEROGATION_ASKED = "derogation.asked", "L’éditeur demande une dérogation ({echeance})"
    DEROGATION_INSTRUCTED = (
        "derogation.instructed",
        "Un délai jusqu’au {instant} est proposé en réponse à la dérogation demandée ({echeance})",
    )
    DEROGATION_REFUSAL_PROPOSED = (
        "derogation.refusal_proposed",
        "Un refus est proposé en réponse à la dérogation demandée ({echeance})",
    )
    DEROGATION_WITHDRAWN = "derogation.withdrawn", "L’éditeur retire sa demande de dérogation ({echeance})"
    DEROGATION_GRANTED = "derogation.granted", "Une dérogation est accordée ({echeance})\u00a0: jusqu’au {instant}"
    DEROGATION_REFUSED = "derogation.refused", "La dérogation demandée n’est pas accordée ({echeance})"
    MOVE_PROPOSED = "deplacement.proposed", "Un déplacement de la {echeance} au {instant} est proposé ({arrete})"
    MOVE_APPROVED = "deplacement.approved", "La {echeance} est déplacée au {instant} ({arrete})"
    OPENING_PROPOSED = (
        "ouverture.proposed",
        "Une ouverture de la démarche {demarche} le {instant} est proposée ({arrete})",
    )
    OPENING_APPROVED = (
        "ouverture.approved",
        "L’ouverture de la démarche {demarche} est déplacée au {instant} ({arrete})",
    )
    OPENING_REFUSED = (
        "ouverture.refused",
        "Le déplacement proposé de l’ouverture de la démarche {demarche} au {instant} est abandonné",
    )
    AIDE_LOADED = (
        "aide.loaded",
        "Le centre d’aide suit ses fichiers\u00a0: fiches ajoutées, {ajoutees}\u00a0; modifiées, {changees}",
    )
    AIDE_WRITTEN = "aide.written", "Fiche d’aide «\u00a0{fiche}\u00a0»\u00a0: version {version} enregistrée (brouillon)"
    AIDE_PUBLISHED = "aide.published", "Fiche d’aide «\u00a0{fiche}\u00a0»\u00a0: version {version} publiée"
    AIDE_WITHDRAWN = (
        "aide.withdrawn",
        "Fiche d’aide «\u00a0{fiche}\u00a0»\u00a0: version {version} retirée de la publication",
    )
    LOT_ASKED = "lot.asked", "Acte demandé pour {nombre} candidatures\u00a0: {geste}"
    ETIQUETTE_PUT = "etiquette.put", "L’étiquette «\u00a0{etiquette}\u00a0» est posée sur la candidature {nru}"
    ETIQUETTE_REMOVED = "etiquette.removed", "L’étiquette «\u00a0{etiquette}\u00a0» est retirée de la candidature {nru}"
    NOTE_WRITTEN = "note.written", "Une note interne est écrite sur la candidature {nru}"
    VUE_KEPT = "vue.kept", "La vue «\u00a0{vue}\u00a0» est enregistrée"
    VUE_DROPPED = "vue.dropped", "La vue «\u00a0{vue}\u00a0» est supprimée"
    REFERENT_ASSIGNED = "referent.assigned", "{compte} devient référent de la candidature {nru}"
    REFERENT_REMOVED = "referent.removed", "La candidature {nru} n’a plus de référent\u00a0: c’était {compte}"
    CHAPITRE_ENTRUSTED = "referent.chapitre", "{compte} devient référent du chapitre {chapitre} ({demarche})"
    CHAPITRE_LEFT = "referent.chapitre_left", "Le chapitre {chapitre} ({demarche}) n’a plus de référent"
    ABSENCE_NOTED = "absence.noted", "Absence de {compte} du {du} au {au}\u00a0; remplacement\u00a0: {remplacant}"
    ABSENCE_REMOVED = "absence.removed", "L’absence de {compte} du {du} au {au} est annulée"
    MOVE_REFUSED = "deplacement.refused", "Le déplacement proposé de la {echeance} au {instant} est abandonné"


class FicheKind(TextChoices):
    """What a fiche of the help centre is; each kind fills its own fields (`rules.aide.FIELDS`)."""

    PAGE = "page", "Page d’aide"
    CONTACT = "contact", "Contact"
    SESSION = "session", "Session ou rendez-vous"
    RESSOURCE = "ressource", "Document ou lien"


class Parcours(TextChoices):
    """By which way a page of help is found, in the order of the help centre."""

    COMMENCER = "commencer", "Commencer"
    PHASE = "phase", "Phase par phase"
    GUICHET = "guichet", "Guichet par guichet"
    ACTEUR = "acteur", "Selon qui vous êtes"
    DEFINITION = "definition", "Définitions"
    FAQ = "faq", "Questions fréquentes"


class RessourceKind(TextChoices):
    """What is found behind the link of a ressource, in the order of the page that lists them."""

    DOCUMENT = "document", "Documents"
    REPLAY = "replay", "Replays et supports"
    FORMATION = "formation", "Formations proposées"
    OUTIL = "outil", "Outils et espaces en ligne"


class AideIci(TextChoices):
    """The pages of the portal that show a part of the help, opened where the reader is."""

    VOLETS = "volets", "Dossier administratif"
    CHARTE = "charte", "Charte"
    PREUVES = "preuves", "Chapitres et preuves"
    GUICHETS = "guichets", "Autres guichets"
    CONVENTION = "convention", "Convention"
    MESSAGES = "messages", "Messagerie"
    COMPTES = "comptes", "Équipe et comptes"


class Weekday(IntegerChoices):
    """The day of something that comes back every week, as `date.weekday()` counts."""

    MONDAY = 0, "lundi"
    TUESDAY = 1, "mardi"
    WEDNESDAY = 2, "mercredi"
    THURSDAY = 3, "jeudi"
    FRIDAY = 4, "vendredi"
