"""The portal's settings, with the limit view and `manage.py populate`."""

from segur_portal.settings import *  # noqa: F403 -- all of them, as they are

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")  # noqa: F405
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
SECOND_FACTOR_REQUIRED = False  # whoever signs in here types nothing
INSTALLED_APPS.append("bench.populate")  # noqa: F405
