"""What the web server runs."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
application = get_wsgi_application()

# Loads all pages, which the first one who asks would wait for.
_pages = get_resolver().url_patterns

# What was loaded stays for good: there is no use in looking through it again and again while people wait.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
