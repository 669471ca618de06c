"""Settings of the local provider; `python -m fournisseur` gives the variables."""

import os
from pathlib import Path

FOLDER = Path(os.environ["FOURNISSEUR_FOLDER"])
ISSUER = os.environ["FOURNISSEUR_ISSUER"]
# Who exists: a list of {"sub", "name", "role", "claims"}. Read at each request, as are the lies that the tests ask for.
PEOPLE = Path(os.environ["FOURNISSEUR_PEOPLE"])
LIES = Path(os.environ["FOURNISSEUR_LIES"]) if os.environ.get("FOURNISSEUR_LIES") else None

SECRET_KEY = (FOLDER / "secret_key").read_text()
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "fournisseur.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "oauth2_provider",
    "fournisseur",
]
MIDDLEWARE = [
    "fournisseur.validators.ailing",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "fournisseur.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Beside the portal's, on the same host: a cookie does not know ports.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "fournisseur_session", "fournisseur_csrf"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "/connexion/"
USE_TZ, TIME_ZONE, LANGUAGE_CODE = True, "UTC", "fr"
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": ISSUER,
    "OIDC_RSA_PRIVATE_KEY": (FOLDER / "key.pem").read_text(),
    "OIDC_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_VALIDATOR_CLASS": "fournisseur.validators.Validator",
    "SCOPES": {"openid": "Identité", "email": "Adresse", "profile": "Nom", "entreprise": "Entreprise et rôle"},
    "PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "ALLOWED_SCHEMES": ["http", "https"],
    "ID_TOKEN_EXPIRE_SECONDS": 300,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
    "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
}
