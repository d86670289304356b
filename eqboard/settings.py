"""Django's settings, made from config.py: nothing here reads the environment itself."""

import os
import warnings
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from eqboard.config import ROOT, ConfigError, get_config, listed
from eqboard.ops.logs import logging_config
from eqboard.sso import additions

config = get_config()

SECRET_KEY = config.secret_key.get_secret_value()
SECRET_KEY_FALLBACKS = listed(config.secret_key_fallbacks.get_secret_value())
DEBUG = config.debug
ALLOWED_HOSTS = listed(config.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [f"https://{host.removeprefix('.')}" for host in ALLOWED_HOSTS if host != "*"]

INSTALLED_APPS = [
    "daphne",  # before staticfiles: its runserver speaks websockets
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "eqboard.accounts",
    "eqboard.history",
    "eqboard.boards",
    "eqboard.control",
    "eqboard.poller",
    "eqboard.ops",
]

MIDDLEWARE = [
    "eqboard.boards.policy.every_answer",  # first: it covers the refusals of all the others
    "django.middleware.security.SecurityMiddleware",
    "eqboard.ops.static_files.static_files",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "eqboard.boards.bodies.only_whole_forms",  # it refuses in the reader's language, before anything of a form is read
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "eqboard.urls"
ASGI_APPLICATION = "eqboard.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.parse(config.database_url, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    if find_spec("psycopg") is None:
        raise ConfigError("EQBOARD_DATABASE_URL needs the driver for PostgreSQL: run `.ci/setup postgres`.")
    # Of a server that does not even refuse, people are told as soon as with SQLite; its driver would wait two minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    os.umask(os.umask(0o077) | 0o007)  # the file holds everybody's sessions: no business of the machine's other users
    # Several processes share the file: wait for a lock instead of failing, and let readers and the writer overlap.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 5,  # seconds: then whoever waits is told that eqboard is busy (boards/mishaps.py)
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
# Of every body, files and all, whoever sends it: a megabyte more than a board that is imported may have.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024 + 256 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = [
    "eqboard.accounts.hashing.FrugalArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Whoever guesses somebody's password from one place is made to wait; from elsewhere that person still gets in. Wider
# limits, of an address and of a name, stand in accounts/guessing.py.
AXES_HANDLER = "eqboard.accounts.guessing.WideLimits"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_CLIENT_IP_CALLABLE = "eqboard.accounts.address.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # five minutes are five minutes; and nothing more is recorded
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]  # what it writes down of a form is without these
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "board"
LOGOUT_REDIRECT_URL = "sign_in"

LANGUAGE_CODE = config.language
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("he", _("Hebrew"))]
LOCALE_PATHS = [ROOT / "eqboard" / "locale"]
FORMAT_MODULE_PATH = "eqboard.locale"
TIME_ZONE = config.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = ROOT / "staticfiles"
WHITENOISE_USE_FINDERS = True  # the first start needs no `collectstatic`; a deployment may still run it
WHITENOISE_MAX_AGE = 0  # names carry no hash, so browsers ask each time whether a file changed; it mostly did not
# `staticfiles/` is there only after a `collectstatic`, which the finders make unnecessary.
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)

# Browsers take a name with this beginning from the site itself alone, by HTTPS: no neighbour's name plants a session.
SESSION_COOKIE_NAME = "__Host-sessionid" if config.https else "sessionid"
KNOWN_COOKIE_NAME = "__Host-known" if config.https else "known"  # ours: see accounts/guessing.py
SESSION_ENGINE = "eqboard.accounts.session_store"
SESSION_COOKIE_AGE = int(config.session_hours * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = config.https
SECURE_SSL_REDIRECT = config.https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if config.https else 0
# For the board's own name alone: what else its domain serves, and how, is not for a wallboard to decide for a year.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
TRUST_PROXY = config.trust_proxy  # ours: see accounts/address.py
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if config.trust_proxy else None
X_FRAME_OPTIONS = "DENY"

# How people prove who they are beyond a password (sso.py)
SECOND_FACTOR = config.second_factor
OIDC_NAME = config.oidc_shown_name
OIDC_ONLY = config.oidc_only
OIDC_CREATE_USERS = config.oidc_create_users
_more = additions(config)
INSTALLED_APPS += _more.apps
MIDDLEWARE += _more.middleware
globals().update(_more.values)

LOGGING = logging_config()
