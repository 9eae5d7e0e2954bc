"""How is this hub set up? Everything comes from the environment and files under JIGSAW_HOME.

Fails loudly at start: a missing or unreadable secret, or a database that cannot be reached, is an
error in words, never a default.
"""

import os
import re
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from jigsaw.hub.config import secrets
from jigsaw.hub.kit import mail_server, postgres
from jigsaw.hub.people.national_register import setting_up as national_register
from jigsaw.hub.web.accounts import providers
from jigsaw.papers import Scanner

ROOT = Path(__file__).resolve().parents[4]
HOME = Path(os.environ.get("JIGSAW_HOME", "var")).resolve()


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks that the environment names, with commas between them; none where it names none."""
    try:
        return [ip_network(one.strip()) for one in os.environ.get(name, "").split(",") if one.strip()]
    except ValueError as error:
        raise RuntimeError(f"{name} is to name networks, such as 10.20.0.0/16: {error}.") from error


SECRET_KEY = secrets.text(HOME, "session-key")
# What the service tells the database about whom it works for is signed with this (see kit.context).
GUARD_KEY = secrets.key(HOME, "guard-key")
DRAFT_KEY = secrets.key(HOME, "draft-key")
# What secrets of authenticator apps are sealed with, and recovery codes hashed.
SECOND_FACTOR_KEY = secrets.key(HOME, "second-factor-key")
# What the keys of sealed rows are sealed with (kit.sealed_words): read anew each time, for the same reason as below.
SEALED_WORDS_KEYS = partial(secrets.key_ring, HOME, "sealed-words-key")
CHANGE_SEALED_WORDS_KEYS = partial(secrets.change_key_ring, HOME, "sealed-words-key")
SEALED_WORDS_KEYS_FROM_OUTSIDE = secrets.from_environment("sealed-words-key")
# What heads of the audit log are signed with: read anew each time, so that every process sees a changed key.
AUDIT_SIGNING_KEY = partial(secrets.key, HOME, "audit-signing-key")
CHANGE_AUDIT_SIGNING_KEY = partial(secrets.change_key, HOME, "audit-signing-key")
# With partner hubs: what our letters are signed with, what the keys of each partnership are sealed with, and how
# long after a question its answer leaves, however soon it is known.
HUB_SIGNING_KEY = secrets.key(HOME, "hub-signing-key")
PARTNER_KEY = secrets.key(HOME, "partner-hub-key")
PARTNER_ANSWER_AFTER_SECONDS = 0.25
# What the secrets are sealed with that authorities' systems share with us, and which networks those systems may be in
# besides the public one: an address that leads anywhere else inside is never called.
ALERT_HOOK_KEY = secrets.key(HOME, "alert-hook-key")
ALERT_HOOK_NETWORKS = networks("JIGSAW_ALERT_NETWORKS")

DEBUG = False
ALLOWED_HOSTS = os.environ.get("JIGSAW_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
# Behind TLS (any real deployment) set JIGSAW_HTTPS=1; the embedded default serves on loopback only.
HTTPS = os.environ.get("JIGSAW_HTTPS") == "1"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """A setting of the environment that is one of these words; the first where it is not set."""
    given = os.environ.get(name, allowed[0])
    if given not in allowed:
        raise RuntimeError(
            f"{name} is “{given}”. Set it to one of: {', '.join(filter(None, allowed))}; or leave it out."
        )
    return given


def whole_number(name: str, unless_set: int) -> int:
    """A setting of the environment that is a whole number of at least 1."""
    given = os.environ.get(name, "") or str(unless_set)
    if not (given.isascii() and given.isdigit() and int(given)):
        raise RuntimeError(f"{name} is “{given}”. Set it to a whole number of at least 1, or leave it out.")
    return int(given)


def sorted_hashes(name: str) -> Path | None:
    """The file that the environment names, of SHA-1 hashes in capitals and in order; None where it names none."""
    given = os.environ.get(name)
    if not given:
        return None
    try:
        with Path(given).open("rb") as lines:
            first, second = lines.readline()[:40], lines.readline()[:40]
    except OSError as error:
        raise RuntimeError(f"{name}: {given} cannot be read. Name a file, or leave it out.") from error
    if not re.fullmatch(rb"[0-9A-F]{40}", first) or (second and second <= first):
        raise RuntimeError(
            f"{name}: {given} is not a list of SHA-1 hashes in capitals, one a line and in their order, as Have I "
            "Been Pwned hands it out."
        )
    return Path(given)


def connection(url: str) -> dict[str, object]:
    """Django's settings for a postgresql:// URL."""
    return {
        **postgres.django_database(url),
        "ENGINE": "jigsaw.hub.kit.guarded_postgres",
        # Every read of a child's information is authorised and audited in one transaction.
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


_databases = postgres.databases(HOME, os.environ)
DATABASES = {
    "default": connection(_databases.app_url),
    # Migrates and owns the tables; the service itself never connects with it.
    "owner": {**connection(_databases.owner_url), "ATOMIC_REQUESTS": False},
}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "jigsaw.hub.kit",
    "jigsaw.hub.audit",
    "jigsaw.hub.agencies",
    "jigsaw.hub.agreements",
    "jigsaw.hub.people",
    "jigsaw.hub.partner_hubs",
    "jigsaw.hub.decisions",
    "jigsaw.hub.chronology",
    "jigsaw.hub.alerts",
    "jigsaw.hub.unscheduled_care",
    "jigsaw.hub.referrals",
    "jigsaw.hub.patterns",
    "jigsaw.hub.enquiries",
    "jigsaw.hub.information_requests",
    "jigsaw.hub.disclosures",
    "jigsaw.hub.encompass",
    "jigsaw.hub.corrections",
    "jigsaw.hub.rights",
    "jigsaw.hub.retention",
    "jigsaw.hub.web",
    "django.forms",  # after ours, whose templates stand before its own
]

MIDDLEWARE = [
    "jigsaw.hub.web.middleware.SecurityHeaders",
    "jigsaw.hub.web.middleware.NothingInPlainText",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jigsaw.hub.web.middleware.KnownMethods",
    "jigsaw.hub.web.middleware.AskedFromHere",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "jigsaw.hub.web.middleware.KeepUnsentWords",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jigsaw.hub.web.middleware.SessionClock",
    "jigsaw.hub.web.door.Acting",
    "jigsaw.hub.web.middleware.PutAway",
    "django.contrib.messages.middleware.MessageMiddleware",
    "jigsaw.hub.web.middleware.SayWhatToDo",
]

ROOT_URLCONF = "jigsaw.hub.config.urls"
WSGI_APPLICATION = "jigsaw.hub.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.static", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jigsaw.hub.web.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "jigsaw.hub.web.forms.Renderer"

AUTH_USER_MODEL = "agencies.Practitioner"
AUTHENTICATION_BACKENDS = ["jigsaw.hub.web.accounts.signing_in.PractitionerBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "jigsaw.hub.agencies.guessable.WordsOfTheWork"},
    {"NAME": "jigsaw.hub.agencies.guessable.SoonGuessed"},
    {"NAME": "jigsaw.hub.agencies.guessable.Leaked"},
]
# Passwords known from breaches, as Have I Been Pwned hands them out (agencies.guessing); none unless a file is named.
LEAKED_PASSWORDS = sorted_hashes("JIGSAW_LEAKED_PASSWORDS")
CSRF_FAILURE_VIEW = "jigsaw.hub.web.drafting.csrf_failed"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"

# Must everybody who signs in with a password have a second factor? "required" or "offered"; unless set: required, except
# in the demonstration, where newcomers sign in with one passphrase (agencies.second_factors.required).
SECOND_FACTOR = one_of("JIGSAW_SECOND_FACTOR", ("", "required", "offered"))

# For how many days a password that somebody else gave lets its owner in (agencies.first_passwords).
FIRST_PASSWORD_DAYS = whole_number("JIGSAW_FIRST_PASSWORD_DAYS", 7)

# What one practitioner may search for, and how many people's pages they may open, a minute and an hour (people.pace).
MOST_A_MINUTE = whole_number("JIGSAW_MOST_A_MINUTE", 120)
MOST_AN_HOUR = whole_number("JIGSAW_MOST_AN_HOUR", 1000)

# With whom else one may sign in, by code; nobody unless configured.
SIGN_IN_WITH = providers.from_environment(os.environ)

# A browser believes a name that begins so only of this very host, over TLS; on plain HTTP it would take no such cookie.
_OF_THIS_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_OF_THIS_HOST}jigsaw-session"
CSRF_COOKIE_NAME = f"{_OF_THIS_HOST}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
# What a page says after an act waits on the server: no cookie holds words.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# 10 minutes idle, 8 hours in all: kept by web.middleware.SessionClock.
SESSION_IDLE_SECONDS = 600
SESSION_ABSOLUTE_SECONDS = 8 * 3600
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
X_FRAME_OPTIONS = "DENY"
# Whether browsers are to know a domain as TLS only from their factory on is for whoever owns the domain to say.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# 10,000-character notes by the dozen are fine; a flood is not.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "jigsaw.hub.web.uploads.InMemory",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Who looks at documents before they are kept: tcp://HOST:PORT or unix:///PATH of a ClamAV daemon; nobody unless set.
VIRUS_SCANNER = Scanner(os.environ["JIGSAW_CLAMD"]) if os.environ.get("JIGSAW_CLAMD") else None

# By which server e-mail leaves (alerts.reminders); by none unless one is named.
globals().update(mail_server.from_environment(os.environ, partial(secrets.given, HOME, "mail-password")))
SENDS_MAIL = bool(os.environ.get("JIGSAW_MAIL"))

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {"staticfiles": {"BACKEND": "jigsaw.hub.web.storage.Storage"}}

# Where NHS numbers are asked for; None, as it is unless configured: nowhere.
NATIONAL_REGISTER = national_register.from_environment(os.environ)

# Logs carry ids, never personal data: see kit.logs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "jigsaw.hub.kit.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "jigsaw": {"level": "INFO"},
        # At INFO it logs each address it calls, and the address of a search holds a name.
        "httpx": {"level": "WARNING"},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}
