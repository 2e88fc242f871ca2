from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "gongzhi.catalog"
    label = "catalog"

    def import_models(self) -> None:
        super().import_models()
        import_module("gongzhi.catalog.unlicensed")  # tables of their own file belong to the room as well

    def ready(self) -> None:
        from gongzhi.catalog.queries import reason_choices  # noqa: PLC0415 - tables are ready only now
        from gongzhi.flow.forms import keep_reasons  # noqa: PLC0415

        keep_reasons(reason_choices)
