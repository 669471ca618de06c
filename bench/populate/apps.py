from django.apps import AppConfig


class PopulateConfig(AppConfig):
    """For `manage.py populate` alone, where `bench.settings` are the settings."""

    name = "bench.populate"
    label = "populate"
