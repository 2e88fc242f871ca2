"""Makes the room known to Django."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The door for other systems."""

    name = "gongzhi.exchange"
    label = "exchange"
