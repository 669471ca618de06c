from django.apps import AppConfig


class GuichetsConfig(AppConfig):
    name = "guichets"
    verbose_name = "Guichets"
