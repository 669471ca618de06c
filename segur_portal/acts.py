"""The acts for which a person must prove their identity again: one list, for every app.

Each is known by the name of the URL that it is posted to.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class GraveAct:
    """One act that needs a fresh proof of identity.

    :param address: the name of its URL
    :param sentence: what the page of confirmation calls it, in French
    :param gestures: the values of `geste` that need the proof, when the address serves several acts; all when empty
    :param stronger: whether a password is not enough, since whoever reads the mailbox can choose a new one: the second
        factor or the identity provider is needed
    """

    address: str
    sentence: str
    gestures: tuple[str, ...] = ()
    stronger: bool = False


GRAVE_ACTS = (
    GraveAct("preuves:rem_publish", "Publier une version du REM"),
    GraveAct("preuves:rem_withdraw", "Retirer une version du REM"),
    GraveAct("preuves:equivalences_publish", "Publier une table d’équivalences"),
    GraveAct("preuves:equivalences_withdraw", "Retirer une table d’équivalences"),
    GraveAct("referencement:foreclose", "Prononcer une clôture pour dépôt hors délai (forclusion)"),
    GraveAct("referencement:derogation_decide", "Se prononcer sur une dérogation"),
    GraveAct("referencement:seance_close", "Clore une séance du collège et publier ses décisions"),
    GraveAct("referencement:referencement_act", "Prononcer une mesure sur un référencement", ("prononcer",)),
    GraveAct("referencement:convention_act", "Signer une convention", ("signer",), stronger=True),
    GraveAct("referencement:withdraw", "Retirer une candidature"),
    GraveAct("referencement:renounce", "Renoncer à un référencement"),
    GraveAct("candidatures:transfert_decide", "Approuver le transfert d’une solution"),
    GraveAct("comptes:openid_start", "Relier une identité à votre compte", ("link",)),
    GraveAct("comptes:seat", "Changer le rôle d’une personne"),
    GraveAct("comptes:agent_new", "Donner un compte à une personne de l’ANS"),
    GraveAct("comptes:agent", "Changer les rôles d’une personne de l’ANS"),
    GraveAct(
        "comptes:agent_act", "Suspendre, rétablir ou fermer un compte de l’ANS, ou réinitialiser sa seconde étape"
    ),
    GraveAct("comptes:see_as", "Voir le portail comme une autre personne"),
    GraveAct("comptes:factor_enrol", "Activer la seconde étape de connexion"),
    GraveAct("comptes:factor_renew", "Créer de nouveaux codes de secours"),
    GraveAct("comptes:factor_remove", "Retirer la seconde étape de connexion"),
)


def grave_act(address: str, gesture: str) -> GraveAct | None:
    """Return the act that a form posted to this address does, if it needs a fresh proof of identity."""
    acts = (act for act in GRAVE_ACTS if act.address == address)
    return next((act for act in acts if not act.gestures or gesture in act.gestures), None)
