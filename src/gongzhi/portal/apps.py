"""Makes the room known to Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The door for everybody."""

    name = "gongzhi.portal"
    label = "portal"
