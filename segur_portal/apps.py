from django.apps import AppConfig


class SegurPortalConfig(AppConfig):
    name = "segur_portal"
    verbose_name = "Portail Ségur"

    def ready(self) -> None:
        from segur_portal import checks, works  # noqa: F401 -- Django asks what is registered
        from segur_portal.names import keep_the_spaces_of_file_names

        works.connect()
        keep_the_spaces_of_file_names()
