"""The desk as a Django application: templates, tags, translations and built assets come with it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DeskConfig(AppConfig):
    """Staff pages. The label is `desk`; its tables keep failed sign-ins and files handed in."""

    name = "gongzhi.desk"
    label = "desk"
    verbose_name = gettext_lazy("工作台")
