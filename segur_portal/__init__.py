"""The roof: settings, addresses, middleware, jobs and the demonstration. It sees every floor; no floor sees it."""

from segur_portal.celery import app as celery_app

__all__ = ["celery_app"]
