from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "majorops.notices"
    label = "notices"
