from django.apps import AppConfig


class PopulateConfig(AppConfig):
    """The app that gives `manage.py populate`, installed by `bench.settings`."""

    name = "bench.populate"
    label = "populate"
