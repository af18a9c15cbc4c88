from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        post_migrate.connect(fill_with_migration, sender=self, dispatch_uid="incidents.figures")


def fill_with_migration(*, plan: Sequence[tuple[Any, bool]] = (), **_: Any) -> None:
    """What was closed before figures were kept gets them with the migration that makes their table."""
    # Only now are the models loaded that these modules are made of.
    from incidents.operations.figures import fill_figures

    if any(not backward and migration.name == "0006_figures" for migration, backward in plan):
        fill_figures()
