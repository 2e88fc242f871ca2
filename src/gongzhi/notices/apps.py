from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gongzhi.notices"
    label = "notices"

    def ready(self) -> None:
        from gongzhi.notices import graph, reactions  # noqa: F401, PLC0415
