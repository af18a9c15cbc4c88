from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "majorops.people"
    label = "people"

    def ready(self) -> None:
        # Only now are the models loaded that these modules are made of.
        from majorops.notices.delivery import places
        from majorops.people.authentication import hearing
        from majorops.people.operations import invitations

        hearing.connect()
        places.register(invitations.PLACE, invitations.password_path)
