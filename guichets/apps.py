from django.apps import AppConfig


class GuichetsConfig(AppConfig):
    name = "guichets"
    verbose_name = "Guichets"

    def ready(self) -> None:
        from comptes import journal, notices
        from guichets import mails
        from guichets.enums import Act

        journal.register(Act, {})
        notices.register(
            notices.Kind("guichets.etape_reached", "Étape d’un guichet", mails.is_still_there, mails.etape_reached),
            notices.Kind(
                "guichets.anomalie_opened", "Anomalie d’un guichet", mails.anomalie_lives, mails.anomalie_opened
            ),
        )
