from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "majorops.people"
    label = "people"

    def ready(self) -> None:
        # Only now are the models loaded that these modules are made of.
        from majorops.notices.delivery import places
        from majorops.people.authentication import hearing
        from majorops.people.operations import invitations
        from majorops.people.operations.setup import print_setup_address

        hearing.connect()
        places.register(invitations.PLACE, invitations.password_path)
        post_migrate.connect(print_setup_address, sender=self, dispatch_uid="people.setup")
