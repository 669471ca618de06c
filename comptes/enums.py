from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is for an éditeur (the words of Industriels Santé Connect)."""

    MANDATAIRE = "mandataire", "mandataire"
    REPRESENTANT = "representant", "représentant"
    SALARIE = "salarie", "salarié"


class RoleANS(TextChoices):
    INSTRUCTEUR = "instructeur", "instructeur"
    RESPONSABLE_INSTRUCTION = "responsable_instruction", "responsable d’instruction"
    MEMBRE_COLLEGE = "membre_college", "membre du collège"
    SECRETAIRE_COLLEGE = "secretaire_college", "secrétaire du collège"
    ADMINISTRATEUR = "administrateur", "administrateur"
    AUDITEUR = "auditeur", "auditeur de la sécurité"


# Those who read what éditeurs submit.
INSTRUCTING = (RoleANS.INSTRUCTEUR, RoleANS.RESPONSABLE_INSTRUCTION)


class NoticeState(TextChoices):
    PENDING = "pending", "À envoyer"
    GROUPED = "grouped", "Dans le prochain résumé"
    SENT = "sent", "Envoyé"
    KEPT = "kept", "Dans le portail seulement"
    CANCELLED = "cancelled", "Annulé : n’était plus utile"
    FAILED = "failed", "Échec définitif"
    SUPERSEDED = "superseded", "Remplacé par un rappel plus récent"


class NotificationMode(TextChoices):
    """How somebody wants to be told of one kind of thing. The portal keeps every notification, whatever they choose."""

    NOW = "now", "Tout de suite, par e-mail"
    DAILY = "daily", "Une fois par jour, en un seul e-mail"
    PORTAL = "portal", "Dans le portail seulement"


class PorteeDAvis(TextChoices):
    """About which candidatures somebody of the ANS wants to be told of one kind of thing."""

    NONE = "none", "Aucune"
    MINE = "mine", "Les miennes"
    FOLLOWED = "followed", "Les miennes et celles suivies"
    TEAM = "team", "Toutes"


class InscriptionState(TextChoices):
    """Where the request of somebody whose company nobody registered stands."""

    PENDING = "pending", "En attente d’un administrateur"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"


class Act(TextChoices):
    """The acts of the journal, each with its French sentence."""

    EDITEUR_REGISTERED = "editeur.registered", "L’éditeur {editeur} est inscrit au portail"
    EDITEUR_CORRECTED = "editeur.corrected", "Les informations de l’éditeur sont modifiées : {champs}"
    INVITATION_SENT = "invitation.sent", "Invitation envoyée à {invitation}, avec le rôle {role}"
    INVITATION_CANCELLED = "invitation.cancelled", "Invitation annulée\u00a0: {invitation}"
    RATTACHEMENT_OPENED = "rattachement.opened", "{compte} rejoint l’éditeur, avec le rôle {role}"
    RATTACHEMENT_CHANGED = "rattachement.changed", "{compte} a maintenant le rôle {role}"
    RATTACHEMENT_DELEGATED = "rattachement.delegated", "{compte} reçoit le pouvoir d’engager l’éditeur"
    RATTACHEMENT_UNDELEGATED = "rattachement.undelegated", "{compte} n’a plus le pouvoir d’engager l’éditeur"
    RATTACHEMENT_CLOSED = "rattachement.closed", "{compte} ne fait plus partie de l’éditeur"
    INSCRIPTION_ASKED = "inscription.asked", "{compte} demande une inscription\u00a0: {inscription}"
    INSCRIPTION_ACCEPTED = "inscription.accepted", "Inscription acceptée\u00a0: {inscription}"
    INSCRIPTION_REFUSED = "inscription.refused", "Inscription refusée\u00a0: {inscription}"
    IDENTITE_LINKED = "identite.linked", "{compte} relie son compte à son identité {fournisseur}"
    NOTICE_RETRIED = "notice.retried", "L’envoi d’une notification en échec est relancé (n°\u00a0{avis})"
    WORK_RETRIED = "work.retried", "Un travail qui avait échoué est relancé\u00a0: {tache}"
    SEEN_AS = "compte.seen_as", "L’ANS consulte le portail comme {compte}, en lecture seule\u00a0: {motif}"
    COMPTE_ANONYMISED = "compte.anonymised", "{compte} devient anonyme\u00a0: {motif}"
    COMPTE_OPENED = "compte.opened", "{compte} reçoit un compte, sans rôle ni éditeur"
    COMPTE_ANS_OPENED = "compte_ans.opened", "{compte} reçoit un compte de l’ANS : {roles}"
    COMPTE_ANS_SUSPENDED = "compte_ans.suspended", "Compte suspendu\u00a0: {compte}"
    COMPTE_ANS_RESTORED = "compte_ans.restored", "Compte rétabli\u00a0: {compte}"
    COMPTE_ANS_CLOSED = "compte_ans.closed", "Compte fermé\u00a0: {compte}"
    FACTOR_RESET = "compte.factor_reset", "Seconde étape de connexion réinitialisée\u00a0: {compte}"
    TEXTE_WRITTEN = "texte.written", "Texte «\u00a0{texte}\u00a0»\u00a0: version {version} enregistrée (brouillon)"
    TEXTE_PUBLISHED = "texte.published", "Texte «\u00a0{texte}\u00a0»\u00a0: version {version} mise en vigueur"
    TEXTE_DISCARDED = (
        "texte.discarded",
        "Texte «\u00a0{texte}\u00a0»\u00a0: brouillon de la version {version} abandonné",
    )
    TEXTE_GIVEN_BACK = (
        "texte.given_back",
        "Texte «\u00a0{texte}\u00a0»\u00a0: le fichier l’emporte de nouveau sur la version {version}",
    )
    COMPTE_ANS_CHANGED = "compte_ans.changed", "Nouveaux rôles à l’ANS pour {compte} : {roles}"


class SecurityEvent(TextChoices):
    """What the security log notes: sign-ins and failures, proofs given again, files and exports read, roles changed."""

    SIGNED_IN = "signed_in", "Connexion"
    SIGN_IN_FAILED = "sign_in_failed", "Connexion refusée"
    SLOWED_DOWN = "slowed_down", "Trop d’essais : connexion suspendue"
    SIGNED_OUT = "signed_out", "Déconnexion"
    PROOF_GIVEN = "proof_given", "Identité prouvée de nouveau"
    PROOF_FAILED = "proof_failed", "Preuve d’identité refusée"
    FACTOR_CHANGED = "factor_changed", "Second facteur ajouté ou retiré"
    FACTOR_FAILED = "factor_failed", "Second facteur refusé"
    PASSWORD_LINK_ASKED = "password_link_asked", "Lien de mot de passe demandé"
    PASSWORD_CHANGED = "password_changed", "Mot de passe changé"
    ADDRESS_CHANGED = "address_changed", "Adresse e-mail changée"
    PROVIDER_REFUSED = "provider_refused", "Réponse du fournisseur d’identité refusée"
    SEEN_AS = "seen_as", "Portail consulté comme une autre personne"
    FILE_READ = "file_read", "Fichier ou export lu"
    ROLE_CHANGED = "role_changed", "Rôle donné, changé ou retiré"
    JOURNAL_NOT_ANCHORED = "journal_not_anchored", "Journal non ancré"
    SECURITY_READ = "security_read", "Journal de sécurité consulté"
