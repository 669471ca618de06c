from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import TextChoices


class Portee(TextChoices):
    """What kind of thing a desk decides on: it says which fields a demande has there, and which are required."""

    ROLE = "role", "Un éditeur, dans un rôle"
    COMPOSANT = "composant", "Un composant, pour un téléservice"
    PREUVE = "preuve", "Ce qui est déposé comme preuve"
    SOLUTION = "solution", "La solution entière"


class Contrat(TextChoices):
    """The contracts that the portal speaks over HTTP: `guichets/contrats/<value>.yaml`."""

    CNDA = "cnda", "Demande au CNDA"
    EDC_PSC = "edc_psc", "Habilitation EDC PSC"
    GAZELLE = "gazelle", "Résultat Gazelle"


class RoleDEtape(TextChoices):
    """What a stage is in the life of a demande; most are only passed through."""

    DEPART = "depart", "Première étape"
    PASSAGE = "", "Étape"
    ACCORD = "accord", "Accord"
    REFUS = "refus", "Refus"


class RoleEdcPsc(TextChoices):
    """The role in which the EDC PSC habilitates an éditeur."""

    UTILISATEUR = "utilisateur", "Éditeur de logiciel utilisateur"
    PROXY = "proxy", "Éditeur de proxy"


class EtatDePiece(TextChoices):
    """Where a pièce stands at the EDC PSC."""

    EXPECTED = "expected", "Attendue"
    RECEIVED = "received", "Reçue"
    ACCEPTED = "accepted", "Acceptée"
    TO_COMPLETE = "to_complete", "À compléter"


class Source(TextChoices):
    """Where a relevé comes from."""

    PULLED = "pulled", "Réponse du guichet"
    CAPTURE = "capture", "Capture confirmée par l’ANS"
    MANUAL = "manual", "Déclaré avec une capture, sans confirmation"


class CaptureState(TextChoices):
    """Where a capture of a desk's space stands; only a confirmed one counts."""

    RECORDED = "recorded", "À confirmer"
    CONFIRMED = "confirmed", "Confirmée"
    REFUSED = "refused", "Refusée"
    SUPERSEDED = "superseded", "Remplacée"


@dataclass(frozen=True)
class Owner:
    """Who must act: one of the two sides of the portal, or another desk, named by its own file.

    :param value: what is stored
    :param label: « L’éditeur »; `of` is « de l’éditeur » and `to` « à l’éditeur »
    """

    value: str
    label: str
    of: str
    to: str

    EDITEUR: ClassVar[Owner]
    ANS: ClassVar[Owner]

    def __str__(self) -> str:
        return self.value

    @property
    def inside(self) -> str:
        """Its label inside a sentence: « l’éditeur »."""
        return self.label[0].lower() + self.label[1:]


Owner.EDITEUR = Owner("editeur", "L’éditeur", "de l’éditeur", "à l’éditeur")
Owner.ANS = Owner("ans", "L’ANS", "de l’ANS", "à l’ANS")


class Panne(TextChoices):
    """Why a pull brought nothing: the kinds of `DeskUnreachable`."""

    SLOW = "slow", "Le guichet n’a pas répondu à temps"
    SERVER_ERROR = "server_error", "Le guichet est en erreur"
    THROTTLED = "throttled", "Le guichet demande de patienter"
    CUT = "cut", "La réponse a été coupée"
    NOT_JSON = "not_json", "La réponse est illisible"
    OTHER_SCHEMA = "other_schema", "La réponse n’a pas la forme convenue"
    OTHER_ID = "other_id", "La réponse concerne une autre demande"
    FORBIDDEN_HOST = "forbidden_host", "L’adresse du guichet n’est pas autorisée"
    UNKNOWN = "unknown", "Le guichet ne connaît pas cette demande"
    CIRCUIT_OPEN = "circuit_open", "Interrogation suspendue après plusieurs échecs"
    TOO_LARGE = "too_large", "La réponse est trop longue"


class AnomalieKind(TextChoices):
    BACKWARDS = "backwards", "Retour en arrière"
    OUT_OF_REFUSED = "out_of_refused", "Sortie d’un refus"
    GRANT_LOST = "grant_lost", "Accord perdu"
    UNKNOWN_STATUS = "unknown_status", "Statut inconnu"
    OTHER_SOFTWARE = "other_software", "Autre logiciel"
    OTHER_OBJECT = "other_object", "Autre objet"
    OLDER_DATE = "older_date", "Date plus ancienne"
    FUTURE_DATE = "future_date", "Date dans le futur"
    CONTRADICTS_CAPTURE = "contradicts_capture", "Désaccord avec une capture confirmée"
    UNKNOWN_NUMBER = "unknown_number", "Demande inconnue du guichet"
    OTHER_ID = "other_id", "Réponse sur une autre demande"
    OTHER_SCHEMA = "other_schema", "Réponse d’une autre forme"
    FORBIDDEN_HOST = "forbidden_host", "Adresse non autorisée"
    TOO_LARGE = "too_large", "Réponse trop longue"


class AnomalieState(TextChoices):
    OPEN = "open", "À traiter"
    ACKNOWLEDGED = "acknowledged", "Prise en compte"
    CLOSED = "closed", "Close"


class GateCode(TextChoices):
    """What one desk waits for from another."""

    TESTS_CNDA = "tests_cnda", "Accès aux environnements de test du CNDA"
    HOMOLOGATIONS = "homologations", "Homologations du CNDA"
    REPUTE_COMPLET = "repute_complet", "Dossier réputé complet"
    COLLEGE = "college", "Passage devant le collège"


class Act(TextChoices):
    """What is written in the journal, and the French sentence that shows it."""

    DEMANDE_RECORDED = "demande_guichet.recorded", "{demande} : demande déclarée (numéro {numero})"
    DEMANDE_CORRECTED = "demande_guichet.corrected", "{demande} : déclaration corrigée ({champs})"
    DEMANDE_ENDED = "demande_guichet.ended", "{demande} : n’est plus suivie ({motif})"
    ETAPE_REACHED = "demande_guichet.etape", "{demande} : étape « {etape} » au guichet, le {date}"
    ETAPE_RETURNED = (
        "demande_guichet.retour",
        "{demande} : retour à « {etape} », depuis « {avant} » : {motif}",
    )
    RELEVE_RECORDED = (
        "releve.recorded",
        "{demande} : étape « {etape} » déclarée avec une capture, le {date}",
    )
    CAPTURE_RECORDED = (
        "capture.recorded",
        "{demande} : capture déposée, « {etape} » au {date}, à confirmer par l’ANS",
    )
    CAPTURE_CONFIRMED = "capture.confirmed", "{demande} : capture confirmée par l’ANS, « {etape} » au {date}"
    CAPTURE_REFUSED = "capture.refused", "{demande} : capture refusée par l’ANS ({motif})"
    CAPTURE_SUPERSEDED = "capture.superseded", "{demande} : capture remplacée ({motif})"
    ANOMALIE_OPENED = "anomalie.opened", "{demande} : réponse à vérifier, {nature}"
    ANOMALIE_ACKNOWLEDGED = "anomalie.acknowledged", "{demande} : réponse à vérifier, prise en compte, {nature}"
    RETURN_CONFIRMED = "anomalie.confirmed", "{demande} : retour en arrière confirmé par l’ANS"
    ANOMALIE_CLOSED = "anomalie.closed", "{demande} : réponse vérifiée, {nature}"
    PREUVE_ANSWERED = (
        "preuve.answered",
        ("{demande} : la réponse du guichet est déposée dans la preuve {preuve} (dépôt n° {numero})"),
    )
