from django.apps import AppConfig


class PreuvesConfig(AppConfig):
    name = "preuves"
    verbose_name = "Preuves"

    def ready(self) -> None:
        from comptes import journal, notices
        from preuves.enums import Act
        from preuves.mails import chapitres

        journal.register(Act, {})
        notices.register(
            notices.Kind(
                "preuves.chapitre_submitted",
                "Chapitre soumis",
                chapitres.is_still_submitted,
                chapitres.chapitre_submitted,
            ),
            notices.Kind(
                "preuves.dossier_moved", "Nouveau REM adopté", chapitres.is_still_there, chapitres.dossier_moved
            ),
        )
