from django.apps import AppConfig


class ScimConfig(AppConfig):
    name = "majorops.people.scim"
    label = "scim"
