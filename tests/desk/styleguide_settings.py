"""Settings under which the style guide runs alone, without a database.

`PYTHONPATH=tests/desk DJANGO_SETTINGS_MODULE=styleguide_settings python -m django runserver`
"""

from pathlib import Path

import gongzhi.desk

_DESK = Path(gongzhi.desk.__file__).parent

SECRET_KEY = "only for looking at the style guide"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "styleguide_urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "gongzhi.desk"]
MIDDLEWARE = [
    "styleguide_urls.strict_policy",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DATABASES: dict[str, dict[str, str]] = {}
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [_DESK / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
