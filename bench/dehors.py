"""The settings of the outside limit: Django with a session and an account, without the portal's middleware."""

from segur_portal.settings import *  # noqa: F403 -- the database, the sessions and the models are the same

ROOT_URLCONF = "bench.limite"
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"  # noqa: F405
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "bench" / "templates"],  # noqa: F405
        "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth"]},
    }
]
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
