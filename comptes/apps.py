from functools import partial

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "comptes"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from comptes import journal, mails, notices, queries
        from comptes.enums import Act
        from comptes.models import Invitation, Rattachement
        from comptes.queries.textes import LETTRE, Famille, lettres, preview_of_lettre, register_familles
        from comptes.views import confirm

        user_logged_in.connect(confirm.note_sign_in)

        journal.register(
            Act,
            {
                "compte": queries.names_of_comptes,
                "editeur": queries.names_of_editeurs,
                "inscription": queries.names_of_inscriptions,
                "invitation": queries.names_of_invitations,
            },
        )
        register_familles(
            Famille(
                LETTRE,
                "Notifications",
                binding=False,
                effect="Les prochaines notifications seront écrites ainsi. Celles qui sont parties ne changent pas.",
                textes=lettres,
                preview=preview_of_lettre,
            )
        )
        notices.register_owners(
            {
                "invitation": notices.owned_by(Invitation, "editeur"),
                "rattachement": notices.owned_by(Rattachement, "editeur"),
            }
        )
        notices.register(
            notices.NoticeKind(
                "comptes.invitation",
                "Invitation",
                mails.invitation_is_waiting,
                mails.invitation,
                legal=True,
                secret=True,
            ),
            notices.NoticeKind(
                "comptes.joined", "Arrivée dans l’équipe", mails.reader_still_sees_the_editeur, mails.joined
            ),
            notices.NoticeKind(
                "comptes.arrived", "Arrivée par le fournisseur", mails.reader_still_sees_the_editeur, mails.arrived
            ),
            notices.NoticeKind(
                "comptes.inscription_asked",
                "Demande d’inscription",
                mails.inscription_waits_for_reader,
                mails.inscription_asked,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "comptes.inscription_decided",
                "Réponse à une demande d’inscription",
                lambda notice: True,
                mails.inscription_decided,
                legal=True,
            ),
            notices.NoticeKind(
                "comptes.unreachable", "Personne injoignable", mails.is_still_unreachable, mails.unreachable
            ),
            notices.NoticeKind(
                "comptes.detached", "Fin de rattachement", lambda notice: True, mails.detached, legal=True
            ),
            notices.NoticeKind(
                "comptes.rights_changed",
                "Droits changés",
                lambda notice: True,
                partial(mails.rights_changed, lines=journal.lines),
                legal=True,
            ),
            notices.NoticeKind(
                "comptes.tied_young", "Moyen de signer à vérifier", lambda notice: True, mails.tied_young, legal=True
            ),
            notices.NoticeKind("comptes.seen_as", "Aide de l’agence", lambda notice: True, mails.seen_as, legal=True),
            notices.NoticeKind(
                "comptes.password_link",
                "Choix du mot de passe",
                lambda notice: True,
                mails.password_link,
                legal=True,
                secret=True,
            ),
            notices.NoticeKind(
                "comptes.password_changed",
                "Mot de passe changé",
                lambda notice: True,
                mails.password_changed,
                legal=True,
            ),
            notices.NoticeKind(
                "comptes.texte_waiting",
                "Texte à mettre en vigueur",
                mails.texte_waits_for_reader,
                mails.texte_waiting,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "comptes.texte_essai",
                "Essai d’un texte",
                lambda notice: True,
                mails.texte_essai,
                legal=True,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "comptes.factor_changed",
                "Seconde étape de connexion",
                lambda notice: True,
                mails.factor_changed,
                legal=True,
            ),
        )
