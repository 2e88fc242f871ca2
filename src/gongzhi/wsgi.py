"""What the web server runs."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
application = get_wsgi_application()

# Loads all pages, which the first one who asks would wait for.
_pages = get_resolver().url_patterns

# Connections are gone through when a request has ended; looking again when the next one begins finds nothing new, for
# each is looked at before it is used. Nothing keeps a record of queries but a debugger.
request_started.disconnect(close_old_connections)
if not settings.DEBUG:
    request_started.disconnect(reset_queries)

# What was loaded stays for good: there is no use in looking through it again and again while people wait.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
