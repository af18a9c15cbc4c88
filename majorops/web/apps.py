from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "majorops.web"
    label = "web"
