from django.apps import AppConfig


class GuichetsConfig(AppConfig):
    name = "guichets"
    verbose_name = "Guichets"

    def ready(self) -> None:
        from comptes import journal, notices
        from guichets import mails
        from guichets.enums import Act
        from guichets.models import Anomalie, Capture, DemandeAuGuichet
        from guichets.queries.captures import pieces_of_captures
        from guichets.queries.lectures import words_of_the_desk
        from guichets.queries.preuves import name_in_a_rem, said_of_preuve
        from preuves.queries.beside import name_desks_with, register_beside
        from preuves.queries.fichiers import register_readable
        from preuves.queries.indices import register_reader

        journal.register(Act, {})
        register_beside(said_of_preuve)
        name_desks_with(name_in_a_rem)
        register_reader(words_of_the_desk)
        register_readable(pieces_of_captures)
        notices.register_owners(
            {
                "anomalie": notices.owned_by(Anomalie, "demande__candidature__produit__editeur"),
                "capture": notices.owned_by(Capture, "demande__candidature__produit__editeur"),
                "demande_guichet": notices.owned_by(DemandeAuGuichet, "candidature__produit__editeur"),
            }
        )
        notices.register(
            notices.NoticeKind(
                "guichets.etape_reached", "Étape d’un guichet", mails.is_still_there, mails.etape_reached, daily=True
            ),
            notices.NoticeKind(
                "guichets.grant_to_reconfirm",
                "Accord à reconfirmer",
                mails.grant_is_old,
                mails.grant_to_reconfirm,
            ),
            notices.NoticeKind(
                "guichets.etape_returned",
                "Retour en arrière à un guichet",
                mails.stands_back,
                mails.etape_returned,
                subscribed=True,
            ),
            notices.NoticeKind(
                "guichets.anomalie_opened",
                ("Réponse d’un guichet à vérifier"),
                mails.anomalie_lives,
                mails.anomalie_opened,
            ),
            notices.NoticeKind(
                "guichets.capture_refused", "Capture refusée", mails.refusal_stands, mails.capture_refused
            ),
        )
