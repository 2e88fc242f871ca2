from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "gongzhi.catalog"
    label = "catalog"
