from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import path
from django.views.generic import RedirectView

from comptes.views import (
    account,
    agents,
    arrivals,
    editeurs,
    exports,
    factor,
    invitations,
    journals,
    listes,
    notifications,
    openid,
    passwords,
    regards,
    security,
    sessions,
    sign_in,
    team,
    textes,
    travaux,
)
from comptes.views.provider import WAY_BACK

app_name = "comptes"


def moved_to(name: str) -> Callable[..., HttpResponseBase]:
    """Redirect an old address to the new one for good, with its query: messages already sent still quote it."""
    pattern = f"{app_name}:{name}"
    return RedirectView.as_view(
        pattern_name=pattern, permanent=True, query_string=True, http_method_names=["get", "head"]
    )


urlpatterns = [
    path("connexion/", sign_in.sign_in, name="sign_in"),
    path("connexion/seconde-etape/", factor.ask, name="factor"),
    path("mon-compte/seconde-etape/", factor.enrol, name="factor_enrol"),
    path("mon-compte/seconde-etape/codes/", factor.renew, name="factor_renew"),
    path("mon-compte/seconde-etape/retirer/", factor.remove, name="factor_remove"),
    path("connexion/fournisseur/", openid.start, name="openid_start"),
    path(WAY_BACK, openid.come_back, name="openid_return"),
    path("arrivee/", arrivals.arrival, name="arrival"),
    path("mon-compte/inscription/", arrivals.own, name="inscription_own"),
    path("inscriptions/", arrivals.index, name="inscriptions"),
    path("inscriptions/<int:inscription_id>/", arrivals.decide, name="inscription"),
    path("deconnexion/", sign_in.sign_out, name="sign_out"),
    path("mot-de-passe-oublie/", passwords.forgotten, name="password_forgotten"),
    path("mot-de-passe/<str:uidb64>/<str:token>/", passwords.choose, name="password_reset"),
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/mot-de-passe/", passwords.change, name="password_change"),
    path("mon-compte/sessions/", sessions.page, name="sessions"),
    path("mon-compte/notifications/", notifications.index, name="notifications"),
    path("mon-compte/notifications/<int:notice_id>/", notifications.page, name="notification"),
    path("mon-compte/notifications/reglages/", notifications.settings, name="notification_settings"),
    path("mon-compte/avis/", moved_to("notifications"), name="old_notifications"),
    path("mon-compte/avis/<int:notice_id>/", moved_to("notification"), name="old_notification"),
    path("mon-compte/avis/reglages/", moved_to("notification_settings"), name="old_notification_settings"),
    path("mon-compte/adresse/", notifications.confirm_address, name="address_confirm"),
    path("invitation/<str:token>/", invitations.answer, name="invitation"),
    path("agence/comptes/", agents.index, name="agents"),
    path("agence/comptes/nouveau/", agents.invite, name="agent_new"),
    path("agence/comptes/<int:compte_id>/", agents.page, name="agent"),
    path("agence/comptes/<int:compte_id>/<slug:geste>/", agents.act, name="agent_act"),
    path("agence/journal/", journals.of_portail, name="journal_of_portail"),
    path("agence/textes/", textes.index, name="textes"),
    path("agence/textes/<str:cle>/", textes.page, name="texte"),
    path("agence/textes/<str:cle>/<slug:geste>/", textes.act, name="texte_act"),
    path("instruction/liste/<slug:sens>/", listes.neighbour, name="neighbour"),
    path("exports/", exports.index, name="exports"),
    path("exports/<slug:code>.<slug:nature>", exports.export, name="export"),
    path("non-parti/", travaux.index, name="travaux"),
    path("non-parti/messages/<int:notice_id>/reessayer/", travaux.retry_notice, name="notice_retry"),
    path("non-parti/travaux/<int:echec_id>/reessayer/", travaux.retry_work, name="work_retry"),
    path("securite/", security.index, name="security_log"),
    path("editeurs/", editeurs.index, name="editeurs"),
    path("editeurs/nouveau/", editeurs.register, name="editeur_new"),
    path("editeurs/<int:editeur_id>/", team.page, name="team"),
    path("editeurs/<int:editeur_id>/informations/", editeurs.correct, name="editeur_edit"),
    path("editeurs/<int:editeur_id>/inviter/", team.invite, name="invite"),
    path("editeurs/<int:editeur_id>/journal/", journals.of_editeur, name="journal"),
    path("invitations/<int:invitation_id>/annuler/", team.cancel_invitation, name="invitation_cancel"),
    path("rattachements/<int:rattachement_id>/", team.seat, name="seat"),
    path("rattachements/<int:rattachement_id>/detacher/", team.detach, name="detach"),
    path("rattachements/<int:rattachement_id>/voir/", regards.see_as, name="see_as"),
    path("voir/revenir/", regards.end, name="see_as_end"),
]
