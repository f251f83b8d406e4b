"""The settings of the office, made from its folder (`RISK_ENGINE_OFFICE`) and a few variables of the environment.

`RISK_ENGINE_OFFICE_CRITERIA` names the set of new cases, `RISK_ENGINE_DATABASE` a PostgreSQL in place of the SQLite
files of the folder (`postgresql://user@host/name`), `RISK_ENGINE_HOST` the name under which TLS stands in front,
`RISK_ENGINE_LISTS` the file of lists that is not in the folder,
`RISK_ENGINE_NOTICE` and `RISK_ENGINE_ACCESSIBILITY` pages of the institution (`notices`),
`RISK_ENGINE_PROXIES` through how many proxies a request comes (`serve --behind-proxy`).
"""

import logging
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from risk_engine.files.language import languages
from risk_engine.files.reading import read_bytes, templates_folder
from risk_engine.loading.sets import VARIABLE as _CRITERIA
from risk_engine.web import notices, single_sign_on, smtp

HERE = Path(__file__).parent
_VARIABLE = "RISK_ENGINE_OFFICE"
OFFICE = Path(os.environ.get(_VARIABLE, "office")).absolute()
"""Holds the database, the secret, what was uploaded; nothing of it is ever served as it lies there."""


def _secret() -> str:
    """Return the secret of this office, made when it is first needed and readable by its owner alone."""
    if _VARIABLE not in os.environ:  # somebody only looks at the code
        return secrets.token_urlsafe(64)
    OFFICE.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = OFFICE / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_bytes(path, 1024).decode("ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made := secrets.token_urlsafe(64))
    return made


def _sqlite(name: str, synchronous: str = "FULL") -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": OFFICE / name,
        # What a connection has read of the file it need not read again.
        "CONN_MAX_AGE": 60,
        # A write takes its lock at once: two that begin by reading would else end in "locked".
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA busy_timeout=20000; PRAGMA cache_size=-32000;"
            f"PRAGMA synchronous={synchronous};",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


# Sets that came in through the browser are read behind those that the server was told of.
_CAME_IN = OFFICE / "criteria"
_FOLDERS = os.environ.get(_CRITERIA, "").split(os.pathsep)
if _CAME_IN.is_dir() and str(_CAME_IN) not in _FOLDERS:
    os.environ[_CRITERIA] = os.pathsep.join(filter(None, (*_FOLDERS, str(_CAME_IN))))

SECRET_KEY = _secret()
DEBUG = False
_HOST = os.environ.get("RISK_ENGINE_HOST", "")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, [_HOST])]
CRITERIA = os.environ.get("RISK_ENGINE_OFFICE_CRITERIA") or None
"""Under which set new cases are begun; None: the default of the package."""
LISTS = Path(os.environ.get("RISK_ENGINE_LISTS") or OFFICE / "lists.sqlite").absolute()
"""The lists on which partners are looked up, as `risk-engine lists --store` keeps them."""
IS_BEHIND_TLS = bool(_HOST)
ADDRESS = f"https://{_HOST}" if _HOST else os.environ.get("RISK_ENGINE_ADDRESS", "http://localhost:8000")
"""Where people reach the office, for links in mail."""
SMTP = smtp.read(OFFICE)
"""Which server sends mail; None: the outbox shows it."""
NOTICES = notices.read()
"""Which pages of the institution the office leads to."""
PROXIES = int(os.environ.get("RISK_ENGINE_PROXIES", "0"))
"""How many of the hops in `X-Forwarded-For`, from its end, were written by proxies of this office."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "risk_engine.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "risk_engine.web.security.headers",
    "risk_engine.web.security.Static",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "risk_engine.web.security.signed_in",
    "risk_engine.web.security.limited",
]
ROOT_URLCONF = "risk_engine.web.urls"
AUTH_USER_MODEL = "web.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_URL = os.environ.get("RISK_ENGINE_DATABASE", "")
DATABASES = (
    {"default": _postgresql(_URL)}
    if _URL
    # A session does not wait for a case that is being written, nor for the disk: who loses one signs in again.
    else {"default": _sqlite("office.sqlite3"), "sessions": _sqlite("sessions.sqlite3", "NORMAL")}
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}}
"""Counts tries (limits.py): several processes serve, so none of them keeps count alone."""
DATABASE_ROUTERS = [] if _URL else ["risk_engine.web.databases.Sessions"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [templates_folder() / "web", templates_folder() / "pages"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "risk_engine.web.pages.environment"},
    },
]

FACTOR_REQUIRED = bool(_HOST)
"""Whether people have a second factor before they see anything: in a network yes, on a laptop it is offered."""
SIGN_ON = single_sign_on.read(OFFICE)
"""Who else signs people in."""
ACCOUNT_ADAPTER = "risk_engine.web.accounts.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_RATE_LIMITS = False  # limits.py counts, and says when to try again
ACCOUNT_TEMPLATE_EXTENSION = "j2"
MFA_ADAPTER = "risk_engine.web.accounts.Factors"
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "risk_engine.web.accounts.SignOn"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = single_sign_on.for_allauth(SIGN_ON)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
    )
]
PASSWORD_RESET_TIMEOUT = 60 * 60

SESSION_ENGINE = "risk_engine.web.sessions"
SESSION_COOKIE_AGE = 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_BEHIND_TLS
SESSION_COOKIE_NAME = "__Host-session" if IS_BEHIND_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_BEHIND_TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "risk_engine.web.security.not_from_here"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_BEHIND_TLS else 0
# With "no-referrer" a browser sends forms with the origin "null", which no page of ours has.
SECURE_REFERRER_POLICY = "strict-origin"
X_FRAME_OPTIONS = "DENY"

if SMTP is not None:
    EMAIL_HOST, EMAIL_PORT, DEFAULT_FROM_EMAIL = SMTP.host, SMTP.port, SMTP.sender
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP.user, SMTP.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = SMTP.security == "starttls", SMTP.security == "tls"
EMAIL_TIMEOUT = 20

USE_TZ = True
TIME_ZONE = "UTC"
CLOCK = os.environ.get("TZ")
"""What the environment says of the clock on the wall, before Django sets it to TIME_ZONE; `apps` sets it back."""
USE_I18N = True  # what Django says of a password
LANGUAGES = [(tag, tag) for tag in languages()]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = False
STATIC_ROOT = HERE / "static"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # a table of many cases has a hundred columns, each with what its cells mean
DATA_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
_TOKEN = re.compile(r"^(/i|/setup|/account/(?:choose|bind))/(?!check$|q/|entries/).+")


def without_tokens(record: logging.LogRecord) -> bool:
    """Cut from what is written down the links by which somebody comes in: Django names the address of each refusal."""
    if isinstance(record.args, tuple):
        record.args = tuple(_TOKEN.sub(r"\1/…", one) if isinstance(one, str) else one for one in record.args)
    return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": lambda: without_tokens}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["without_tokens"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
