from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "gongzhi.flow"
    label = "flow"
