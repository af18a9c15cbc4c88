from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "majorops.people"
    label = "people"

    def ready(self) -> None:
        from majorops.people.authentication import hearing

        hearing.connect()
