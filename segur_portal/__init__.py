"""The project: settings, URLs, middleware, tasks and the demonstration. It imports every app; no app imports it."""

from segur_portal.celery import app as celery_app

__all__ = ["celery_app"]
