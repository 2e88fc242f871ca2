"""The smallest site that `gongzhi up` can run: one page, and jobs; the supervision is tested, not the desk."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import path

from gongzhi.home import current_home, database_urls, django_database

if TYPE_CHECKING:
    from django.http import HttpRequest

SECRET_KEY = current_home().secrets.django_secret_key
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["procrastinate.contrib.django"]
DATABASES = {alias: django_database(database_urls().owner) for alias in ("default", "owner")}
PROCRASTINATE_IMPORT_PATHS = ["plain_tasks"]
ROOT_URLCONF = __name__
USE_TZ = True


def home(request: HttpRequest) -> HttpResponse:
    """Answer; or end the process, when told to, as a crash would."""
    if "crash" in request.GET:
        os.kill(os.getppid(), signal.SIGKILL)
    return HttpResponse(str(os.getpid()))


urlpatterns = [path("", home)]
