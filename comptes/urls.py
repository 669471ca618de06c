from django.urls import path

from comptes.views import account, avis, editeurs, factor, invitations, journals, openid, passwords, sign_in, team
from comptes.views.provider import WAY_BACK

app_name = "comptes"
urlpatterns = [
    path("connexion/", sign_in.sign_in, name="sign_in"),
    path("connexion/seconde-etape/", factor.ask, name="factor"),
    path("mon-compte/seconde-etape/", factor.enrol, name="factor_enrol"),
    path("mon-compte/seconde-etape/codes/", factor.renew, name="factor_renew"),
    path("mon-compte/seconde-etape/retirer/", factor.remove, name="factor_remove"),
    path("connexion/fournisseur/", openid.start, name="openid_start"),
    path(WAY_BACK, openid.come_back, name="openid_return"),
    path("deconnexion/", sign_in.sign_out, name="sign_out"),
    path("mot-de-passe-oublie/", passwords.forgotten, name="password_forgotten"),
    path("mot-de-passe/<str:uidb64>/<str:token>/", passwords.choose, name="password_reset"),
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/mot-de-passe/", passwords.change, name="password_change"),
    path("mon-compte/avis/", avis.index, name="avis"),
    path("mon-compte/avis/<int:notice_id>/", avis.one, name="avis_one"),
    path("mon-compte/avis/reglages/", avis.settings, name="avis_settings"),
    path("mon-compte/adresse/", avis.confirm_address, name="address_confirm"),
    path("invitation/<str:token>/", invitations.answer, name="invitation"),
    path("editeurs/", editeurs.index, name="editeurs"),
    path("editeurs/nouveau/", editeurs.register, name="editeur_new"),
    path("editeurs/<int:editeur_id>/", team.page, name="team"),
    path("editeurs/<int:editeur_id>/informations/", editeurs.correct, name="editeur_edit"),
    path("editeurs/<int:editeur_id>/inviter/", team.invite, name="invite"),
    path("editeurs/<int:editeur_id>/journal/", journals.of_editeur, name="journal"),
    path("invitations/<int:invitation_id>/annuler/", team.cancel_invitation, name="invitation_cancel"),
    path("rattachements/<int:rattachement_id>/", team.seat, name="seat"),
    path("rattachements/<int:rattachement_id>/detacher/", team.detach, name="detach"),
]
