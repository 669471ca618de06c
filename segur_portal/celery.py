"""Celery: effects follow a commit, sweeps follow the clock. Both are found by the name of their room."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

app = Celery("segur_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="effects")
app.autodiscover_tasks(related_name="sweeps")
