from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "gongzhi.visits"
    label = "visits"

    def ready(self) -> None:
        from gongzhi.visits import graph, reactions  # noqa: F401, PLC0415
