from django.db.models import TextChoices


class Nature(TextChoices):
    """What kind of evidence a preuve asks for."""

    VIDEO = "VIDEO", "Vidéo"
    CAPTURE = "CAPTURE", "Copies d’écran"
    DOCUMENT = "DOCUMENT", "Document"
    ATTESTATION = "ATTESTATION", "Attestation sur l’honneur"
    ENGAGEMENT = "ENGAGEMENT", "Engagement écrit"
    CNDA = "CNDA", "Document du CNDA"
    EDC_PSC = "EDC_PSC", "Habilitation EDC PSC"
    ARCHIVE_XDM = "ARCHIVE_XDM", "Archive IHE_XDM"
    GAZELLE = "GAZELLE", "Lien permanent Gazelle"
    MOTCO2 = "MOTCO2", "Numéro d’exécution MOTCO2"
    PENTEST = "PENTEST", "Formulaire de test d’intrusion"
    TEXTE = "TEXTE", "Texte"


class Perimetre(TextChoices):
    """The vague in which an exigence first appeared."""

    VAGUE_1 = "vague_1", "Vague 1"
    VAGUE_2 = "vague_2", "Vague 2"


class Force(TextChoices):
    """Whether an exigence is binding."""

    EXIGENCE = "exigence", "Exigence"
    PRECONISATION = "preconisation", "Préconisation"


class ExigibiliteKind(TextChoices):
    """Whether an expected preuve is due, and if not, why."""

    REQUIRED = "required", "Demandée"
    INHERITED = "inherited", "Reprise de la vague 1"
    EQUIVALENT = "equivalent", "Équivalence"
    NOT_CONCERNED = "not_concerned", "Non concernée"


class VueDesChapitres(TextChoices):
    """The tabs of the ANS's list of chapitres."""

    MINE = "moi", "À moi"
    READING = "examen", "Que j’examine"
    TO_CONFIRM = "a-confirmer", "À confirmer"
    UNFOLLOWED = "sans-referent", "Sans référent"
    EVERY = "", "Tous"


class ChapitreState(TextChoices):
    OPEN = "open", "À compléter"
    SUBMITTED = "submitted", "Soumis à l’ANS"
    UNDER_REVIEW = "under_review", "En cours d’examen"
    RETURNED = "returned", "À corriger"
    APPROVED = "approved", "Validé"


class PreuveState(TextChoices):
    DEPOSITED = "deposited", "Déposée"
    ACCEPTED = "accepted", "Acceptée"
    TO_CORRECT = "to_correct", "À corriger"


class Forme(TextChoices):
    """What a revision holds."""

    FILES = "files", "Fichiers"
    LINK = "link", "Lien"
    NUMBER = "number", "Numéro"
    TEXT = "text", "Texte"
    NOT_APPLICABLE = "not_applicable", "Non applicable"
    CONSTAT = "constat", "Réponse d’un guichet"


class Avis(TextChoices):
    """The verdict of an instructeur on one revision."""

    ACCEPTED = "accepted", "Acceptée"
    TO_CORRECT = "to_correct", "À corriger"


class SecondeLectureState(TextChoices):
    """Where the second reading of a chapitre stands, that an expert was asked for."""

    ASKED = "asked", "Demandée"
    ACCEPTED = "accepted", "Acceptée"
    GIVEN = "given", "Rendue"
    DECLINED = "declined", "Déclinée"
    WITHDRAWN = "withdrawn", "Retirée"


class PositionDeLExpert(TextChoices):
    """What an expert concludes of the preuves that they read."""

    SUFFICIENT = "sufficient", "Les preuves suffisent"
    INSUFFICIENT = "insufficient", "Les preuves ne suffisent pas"
    UNDECIDED = "undecided", "Je ne me prononce pas"


class SondeState(TextChoices):
    """What was found when a file was opened."""

    READABLE = "readable", "S’ouvre"
    TO_COPY = "to_copy", "Converti pour la lecture"
    UNREADABLE = "unreadable", "Ne s’ouvre pas"
    NOT_PROBED = "not_probed", "Non vérifié"


class LectureState(TextChoices):
    """Whether a machine read what is written in a file."""

    WAITING = "waiting", "Lecture en cours"
    READ = "read", "Lu"
    NOT_READ = "not_read", "Non lu"


class AnalyseState(TextChoices):
    """The result of the antivirus for a file."""

    CLEAN = "clean", "Analysé, sain"
    INFECTED = "infected", "Refusé par l’antivirus"
    NOT_SCANNED = "not_scanned", "Non analysé"


class EnvoiState(TextChoices):
    """Where a declared file stands."""

    TRAVELLING = "travelling", "En cours d’envoi"
    ARRIVED = "arrived", "Reçu, en cours de vérification"
    KEPT = "kept", "Reçu et vérifié"
    REFUSED = "refused", "Refusé"


class Tri(TextChoices):
    """What a list of preuves may be reduced to."""

    TO_DEPOSIT = "a_deposer", "À déposer"
    TO_CORRECT = "a_corriger", "À corriger"
    INHERITED = "heritees", "Aucune preuve à déposer"
    MINE = "a_moi", "À moi"


class Sort(TextChoices):
    """What becomes of one file, or of one row of a spreadsheet, among many that were chosen."""

    READY = "ready", "Prêt"
    SAME = "same", "Déjà déposé"
    IGNORED = "ignored", "Ignoré"
    UNKNOWN = "unknown", "N° inconnu"
    AMBIGUOUS = "ambiguous", "N° ambigu"
    REFUSED = "refused", "Refusé"


class Effet(TextChoices):
    """What a spreadsheet that was sent back does to one line of a list."""

    ADDED = "added", "Ajoutée"
    CHANGED = "changed", "Modifiée"
    REMOVED = "removed", "Retirée"
    SAME = "same", "Inchangée"
    REFUSED = "refused", "Refusée"


class Reception(TextChoices):
    """What keeps the files of a deposit from being known to open."""

    REFUSED = "refused", "Fichier refusé"
    TRAVELLING = "travelling", "Fichiers en route"
    UNREADABLE = "unreadable", "Ne s’ouvre pas"
    IN_VERIFICATION = "in_verification", "Reçue, en cours de vérification"
    NOT_VERIFIED = "not_verified", "Déposée, non vérifiée"


class FormeDExport(TextChoices):
    """What somebody of an éditeur takes away of a dossier."""

    COPIE = "copie", "Copie de tout le dossier (ZIP)"
    ETAT = "etat", "État du dossier (PDF)"

    @property
    def content_type(self) -> str:
        return "application/zip" if self is FormeDExport.COPIE else "application/pdf"

    def name_for(self, nru: str) -> str:
        """Return the name of the file of a candidature."""
        return f"dossier-{nru}.zip" if self is FormeDExport.COPIE else f"etat-{nru}.pdf"


class Act(TextChoices):
    """The acts of the journal, each with the French sentence that its readers see."""

    REM_PUBLISHED = "rem.published", "Le référentiel (REM) du {date} est publié pour la démarche {dispositif}"
    REM_WITHDRAWN = (
        "rem.withdrawn",
        "Le référentiel (REM) du {date}, de la démarche {dispositif}, est retiré\u00a0: {motif}",
    )
    REM_IMPORT_DELETED = (
        "rem.import_deleted",
        "L’import n° {numero} d’un référentiel (REM) du {date}, pour la démarche {dispositif}, est supprimé",
    )
    REM_IMPORT_DISCARDED = (
        "rem.import_discarded",
        "L’import n° {numero} d’un référentiel (REM) du {date}, pour la démarche {dispositif}, est abandonné",
    )
    WORKBOOK_CONFIRMED = "workbook.confirmed", "Ce classeur a été publié après confirmation\u00a0: {avertissements}"
    EQUIVALENCES_PUBLISHED = (
        "equivalences.published",
        "La table des équivalences du {date}, de {source} vers {cible}, est publiée",
    )
    EQUIVALENCES_WITHDRAWN = (
        "equivalences.withdrawn",
        "La table des équivalences du {date}, de {source} vers {cible}, est retirée\u00a0: {motif}",
    )
    EQUIVALENCES_IMPORT_DISCARDED = (
        "equivalences.import_discarded",
        "L’import n° {numero} d’équivalences du {date}, de {source} vers {cible}, est abandonné sans être publié",
    )
    EQUIVALENCES_GRANTED = "equivalences.granted", "Équivalences accordées : {preuves}"
    EQUIVALENCES_ENDED = "equivalences.ended", "Équivalences terminées : {preuves} ({motif})"
    DOSSIER_OPENED = "dossier.opened", "Le dossier de preuves est ouvert, selon le référentiel (REM) du {date}"
    DOSSIER_MOVED = (
        "dossier.moved",
        "Le dossier suit le REM du {date} (vérifications conservées\u00a0: {kept}, annulées\u00a0: {fallen})",
    )
    PREUVE_DEPOSITED = "preuve.deposited", "Preuve {preuve}\u00a0: dépôt n° {numero}"
    PREUVES_GIVEN = "preuves.given", "Preuves confiées à {compte}\u00a0: {preuves}"
    PREUVES_TAKEN_BACK = "preuves.taken_back", "Preuves qui ne sont plus confiées à personne\u00a0: {preuves}"
    DOSSIER_COPIED = "dossier.copied", "Une copie du dossier entier est demandée"
    DOSSIER_PRINTED = "dossier.printed", "L’état du dossier est demandé en PDF"
    CHAPITRE_SUBMITTED = "chapitre.submitted", "Chapitre {chapitre}\u00a0: soumission n° {numero}"
    CHAPITRE_TAKEN_BACK = (
        "chapitre.taken_back",
        "Chapitre {chapitre}\u00a0: soumission annulée par l’éditeur avant l’examen",
    )
    CHAPITRE_FELL = "chapitre.fell", "Chapitre {chapitre}\u00a0: la soumission n° {numero} est annulée. {motif}"
    CHAPITRE_CAME_BACK = "chapitre.came_back", "Chapitre {chapitre}\u00a0: rendu à l’éditeur. {motif}"
    FICHIER_VERIFIED = (
        "fichier.verified",
        "Fichier «\u00a0{fichier}\u00a0»\u00a0: reçu en entier",
    )
    CHAPITRE_CLAIMED = "chapitre.claimed", "Chapitre {chapitre}\u00a0: examen commencé"
    CHAPITRE_TAKEN_OVER = "chapitre.taken_over", "Chapitre {chapitre}\u00a0: examen réattribué ({motif})"
    CHAPITRE_RELEASED = "chapitre.released", "Chapitre {chapitre}\u00a0: examen laissé à un autre instructeur"
    CHAPITRE_HANDED_OVER = "chapitre.handed_over", "Chapitre {chapitre}\u00a0: examen confié à {compte}"
    CHAPITRE_RETURNED = "chapitre.returned", "Chapitre {chapitre}\u00a0: retourné à l’éditeur, {a_corriger} à corriger"
    CHAPITRE_APPROVED = "chapitre.approved", "Chapitre {chapitre}\u00a0: validé"
    CONCLUSION_PROPOSED = "conclusion.proposed", "{nru}, chapitre {chapitre}\u00a0: conclusion proposée"
    CONCLUSION_CONFIRMED = "conclusion.confirmed", "{nru}, chapitre {chapitre}\u00a0: conclusion de {compte} confirmée"
    CONCLUSION_SENT_BACK = (
        "conclusion.sent_back",
        "{nru}, chapitre {chapitre}\u00a0: conclusion de {compte} renvoyée ({motif})",
    )
    CONCLUSION_WITHDRAWN = "conclusion.withdrawn", "{nru}, chapitre {chapitre}\u00a0: conclusion proposée retirée"
    CHAPITRE_REOPENED = "chapitre.reopened", "Chapitre {chapitre}\u00a0: rouvert ({motif})"
    SECONDE_LECTURE_ASKED = (
        "seconde_lecture.asked",
        "{nru}, chapitre {chapitre}\u00a0: seconde lecture demandée à {compte}",
    )
    SECONDE_LECTURE_ACCEPTED = (
        "seconde_lecture.accepted",
        "{nru}, chapitre {chapitre}\u00a0: seconde lecture acceptée, sans intérêt déclaré chez l’éditeur",
    )
    SECONDE_LECTURE_DECLINED = "seconde_lecture.declined", "{nru}, chapitre {chapitre}\u00a0: seconde lecture déclinée"
    SECONDE_LECTURE_GIVEN = "seconde_lecture.given", "{nru}, chapitre {chapitre}\u00a0: seconde lecture rendue"
    SECONDE_LECTURE_WITHDRAWN = (
        "seconde_lecture.withdrawn",
        "{nru}, chapitre {chapitre}\u00a0: seconde lecture retirée à {compte}",
    )
    MOTIF_WRITTEN = "motif.written", "Motif prêt n° {numero} écrit ({portee})"
    MOTIF_CHANGED = "motif.changed", "Motif prêt n° {ancien} remplacé par le n° {numero} ({portee})"
    MOTIF_RETIRED = "motif.retired", "Motif prêt n° {numero} retiré"
    DISPENSE_CONTESTED = "dispense.contested", "Preuve {preuve}\u00a0: désormais à déposer ({motif})"
