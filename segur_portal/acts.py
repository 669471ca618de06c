"""The acts that ask who one is again, each by the address that it is posted to: one list, for every floor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GraveAct:
    """One act.

    `gestures`: those of the address that ask, by the word that the form or the address bears; all when empty.
    `stronger`: a password does not prove it, since a mailbox is enough to choose another one: it takes the second step
    of the sign-in, or the identity provider.
    """

    address: str
    sentence: str
    gestures: tuple[str, ...] = ()
    stronger: bool = False


GRAVE_ACTS = (
    GraveAct("preuves:rem_publish", "Publier une version du REM"),
    GraveAct("preuves:equivalences_publish", "Publier une table d’équivalences"),
    GraveAct("referencement:foreclose", "Prononcer une forclusion"),
    GraveAct("referencement:derogation_decide", "Se prononcer sur une dérogation"),
    GraveAct("referencement:seance_close", "Clore une séance du collège et publier ses décisions"),
    GraveAct("referencement:referencement_act", "Prononcer une mesure sur un référencement", ("prononcer",)),
    GraveAct("referencement:convention_act", "Signer une convention", ("signer",), stronger=True),
    GraveAct("referencement:withdraw", "Retirer une candidature"),
    GraveAct("referencement:renounce", "Renoncer à un référencement"),
    GraveAct("comptes:openid_start", "Rattacher une identité à votre compte", ("link",)),
    GraveAct("comptes:seat", "Changer le rôle d’une personne"),
    GraveAct("comptes:agent_new", "Donner un compte à une personne de l’agence"),
    GraveAct("comptes:agent", "Changer les rôles d’une personne de l’agence"),
    GraveAct("comptes:agent_act", "Suspendre, rétablir ou fermer un compte de l’agence, ou sa seconde étape"),
    GraveAct("comptes:see_as", "Voir le portail comme une autre personne"),
    GraveAct("comptes:factor_enrol", "Activer la seconde étape de connexion"),
    GraveAct("comptes:factor_renew", "Créer de nouveaux codes de secours"),
    GraveAct("comptes:factor_remove", "Retirer la seconde étape de connexion"),
)


def grave_act(address: str, gesture: str) -> GraveAct | None:
    """Return the act that a form posted to this address does, when it asks who one is again."""
    found = (one for one in GRAVE_ACTS if one.address == address)
    return next((one for one in found if not one.gestures or gesture in one.gestures), None)
