from django.apps import AppConfig


class SegurPortalConfig(AppConfig):
    name = "segur_portal"
    verbose_name = "Portail Ségur"

    def ready(self) -> None:
        from segur_portal import checks, works  # noqa: F401 -- Django asks what is registered

        works.connect()
