"""The environment variables that the portal's settings need; `conftest.py` imports this first."""

import gc
import os

import django
import pytest

if missing := [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]:
    raise pytest.UsageError(f"The tests need {' and '.join(missing)}. `script/test` starts both services.")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")
os.environ.setdefault("SECRET_KEY", "tests-only")
# What is imported and collected lives as long as the run: conftest.py calls the collector again once it is there.
gc.disable()
django.setup()
