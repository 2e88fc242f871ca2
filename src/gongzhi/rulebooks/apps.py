from django.apps import AppConfig


class RulebooksConfig(AppConfig):
    name = "gongzhi.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        from gongzhi.rulebooks import graph, reactions  # noqa: F401, PLC0415
