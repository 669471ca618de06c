from django.apps import AppConfig


class GuichetsConfig(AppConfig):
    name = "guichets"
    verbose_name = "Guichets"

    def ready(self) -> None:
        from comptes import journal, notices
        from guichets import mails
        from guichets.enums import Act
        from guichets.models import Anomalie, Capture, DemandeAuGuichet
        from guichets.queries import pieces_of_captures, said_of_preuve
        from preuves.queries import register_beside, register_readable

        journal.register(Act, {})
        register_beside(said_of_preuve)
        register_readable(pieces_of_captures)
        notices.register_owners(
            {
                "anomalie": notices.owned_by(Anomalie, "demande__candidature__produit__editeur"),
                "capture": notices.owned_by(Capture, "demande__candidature__produit__editeur"),
                "demande_guichet": notices.owned_by(DemandeAuGuichet, "candidature__produit__editeur"),
            }
        )
        notices.register(
            notices.Kind("guichets.etape_reached", "Étape d’un guichet", mails.is_still_there, mails.etape_reached),
            notices.Kind(
                "guichets.grant_to_reconfirm", "Accord à reconfirmer", mails.grant_is_old, mails.grant_to_reconfirm
            ),
            notices.Kind(
                "guichets.etape_returned", "Retour en arrière d’un guichet", mails.stands_back, mails.etape_returned
            ),
            notices.Kind(
                "guichets.anomalie_opened", "Anomalie d’un guichet", mails.anomalie_lives, mails.anomalie_opened
            ),
            notices.Kind("guichets.capture_refused", "Capture refusée", mails.refusal_stands, mails.capture_refused),
        )
