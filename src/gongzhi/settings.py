"""Django settings: one PostgreSQL, two roles, no door open by default.

`default` connects as the application's role, which row security binds; `owner` connects as the role that
owns the tables and is used only to migrate and to load a city pack.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Two processes that each start a thread a core for small sums only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from gongzhi.home import current_home, database_urls, django_database

_HERE = Path(__file__).resolve().parent
_home = current_home()

SECRET_KEY = _home.secrets.django_secret_key
PASS_KEY = bytes.fromhex(_home.secrets.pass_key)
"""Signs the pass that tells PostgreSQL for which post a transaction runs (see gongzhi.org.access)."""

DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("GONGZHI_HOSTS", "127.0.0.1,localhost").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GONGZHI_ORIGINS", "").split(",") if origin]
PROXIES = os.environ.get("GONGZHI_PROXIES", "")
"""Reverse proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas; none by default."""
HTTPS = os.environ.get("GONGZHI_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "gongzhi.org",
    "gongzhi.flow",
    "gongzhi.rulebooks",
    "gongzhi.catalog",
    "gongzhi.places",
    "gongzhi.registry",
    "gongzhi.notices",
    "gongzhi.visits",
    "gongzhi.clues",
    "gongzhi.exchange",
    "gongzhi.portal",
    "gongzhi.desk",
]

MIDDLEWARE = [
    "gongzhi.desk.proxies.ThroughProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gongzhi.desk.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gongzhi.desk.middleware.ActingPost",
]

ROOT_URLCONF = "gongzhi.urls"
WSGI_APPLICATION = "gongzhi.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "gongzhi.desk.context.desk",
            ],
        },
    },
]

_urls = database_urls()
EMBEDDED_DATABASE = _urls.embedded
DATABASES: dict[str, dict[str, Any]] = {
    "default": django_database(_urls.app),
    "owner": django_database(_urls.owner),
}
DATABASES["default"]["ENGINE"] = "gongzhi.database"
# Only gongzhi.org.prepared prepares statements. Where the driver prepares any of its own it lets go of all that a
# connection has, others' included, whenever a transaction is rolled back.
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = None
if int(os.environ.get("GONGZHI_POOL", "0")):
    # Each thread of the web server keeps its connection; a command needs one, for as long as it runs.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # A database that was restarted meanwhile must not be noticed by somebody's page.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASE_ROUTERS = ["gongzhi.org.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [_HERE / "desk" / "locale"]
LANGUAGE_COOKIE_NAME = "gongzhi_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = _home.path / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# The builder puts a digest of its content into each file's name.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/built/assets/.+-[\w-]{8}\."
STATICFILES_DIRS: list[Path] = []

SESSION_ENGINE = "gongzhi.desk.sessions"
SESSION_COOKIE_NAME = "gongzhi_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
# Pages carry the token themselves, so no script has to read the cookie.
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "gongzhi.desk.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GONGZHI_LOG", "WARNING")},
}
