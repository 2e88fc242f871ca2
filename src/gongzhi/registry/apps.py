from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "gongzhi.registry"
    label = "registry"

    def ready(self) -> None:
        from gongzhi.registry import reactions  # noqa: F401, PLC0415
