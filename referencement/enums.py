from django.db.models import TextChoices


class Seuil(TextChoices):
    """The thresholds that a candidature must pass; blocages are what is missing before one of them."""

    COMPLETUDE = "completude", "Dossier réputé complet"
    CONVENTION = "convention", "Préparation de la convention"
    COLLEGE = "college", "Passage devant le collège"


class BlocageCode(TextChoices):
    """What may keep a candidature from a threshold."""

    CLOSED = "closed", "Candidature close"
    CHARTE = "charte", "Charte"
    VOLET = "volet", "Dossier administratif"
    REM = "rem", "Référentiel d’exigences"
    CHAPITRE = "chapitre", "Dossier de preuves"
    GUICHET = "guichet", "Autres guichets"
    CONVENTION = "convention", "Convention"


class Cote(TextChoices):
    """The side that is waited for: one of the two sides of a candidature, or another desk."""

    EDITEUR = "editeur", "L’éditeur"
    ANS = "ans", "L’ANS"
    GUICHET = "guichet", "Un autre guichet"


class ObjetDAttente(TextChoices):
    """What is waited for, as a list says it."""

    CHARTE = "charte", "la charte est à accepter"
    VOLET_TO_SUBMIT = "volet_to_submit", "un volet est à soumettre"
    COMPLEMENT = "complement", "une demande de l’ANS attend une réponse"
    CHAPITRE_TO_SUBMIT = "chapitre_to_submit", "un chapitre est à soumettre"
    CHAPITRE_TO_CORRECT = "chapitre_to_correct", "un chapitre est à corriger"
    DEMARCHE = "demarche", "une démarche est à faire à un autre guichet"
    CONVENTION_TO_SIGN = "convention_to_sign", "la convention est à signer"
    VOLET_TO_READ = "volet_to_read", "un volet soumis est à lire"
    REFERENCES = "references", "des références sont à confirmer"
    DEMANDE_OVERDUE = "demande_overdue", "une demande est sans réponse après la date indiquée"
    REM = "rem", "le référentiel d’exigences est à publier"
    CHAPITRE_TO_READ = "chapitre_to_read", "un chapitre soumis est à examiner"
    CAPTURE = "capture", "l’état affiché par un autre guichet est à confirmer"
    DEROGATION = "derogation", "une dérogation est à accorder ou à refuser"
    MESSAGE = "message", "un message attend une réponse"
    CONVENTION_TO_PREPARE = "convention_to_prepare", "la convention est à préparer"
    CONVENTION_TO_SEND = "convention_to_send", "la convention est à envoyer à la signature"
    AGENDA = "agenda", "la candidature est à inscrire à une séance du collège"
    SEANCE = "seance", "la candidature attend la séance du collège"
    CONVENTION_TO_COUNTERSIGN = "convention_to_countersign", "la convention est à signer par l’ANS"
    MESURE_TO_ANSWER = "mesure_to_answer", "une mesure envisagée attend une réponse"
    MESURE_TO_DECIDE = "mesure_to_decide", "une mesure proposée est à trancher"
    REEXAMEN = "reexamen", "un nouvel examen est à accorder ou à refuser"
    GUICHET = "guichet", "la réponse à une demande"


class QuiEstAttendu(TextChoices):
    """The filter of a list by the side that is waited for."""

    ANS = "ans", "À l’ANS"
    EDITEUR = "editeur", "À l’éditeur"
    GUICHET = "guichet", "Au guichet"
    NOBODY = "personne", "Personne"
    OVER = "close", "Close"


class TriDesTours(TextChoices):
    """The orders of a list of candidatures, beside the latest first, which is the usual one."""

    AGE = "attente", "Ce qui attend depuis le plus longtemps"
    DUE = "echeance", "L’échéance la plus proche"


class ConventionState(TextChoices):
    DRAFTED = "drafted", "Préparée"
    SENT = "sent", "À signer par l’éditeur"
    SIGNED_BY_EDITEUR = "signed_by_editeur", "Signée par l’éditeur"
    COUNTERSIGNED = "countersigned", "Signée par l’éditeur et par l’ANS"
    CANCELLED = "cancelled", "Annulée"


class Signataire(TextChoices):
    """The party for which a convention is signed."""

    EDITEUR = "editeur", "L’éditeur"
    ANS = "ans", "L’ANS"


class Prestataire(TextChoices):
    """What makes a signature: the portal, or an outside provider."""

    EMBEDDED = "embedded", "Signature du portail"
    EXTERNAL = "external", "Prestataire de signature"


class SeanceState(TextChoices):
    PLANNED = "planned", "Prévue"
    OPEN = "open", "En cours"
    CLOSED = "closed", "Close"
    CANCELLED = "cancelled", "Annulée"


class ExamenState(TextChoices):
    LISTED = "listed", "Inscrit à l’ordre du jour"
    DECIDED = "decided", "Décision en attente de la clôture"
    ATTRIBUTED = "attributed", "Référencement attribué"
    NOT_ATTRIBUTED = "not_attributed", "Référencement non attribué"
    POSTPONED = "postponed", "Examen reporté"
    CANCELLED = "cancelled", "Non examiné\u00a0: séance annulée"


class Decision(TextChoices):
    """The decisions of the collège. Each is also the state of the examen once the séance is closed."""

    ATTRIBUTED = "attributed", "Attribution"
    NOT_ATTRIBUTED = "not_attributed", "Non-attribution"
    POSTPONED = "postponed", "Report"


class AvisDuCollege(TextChoices):
    """What one member advises."""

    FAVOURABLE = "favourable", "Favorable"
    UNFAVOURABLE = "unfavourable", "Défavorable"
    ABSTENTION = "abstention", "Abstention"


class ReferencementState(TextChoices):
    """The state of a référencement by its last decision, whether or not that has taken effect."""

    IN_FORCE = "in_force", "En vigueur"
    SUSPENDED = "suspended", "Suspendu"
    WITHDRAWN = "withdrawn", "Retiré par l’ANS"
    RENOUNCED = "renounced", "Renoncé par l’éditeur"
    REPLACED = "replaced", "Remplacé par une autre version"


class EvenementKind(TextChoices):
    """What happens to a référencement."""

    SUSPENDED = "suspended", "Suspension"
    RESTORED = "restored", "Levée de la suspension"
    WITHDRAWN = "withdrawn", "Retrait"
    RENOUNCED = "renounced", "Renonciation"
    REPLACED = "replaced", "Remplacement"


class MesureKind(TextChoices):
    """What two people of the ANS may decide on a référencement."""

    SUSPENSION = "suspension", "Suspension"
    LEVEE = "levee", "Levée de la suspension"
    RETRAIT = "retrait", "Retrait"


class MesureState(TextChoices):
    PROPOSED = "proposed", "À trancher"
    DECIDED = "decided", "Prononcée"
    ABANDONED = "abandoned", "Abandonnée"


class ReexamenGround(TextChoices):
    """Why the collège examines again a candidature that it refused."""

    RECOURS = "recours", "Le recours de l’éditeur est accepté"
    CORRECTED = "corrected", "Le dossier est corrigé"


class ReexamenState(TextChoices):
    REQUESTED = "requested", "À accorder"
    GRANTED = "granted", "Accordé"
    REFUSED = "refused", "Refusé"


class DocumentKind(TextChoices):
    CONVENTION = "convention", "Convention de référencement"
    ATTESTATION = "attestation", "Attestation de référencement"
    RAPPORT = "rapport", "Rapport de conformité"
    PROCES_VERBAL = "proces_verbal", "Procès-verbal du collège"
    AUTORISATION = "autorisation", "Autorisation d’accès aux tests du CNDA"
    DECISION = "decision", "Décision"


class FichierStage(TextChoices):
    """What had been done to a document when one of its files was stored."""

    PRINTED = "printed", "Imprimé"
    SIGNED = "signed", "Signé par l’éditeur"
    COUNTERSIGNED = "countersigned", "Signé par l’éditeur et par l’ANS"


class Publication(TextChoices):
    """What the public list says of a solution."""

    IN_PROGRESS = "en-cours", "En cours de référencement"
    REFERENCED = "referencee", "Référencée"
    SUSPENDED = "suspendue", "Suspendue"
    WITHDRAWN = "retiree", "Retirée"
    RENOUNCED = "renoncee", "Renoncée"
    REPLACED = "remplacee", "Remplacée"


class FinKind(TextChoices):
    """How a candidature ends. A candidature is over in each case but the last."""

    NOT_ATTRIBUTED = "not_attributed", "Référencement non attribué"
    FORECLOSED = "foreclosed", "Candidature close pour dépôt hors délai (forclusion)"
    WITHDRAWN = "withdrawn", "Candidature retirée"
    REFERENCED = "referenced", "Solution référencée"


class Retour(TextChoices):
    """How a candidature that is over may be opened again."""

    EXAMEN = "examen", "Par un nouvel examen, que deux personnes de l’ANS accordent"
    DEROGATION = "derogation", "Par une dérogation, que deux personnes de l’ANS accordent"
    NEVER = "never", "Jamais"


class TriDePhoto(TextChoices):
    """What a photo says of a candidature at an échéance."""

    IN_TIME = "in_time", "Dans les délais"
    LATE = "late", "En retard"
    TO_DECIDE = "to_decide", "À décider"


class Act(TextChoices):
    """The acts of the journal, each with the French sentence that its readers see."""

    CONVENTION_DRAFTED = "convention.drafted", "La convention n° {numero} est préparée"
    CONVENTION_SENT = "convention.sent", "La convention n° {numero} est envoyée à la signature de {compte}"
    SIGNATORY_CHANGED = "convention.signatory", "La convention n° {numero} est désormais à signer par {compte}"
    CONVENTION_SIGNED = "convention.signed", "La convention n° {numero} est signée par l’éditeur"
    CONVENTION_COUNTERSIGNED = (
        "convention.countersigned",
        "La convention n° {numero} est signée par l’ANS",
    )
    CONVENTION_CANCELLED = "convention.cancelled", "La convention n° {numero} est annulée\u00a0: {motif}"
    SEANCE_PLANNED = "seance.planned", "Une séance du collège est prévue le {date}"
    SEANCE_OPENED = "seance.opened", "La séance du collège du {date} est ouverte"
    SEANCE_CLOSED = "seance.closed", "La séance du collège du {date} est close"
    SEANCE_MOVED = "seance.moved", "La séance du collège du {date} est reportée au {to}\u00a0: {motif}"
    SEANCE_CANCELLED = "seance.cancelled", "La séance du collège du {date} est annulée\u00a0: {motif}"
    SEANCE_SECRETAIRE = "seance.secretaire", "{compte} est secrétaire de la séance du collège du {date}"
    AGENDA_SENT = "seance.agenda_sent", "L’ordre du jour de la séance du {date} est envoyé aux membres (n° {number})"
    EDITEUR_REMINDED = "editeur.reminded", "L’ANS relance l’éditeur"
    EXAMEN_LISTED = "examen.listed", "La candidature est inscrite à la séance du collège du {date}"
    EXAMEN_UNLISTED = "examen.unlisted", "La candidature est retirée de la séance du collège du {date}\u00a0: {motif}"
    EXAMEN_MOVED = "examen.moved", "L’examen par le collège, prévu le {date}, est reporté au {to}"
    EXAMEN_CANCELLED = (
        "examen.cancelled",
        "La séance du collège du {date} est annulée\u00a0: l’examen se fera à une autre séance",
    )
    EXAMEN_RANKED = "examen.ranked", "Le dossier passe au rang {rank} de l’ordre du jour"
    RAPPORTEUR_NAMED = "rapporteur.named", "{compte} présente ce dossier au collège, comme rapporteur"
    RAPPORTEUR_REMOVED = "rapporteur.removed", "Ce dossier n’a plus de rapporteur"
    AVIS_RECORDED = "avis_du_college.recorded", "L’avis de {compte} est enregistré"
    CONFLICT_RECORDED = "conflit.recorded", "{compte} ne prend pas part à cet examen (conflit d’intérêts)"
    EXAMEN_DECIDED = "examen.decided", "Décision notée, avant la clôture de la séance : {decision}"
    EXAMEN_ATTRIBUTED = "examen.attributed", "Le référencement est attribué (attestation {numero})"
    EXAMEN_NOT_ATTRIBUTED = "examen.not_attributed", "Le référencement n’est pas attribué"
    EXAMEN_POSTPONED = "examen.postponed", "L’examen par le collège est reporté"
    VERSION_PRESENTED = "version.presented", "Une nouvelle version technique est présentée sous le numéro {nru}"
    REFERENCEMENT_OPENED = "referencement.opened", "Le référencement est en vigueur"
    REFERENCEMENT_SUSPENDED = "referencement.suspended", "Le référencement est suspendu, à compter du {effet}"
    REFERENCEMENT_RESTORED = "referencement.restored", "La suspension du référencement est levée, à compter du {effet}"
    REFERENCEMENT_WITHDRAWN = "referencement.withdrawn", "Le référencement est retiré par l’ANS, à compter du {effet}"
    REFERENCEMENT_RENOUNCED = "referencement.renounced", "L’éditeur renonce au référencement, à compter du {effet}"
    REFERENCEMENT_REPLACED = "referencement.replaced", "Le référencement est remplacé par celui de la version {nru}"
    MESURE_PROPOSED = "mesure.proposed", "{mesure} : proposée par l’ANS"
    MESURE_ANNOUNCED = (
        "mesure.announced",
        "{mesure} : annoncée à l’éditeur, qui peut répondre jusqu’au {instant}",
    )
    MESURE_ANSWERED = "mesure.answered", "{mesure} : l’éditeur a répondu"
    MESURE_DECIDED = "mesure.decided", "{mesure} : prononcée par l’ANS"
    MESURE_ABANDONED = "mesure.abandoned", "{mesure} : abandonnée par l’ANS"
    REEXAMEN_REQUESTED = "reexamen.requested", "Un nouvel examen est proposé à l’ANS ({fondement})"
    REEXAMEN_GRANTED = "reexamen.granted", "Un nouvel examen est accordé : la candidature est de nouveau en cours"
    REEXAMEN_REFUSED = "reexamen.refused", "Le nouvel examen proposé n’est pas accordé"
    DOCUMENT_ISSUED = "document.issued", "{document}\u00a0: document émis sous le numéro {numero}"
    AUTORISATION_ENDED = (
        "autorisation.ended",
        "L’autorisation n° {numero} d’accès aux tests du CNDA n’est plus valable : son chapitre est rouvert",
    )
    PHOTO_TAKEN = (
        "photo.taken",
        "Constat établi à l’échéance du {instant} ({echeance}) : {tri}",
    )
