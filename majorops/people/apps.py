from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "majorops.people"
    label = "people"
