from django.apps import AppConfig


class AfterActionsConfig(AppConfig):
    name = "afteractions"
