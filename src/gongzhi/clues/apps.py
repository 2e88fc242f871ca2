from django.apps import AppConfig


class CluesConfig(AppConfig):
    name = "gongzhi.clues"
    label = "clues"

    def ready(self) -> None:
        from gongzhi.clues import graph, reactions  # noqa: F401, PLC0415
