"""Django settings. Every ``MUNIMENT_*`` setting is listed in docs/reference/settings.md; a test fails when one is not."""

from __future__ import annotations

import os
from pathlib import Path

from muniment.config.database import OwnerMigrates, django_databases
from muniment.config.logs import configure
from muniment.config.paths import data_dir
from muniment.kernel import keyfiles

PACKAGE = Path(__file__).resolve().parent.parent
DATA = data_dir()


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


MUNIMENT_KEYS = DATA / "keys"
MUNIMENT_DOCUMENTS = Path(os.environ.get("MUNIMENT_DOCUMENTS", DATA / "documents"))
MUNIMENT_ANCHORS = Path(os.environ.get("MUNIMENT_ANCHORS", DATA / "anchors" / "audit.jsonl"))
MUNIMENT_SCAN_FOLDER = Path(os.environ["MUNIMENT_SCAN_FOLDER"]) if os.environ.get("MUNIMENT_SCAN_FOLDER") else None
MUNIMENT_CHANNELS = Path(os.environ["MUNIMENT_CHANNELS"]) if os.environ.get("MUNIMENT_CHANNELS") else None
MUNIMENT_CLAMD = os.environ.get("MUNIMENT_CLAMD", "")
MUNIMENT_GROUPER = os.environ.get("MUNIMENT_GROUPER", "")
MUNIMENT_BEHIND_PROXY = flag("MUNIMENT_BEHIND_PROXY")
MUNIMENT_HTTPS = flag("MUNIMENT_HTTPS")

SECRET_KEY = keyfiles.key(MUNIMENT_KEYS, "django").hex()
DEBUG = flag("MUNIMENT_DEBUG")
ALLOWED_HOSTS = os.environ.get("MUNIMENT_HOSTS", "localhost 127.0.0.1 [::1] testserver").split()
CSRF_TRUSTED_ORIGINS = os.environ.get("MUNIMENT_ORIGINS", "").split()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "muniment.ui",
    "muniment.audit",
    "muniment.work",
    "muniment.accounts",
    "muniment.access",
    "muniment.rulebook",
    "muniment.terminology",
    "muniment.identity",
    "muniment.encounters",
    "muniment.record",
    "muniment.completion",
    "muniment.coding",
    "muniment.qualitative",
    "muniment.delinquency",
    "muniment.transcription",
    "muniment.pending",
    "muniment.querying",
    "muniment.dnfb",
    "muniment.codingaudit",
    "muniment.openreview",
    "muniment.codeupdates",
    "muniment.suggestions",
    "muniment.operations",
    "muniment.intake",
    "muniment.scanning",
    "muniment.tracking",
    "muniment.misfiling",
    "muniment.forms",
    "muniment.downtime",
    "muniment.channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "muniment.core",  # last: after every other app's migrations it settles the privileges
]

MIDDLEWARE = [
    "muniment.config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "muniment.core.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "muniment.access.middleware.AccessMiddleware",
    "muniment.core.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "muniment.config.urls"
WSGI_APPLICATION = "muniment.config.wsgi.application"

FORM_RENDERER = "muniment.ui.forms.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates"],  # ours come before those of the libraries they dress
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "muniment.config.frame.frame",
            ],
        },
    },
]

DATABASES = django_databases()
DATABASE_ROUTERS = [f"{OwnerMigrates.__module__}.{OwnerMigrates.__name__}"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["muniment.accounts.backend.SealedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "muniment.accounts.adapter.ClosedDoor"
ACCOUNT_FORMS = {"login": "muniment.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,30/15m/ip"}  # lockout: five wrong passwords close the name for a quarter hour
ALLAUTH_TRUSTED_PROXY_COUNT = int(MUNIMENT_BEHIND_PROXY)  # else the proxy's own address would be everybody's
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not MUNIMENT_HTTPS
MFA_TOTP_ISSUER = "Muniment"

SESSION_ENGINE = "muniment.accounts.sessions"
SESSION_COOKIE_AGE = int(os.environ.get("MUNIMENT_SESSION_MINUTES", "30")) * 60
SESSION_SAVE_EVERY_REQUEST = True  # the time-out counts from the last request
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MUNIMENT_HTTPS
SECURE_SSL_REDIRECT = MUNIMENT_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if MUNIMENT_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MUNIMENT_BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the viewer shows documents in a frame of our own origin

CACHES = {"default": {"BACKEND": "muniment.core.cache.JsonCache"}}
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2500  # a page of outside records has a thousand lines of two fields each
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING_CONFIG = None
configure(debug=DEBUG)
