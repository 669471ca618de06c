"""Settings of the portal, read from the environment. `docs/exploitation.md` lists the variables."""

import tomllib
from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from kombu import Queue

from segur_portal import openid, outside, publisher, queues

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
# Only these addresses may say when a request arrived (X-Request-Start) and from whom (X-Forwarded-For); elsewhere the
# headers are ignored. How many of them stand in a row before the portal: further in X-Forwarded-For, a client wrote.
TRUSTED_PROXIES = [ip_network(network) for network in env.list("TRUSTED_PROXIES", default=[])]
PROXIES_IN_A_ROW = env.int("PROXIES_IN_A_ROW", default=1)
# Seconds. What the proxy lets a request wait (nginx: `proxy_read_timeout`), and for how long the stamp that it puts on
# its arrival is believed: two hours, the slowest deposit that anybody makes.
PROXY_TIMEOUT = env.int("PROXY_TIMEOUT", default=300)
STAMP_BELIEVED_FOR = env.int("STAMP_BELIEVED_FOR", default=7200)

INSTALLED_APPS = [
    "segur_portal",
    "referencement",
    "guichets",
    "preuves",
    "candidatures",
    "comptes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "segur_portal.middleware.arrival",
    "segur_portal.middleware.security_log",
    "segur_portal.middleware.protective_headers",
    "segur_portal.middleware.health_first",
    "segur_portal.middleware.in_french",
    "segur_portal.middleware.utf8_only",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "segur_portal.middleware.SigningIn",
    "segur_portal.middleware.refuse_nul_in_the_path",
    "segur_portal.middleware.SignInOrKeepWhatWasTyped",
    "segur_portal.middleware.SeeingAs",
    "segur_portal.middleware.AskTheSecondFactor",
    "segur_portal.middleware.ConfirmBeforeGraveActs",
    "segur_portal.middleware.KeepWhatWasTyped",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "segur_portal.middleware.read_only_when_safe",
]

ROOT_URLCONF = "segur_portal.urls"
WSGI_APPLICATION = "segur_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["segur_portal.loaders.OfTheProject", "segur_portal.loaders.OfTheApps"],
                )
            ],
            "builtins": ["segur_portal.templatetags.components", "comptes.templatetags.typographie"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "segur_portal.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "segur_portal.forms.PortalRenderer"

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "segur_portal.postgresql"  # what follows an act is written before its commit
# Seconds. What a connection prepared is planned again on the next one.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Nobody waits for the database longer than this, in seconds: for its answer, for a row that somebody holds, and it for
# somebody who began a transaction. A long migration or import sets the first to 0.
_PATIENCE = {
    "statement_timeout": env.int("DATABASE_STATEMENT_TIMEOUT", default=60),
    "lock_timeout": env.int("DATABASE_LOCK_TIMEOUT", default=10),
    "idle_in_transaction_session_timeout": env.int("DATABASE_IDLE_TIMEOUT", default=120),
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=env.int("DATABASE_CONNECT_TIMEOUT", default=5),
    # What is prepared is planned once on a connection, and not five times with its values before (decision 39).
    options="-c plan_cache_mode=force_generic_plan"
    + "".join(f" -c {name}={seconds}s" for name, seconds in _PATIENCE.items()),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
# Both may be away: pages then ask the database. A session is kept there no longer than a minute, since what is ended
# while Redis does not answer is ended in the database alone.
_REDIS = {"BACKEND": "segur_portal.caches.ForgivingCache", "LOCATION": REDIS_URL}
CACHES = {"default": _REDIS, "sessions": {**_REDIS, "KEY_PREFIX": "session", "OPTIONS": {"LONGEST": 60}}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 3600)

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TIMEZONE = "Europe/Paris"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
# An act never waits for a broker that is down: publishing gives up at once (`max_retries` is the transport's own), the
# row stays, the sweep takes it up.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    "max_retries": 0,
}
# One queue a kind, a limit for every task, and how often beat rings: `queues.py` is the table.
CELERY_TASK_QUEUES = [Queue(name) for name in queues.QUEUES]
CELERY_TASK_DEFAULT_QUEUE = queues.DATES
CELERY_TASK_ROUTES = queues.routes()
CELERY_TASK_ANNOTATIONS = queues.limits()
CELERY_BEAT_SCHEDULE = queues.schedule()
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

AUTH_USER_MODEL = "comptes.Compte"
AUTHENTICATION_BACKENDS = ["comptes.requests.PortalBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "comptes.models.passwords.OwnWordsValidator"},
]
PASSWORD_HASHERS = ["segur_portal.hashing.BoundedArgon2"]
# Whether the people of the ANS sign in with a second factor; others may.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)
OTP_TOTP_ISSUER = "Portail Ségur"
# How many seconds a proof of identity holds for the acts of `segur_portal/acts.py`; later, it is asked again.
PROOF_IS_FRESH_FOR = 600
LOGIN_URL = "comptes:sign_in"
ANS_LANDING_URL = "referencement:journee"  # where somebody of the ANS arrives
LOGIN_REDIRECT_URL = "referencement:accueil"
LOGOUT_REDIRECT_URL = "home"

# The sign-in by an identity provider; without an issuer, passwords alone.
OIDC = openid.provider(env)

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
# The dispositifs that are open, by code; all of catalogue/dispositifs/ when none is named. Other folders than that one
# are for the demonstration and the tests.
DISPOSITIFS = env.list("DISPOSITIFS", default=[])
_TRIALS = [str(BASE_DIR / "segur_portal/demo/dispositifs")] if DEMO else []
DISPOSITIF_FOLDERS = [Path(folder) for folder in env.list("DISPOSITIF_FOLDERS", default=_TRIALS)]

STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))
# What the journal's chains were each day, kept outside the database, in files: on another disk, that the database's
# people do not write. Stamped by an authority (RFC 3161) when one is named, with the certificates (PEM) that vouch for
# it; else signed with a key of the portal.
JOURNAL_ANCHORS_ROOT = env.str("JOURNAL_ANCHORS_ROOT", default="") or str(Path(MEDIA_ROOT) / "ancrages")
JOURNAL_ANCHORS_KEY = env.str("JOURNAL_ANCHORS_KEY", default="") or SECRET_KEY
JOURNAL_TSA_URL = env.str("JOURNAL_TSA_URL", default="")
_TSA_ROOTS = env.str("JOURNAL_TSA_ROOTS", default="")
JOURNAL_TSA_ROOTS = Path(_TSA_ROOTS).read_bytes() if _TSA_ROOTS else b""
# The pièces are private: no address leads to them but a view that checks who asks. A bucket, when one is named.
PIECES_BUCKET = env.str("PIECES_BUCKET", default="")
_ON_DISK = outside.folder(str(MEDIA_ROOT))
# Where a permanent Gazelle link may lead: the agency's public hosts, of vague 2 and of vague 1.
GAZELLE_HOSTS = env.list(
    "GAZELLE_HOSTS", default=["interop.referencement.esante.gouv.fr", "interopsegur.esante.gouv.fr"]
)
GUICHETS = outside.guichets(env, sorted(path.stem for path in (BASE_DIR / "catalogue" / "guichets").glob("*.toml")))
SIGNATURE = outside.signature(env)
STORAGES = {
    "default": _ON_DISK,
    "pieces": outside.bucket(env, PIECES_BUCKET) if PIECES_BUCKET else _ON_DISK,
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Portail Ségur <ne-pas-repondre@portail-segur.example>")
MAIL_ROOT = env.str("MAIL_ROOT", default="")
if MAIL_ROOT:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_ROOT
else:
    vars().update(env.email("EMAIL_URL", default="consolemail://"))
# Seconds, for each exchange with the mail server.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        # The parts of a file go from the browser to the bucket, when there is one.
        "connect-src": [SELF, *(outside.bucket_origins(env, PIECES_BUCKET) if PIECES_BUCKET else [])],
        "manifest-src": [SELF],
        # A browser holds a form to this list until the end of its redirections: signing in and out lead there.
        "form-action": [SELF, *OIDC["origins"]],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
HTTPS = PORTAL_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Whether the neighbours of this domain are served by HTTPS is not the portal's to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# The portal needs none of what a browser may lend to a page.
_SENSORS = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
PERMISSIONS_POLICY = ", ".join(f"{sensor}=()" for sensor in _SENSORS.split())
# Who receives what is found wrong with the portal's security: `mailto:…` or `https://…`, said in security.txt.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
# Who runs the portal, named in the pages that the law asks for; the release, said at the foot of each page.
PUBLISHER = publisher.publisher(env)
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "segur_portal.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# A text pasted by mistake, however long, is refused in a sentence at its field, and not by a bare page.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
# The longest lists of the dossier administratif, 200 lines each, make some thousands of fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_HANDLERS = ["segur_portal.uploads.HashingHandler"]
# Files arrive on the file system of the storage, which then renames them. What a killed process left is swept away.
ARRIVALS_ROOT = str(Path(MEDIA_ROOT) / "arrivees")
# A file comes in parts of that many bytes, each one declared by its sha256 before any travels. A bucket wants 5 MB or
# more.
UPLOAD_PART_SIZE = 8 * 1024 * 1024
# A browser sends as many parts in one request as its line carries in that many seconds; with 0, one by one.
UPLOAD_REQUEST_SECONDS = 10
# Larger than any file that a nature of preuve accepts: beyond it, nothing is kept.
LARGEST_UPLOAD = 500 * 1024 * 1024
# The antivirus: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Empty, no file ever opens; « none », none is scanned,
# all of them open, and each page says so.
CLAMD_URL = env.str("CLAMD_URL", default="none" if DEMO else "")
# Whether each file is opened once it has arrived, in a process apart; if not, each page says that it is not verified.
PROBES = env.bool("PROBES", default=True)
# The executable that reads images (OCR), found on the PATH or by its path; empty or absent, images are not read.
TESSERACT = env.str("TESSERACT", default="tesseract")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "segur_portal.logs.LogLine", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("fontTools", "httpx", "pyhanko", "weasyprint.progress")},
}
